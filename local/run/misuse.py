"""The person at the keyboard asked for something that cannot be."""

import argparse
from typing import NoReturn

MISUSE = 2


class Misuse(Exception):
    """One sentence: what, which option, what to do. The command ends with status 2."""


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence instead of argparse's page of usage."""
        self.exit(MISUSE, f"{message[:1].upper()}{message[1:]}: see `{self.prog} --help`.\n")
