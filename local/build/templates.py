"""Makes the console's templates into Python, in a layer being built: `python -m local.build.templates LAYER`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from jinja2 import FileSystemLoader

from local import ROOT
from moment_xledger.console.rendering import COMPILED, TEMPLATES, pages

SHARED = ROOT / "layers" / "shared" / "python"


def main(arguments: Sequence[str]) -> int:
    (layer,) = arguments
    compile_templates(Path(layer) / COMPILED.relative_to(SHARED))
    return 0


def compile_templates(into: Path) -> None:
    """By this environment's Jinja: the lock gives the layer the same."""
    environment = pages(FileSystemLoader(TEMPLATES))
    environment.compile_templates(into, extensions=["html"], zip=None, ignore_errors=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
