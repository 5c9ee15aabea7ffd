"""How large each function is once it is unpacked, with its layers: its first start of the day reads that."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.aws import template as templates

MB = 1_000_000
LIMIT = 60 * MB
LIMIT_WITH_SOAP = 90 * MB
SOAP = "Soap"


@dataclass(frozen=True)
class Size:
    function: str
    layers: tuple[str, ...]
    bytes: int

    @property
    def limit(self) -> int:
        return LIMIT_WITH_SOAP if SOAP in self.layers else LIMIT

    @property
    def is_over(self) -> bool:
        return self.bytes > self.limit

    def __str__(self) -> str:
        of = "IS MORE THAN" if self.is_over else "of"
        return f"{self.bytes / MB:5.1f} MB {of} {self.limit // MB}  {self.function}"


def sizes(built: Path) -> Iterator[Size]:
    """Of each function in a folder that `sam build` has written."""
    template = templates.read(built / "template.yaml")
    common = template["Globals"]["Function"].get("Layers", [])
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            own = resource["Properties"].get("Layers", [])
            layers = tuple(layer["Ref"] for layer in (*common, *own))
            yield Size(name, layers, sum(size_of(built / part) for part in (name, *layers)))


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
