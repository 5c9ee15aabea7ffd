"""The template as it stands, read once in each process: a third of a second that no test should pay for itself."""

from functools import cache
from typing import Any

from local import ROOT
from local.aws.template import read


@cache
def template() -> dict[str, Any]:
    """Read it only: it is everybody's."""
    return read(ROOT / "template.yaml")


def resources() -> dict[str, Any]:
    found: dict[str, Any] = template()["Resources"]
    return found
