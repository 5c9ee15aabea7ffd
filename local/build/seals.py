"""Hashes of what was built, so that two builds can be compared, part by part or at a glance."""

import hashlib
from pathlib import Path


def seals(built: Path) -> dict[str, str]:
    """Of each function and layer, by its name in the template."""
    return {part.name: seal(part) for part in sorted(built.iterdir()) if part.is_dir()}


def whole(parts: dict[str, str]) -> str:
    return hashlib.sha256(
        "".join(f"{digest}  {part}\n" for part, digest in parts.items()).encode()
    ).hexdigest()


def seal(folder: Path) -> str:
    """Of every file's name, content and whether it may be run; not of its date."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        runs = "x" if path.stat().st_mode & 0o100 else "-"
        found.update(f"{path.relative_to(folder).as_posix()} {runs} {content}\n".encode())
    return found.hexdigest()
