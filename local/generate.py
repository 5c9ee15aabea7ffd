"""The files that are made from others, and whether what is committed is what would be made now."""

import sys
from collections.abc import Mapping
from pathlib import Path

from local import ROOT
from local.requirements import requirements


def generated() -> dict[str, bytes]:
    """Path in the project → what belongs there."""
    from local import file_formats, needs, openapi, retention_page
    from local.sample import sample_files
    from local.schemas import contract
    from moment_xledger.adapters.xledger_graphql import OPERATIONS

    return {
        **{f"events/{name}": content for name, content in contract().items()},
        **{f"events/{name}": content for name, content in sample_files().items()},
        "docs/file-formats.md": file_formats.written(),
        "docs/retention.md": retention_page.written(),
        "events/openapi.yaml": openapi.written(),
        "layers/dependencies/requirements.txt": requirements(ROOT / "uv.lock").encode(),
        "layers/soap/requirements.txt": requirements(ROOT / "uv.lock", "soap").encode(),
        str(OPERATIONS.relative_to(ROOT) / "needs.json"): needs.written(),
    }


def generate(*, check: bool, root: Path = ROOT) -> int:
    """Write what differs and name it; or, to check, only name it and say so with the exit status."""
    files = generated()
    stale = different(files, root)
    for name in stale:
        if check:
            print(f"{name} is not what would be made now: run `make format`.")
        else:
            _write(root / name, files[name])
            print(f"{name} is made anew.")
    if not stale:
        print(f"All {len(files)} generated files are up to date.", file=sys.stderr)
    return 1 if check and stale else 0


def different(files: Mapping[str, bytes], root: Path) -> list[str]:
    return [name for name, content in files.items() if _read(root / name) != content]


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
