"""The person at the keyboard asked for something that cannot be."""


class Misuse(Exception):
    """One sentence: what, which option, what to do. The command ends with status 2."""
