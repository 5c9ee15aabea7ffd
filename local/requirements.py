"""
What goes into a layer of other people's packages: exactly the versions and hashes of uv.lock.

`uv export` writes the same; this needs neither uv nor the network, so that a check can run anywhere.
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Package = dict[str, Any]


def requirements(lock: Path, group: str | None = None) -> str:
    """What this project depends on, and what that depends on in turn, as pip reads it.

    Of a dependency group: what it needs on top of that.
    """
    packages = {each["name"]: each for each in tomllib.loads(lock.read_text("utf-8"))["package"]}
    (project,) = (each for each in packages.values() if each["source"] == {"virtual": "."})
    wanted = _closure(packages, project)
    if group:
        wanted = _closure(packages, {"dependencies": project["dev-dependencies"][group]}) - wanted
    return "".join(_lines(packages[name]) for name in sorted(wanted))


def _closure(packages: dict[str, Package], start: Package) -> set[str]:
    found: set[str] = set()
    open_ends = [start]
    while open_ends:
        for needed in open_ends.pop().get("dependencies", ()):
            if "marker" in needed:
                raise ValueError(f"uv.lock wants {needed['name']} only where {needed['marker']}: say so here")
            if needed["name"] not in found:
                found.add(needed["name"])
                open_ends.append(packages[needed["name"]])
    return found


def _lines(package: Package) -> str:
    files = [*package["wheels"], *([package["sdist"]] if "sdist" in package else [])]
    return _joined([f"{package['name']}=={package['version']}", *_hashes(files)])


def _hashes(files: Iterable[Package]) -> list[str]:
    return [f"    --hash={file}" for file in sorted(each["hash"] for each in files)]


def _joined(lines: list[str]) -> str:
    return " \\\n".join(lines) + "\n"
