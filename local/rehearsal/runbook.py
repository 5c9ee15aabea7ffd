"""docs/runbook.md as its reader meets it: what is typed first, and the entries with their commands."""

import re
from dataclasses import dataclass

from local import ROOT

RUNBOOK = ROOT / "docs" / "runbook.md"
_FENCE = r"^```\n(?P<block>.*?)^```"
_INLINE = r"`(?P<inline>(?:op|errors|runs|logs|start|aws) [^`]+)`"
_COMMANDS = re.compile(f"{_FENCE}|{_INLINE}", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Entry:
    title: str
    text: str

    @property
    def commands(self) -> tuple[str, ...]:
        """In the order in which they are read, each once, as they are written."""
        found = (match["block"] or match["inline"] or "" for match in _COMMANDS.finditer(self.text))
        lines = (line for each in found for line in each.splitlines() if line.strip())
        return tuple(dict.fromkeys(lines))


@dataclass(frozen=True)
class Runbook:
    beginning: str  # what is typed before anything else, for what follows stands on it
    top: Entry  # without that
    entries: tuple[Entry, ...]


def read(text: str | None = None) -> Runbook:
    whole = RUNBOOK.read_text("utf-8") if text is None else text
    top, *entries = re.split(r"^## ", whole, flags=re.MULTILINE)
    beginning = next(match["block"] for match in _COMMANDS.finditer(top) if match["block"])
    rest = Entry("The top", top.replace(beginning, ""))
    parted = (entry.partition("\n") for entry in entries)
    return Runbook(beginning, rest, tuple(Entry(title, body) for title, _, body in parted))
