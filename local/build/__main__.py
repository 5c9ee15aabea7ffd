"""`make build`: checks the template, builds what is deployed, holds it to its size and lists what is in it."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from local import ROOT
from local.aws.ministack import ARCHITECTURE
from local.build import tools
from local.build.compilers import python_for
from local.build.materials import settled
from local.build.seals import seals, whole
from local.build.sizes import sizes
from local.run.misuse import Parser

TEMPLATE = ROOT / "template.yaml"
BUILT = ROOT / ".aws-sam" / "build"  # where `sam deploy` looks
LAMBDA_PYTHON = "3.13"
THIS_PYTHON = ".".join(map(str, sys.version_info[:2]))


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    try:
        return _build(options)
    except tools.ToolError as fault:
        print(fault, file=sys.stderr)
        return 1


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(prog="python -m local.build", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--arch", choices=("arm64", "x86_64"), default="arm64", help="the processor (default: arm64)")
    add("--into", type=Path, default=BUILT, metavar="DIR", help="where to (default: where sam looks)")
    add("--for-this-machine", action="store_true", help="for its processor and Python, so that it runs here")
    add("--twice", action="store_true", help="build once more, and fail if a byte differs")
    return parser.parse_args(arguments)


def _build(options: argparse.Namespace) -> int:
    arch = ARCHITECTURE if options.for_this_machine else options.arch
    python = THIS_PYTHON if options.for_this_machine else LAMBDA_PYTHON
    into = options.into.resolve()
    tools.validate(TEMPLATE)
    compiler = python_for(python)
    tools.build(TEMPLATE, into, arch, python, compiler)
    found = list(sizes(into))
    print(*found, sep="\n")
    print(f"Built for {arch} and Python {python}: {_shown(into)}/, sha256 {whole(seals(into))}")
    if not is_compiled(into):
        print(
            f"Not compiled, for there is no Python {python} here, and none could be fetched: a first start takes a "
            f"second longer for it. Install one, such as `apt install python{python}`."
        )
    print(f"What others made of it, in CycloneDX: {_shown(_list_materials(into))}")
    differing = _differing(into, arch, python, compiler) if options.twice else []
    return 1 if differing or any(size.is_over for size in found) else 0


def is_compiled(built: Path) -> bool:
    return any((built / "Shared").rglob("*.pyc"))


def _list_materials(built: Path) -> Path:
    """Beside what was built, so that it is not deployed."""
    bill = built.with_name(f"{built.name}.cdx.json")
    bill.write_text(json.dumps(settled(tools.bill_of_materials()), indent=1) + "\n", "utf-8")
    return bill


def _differing(built: Path, arch: str, python: str, compiler: Path | None) -> list[str]:
    """Which parts come out otherwise from the same files."""
    with tempfile.TemporaryDirectory(prefix="build-") as again:
        tools.build(TEMPLATE, Path(again), arch, python, compiler)
        first, second = seals(built), seals(Path(again))
    differing = sorted(part for part in first.keys() | second.keys() if first.get(part) != second.get(part))
    print("Built again, ", end="")
    print(f"these differ: {', '.join(differing)}." if differing else "it is the same to the byte.")
    return differing


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
