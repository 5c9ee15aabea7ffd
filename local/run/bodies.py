"""The bodies to publish, read from files as they are: what is wrong with them the functions must find."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.run.misuse import Misuse

_GROUP = re.compile(r"[A-Za-z0-9_-]{1,64}")
NO_COMPANY = "no-company"


@dataclass(frozen=True)
class Body:
    text: str
    origin: str  # file, and line where there are several

    @property
    def group(self) -> str:
        """The company, by which the queue shares its turns; Moment would know it, we look."""
        try:
            company = self.document()["momentcompany"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return NO_COMPANY
        return company if isinstance(company, str) and _GROUP.fullmatch(company) else NO_COMPANY

    def document(self) -> Any:
        return json.loads(self.text)


def event_files(paths: Sequence[Path]) -> list[Path]:
    """The `.json` and `.jsonl` files that are named or lie in a named folder, each folder by name."""
    return [file for path in paths for file in _files(path)]


def bodies(files: Sequence[Path]) -> Iterator[Body]:
    """A `.json` file is one body, whatever is in it; of a `.jsonl` file each line that is not blank."""
    for file in files:
        if file.suffix == ".json":
            yield Body(file.read_bytes().decode(errors="replace"), file.name)
        else:
            yield from _lines(file)


def _lines(file: Path) -> Iterator[Body]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield Body(line.rstrip(b"\r\n").decode(errors="replace"), f"{file.name}:{number}")


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(
            file for file in path.iterdir() if file.suffix in {".json", ".jsonl"} and file.is_file()
        )
        if not found:
            raise Misuse(
                f"--events {path}: there is no .json or .jsonl file in this folder; name one that has."
            )
        return found
    if not path.is_file():
        raise Misuse(f"--events {path}: there is no such file or folder; name one that exists.")
    if path.suffix not in {".json", ".jsonl"}:
        raise Misuse(f"--events {path}: name a .json file (one event) or a .jsonl file (one event a line).")
    return [path]
