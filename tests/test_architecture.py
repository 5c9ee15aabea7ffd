"""Who may know of whom. Deciding, talking and wiring are in different places, and stay there."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import ROOT

SHARED = ROOT / "layers" / "shared" / "python" / "moment_xledger"
DOMAIN = sorted((SHARED / "domain").rglob("*.py"))
FLOWS = sorted((SHARED / "flows").rglob("*.py"))
DEPLOYED = sorted([*SHARED.rglob("*.py"), *(ROOT / "functions").rglob("*.py")])

OUTSIDE = {"boto3", "botocore", "requests", "zeep", "lxml", "os", "time", "random", "aws_lambda_powertools"}
# What tells the time: a clock is an argument everywhere else, so that tests can move it.
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def roots(names: Iterator[str]) -> set[str]:
    return {each.partition(".")[0] for each in names}


def without_types_only(tree: ast.Module) -> ast.Module:
    """The module without what only the type checker sees."""

    class Remove(ast.NodeTransformer):
        def visit_If(self, node: ast.If) -> ast.AST | None:
            is_types = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
            return None if is_types else self.generic_visit(node)

    return Remove().visit(tree)  # type: ignore[no-any-return]


def read(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@pytest.mark.parametrize("file", DOMAIN, ids=name)
def test_the_domain_knows_nothing_of_the_outside(file: Path) -> None:
    names = set(imported(read(file)))
    assert roots(iter(names)).isdisjoint(OUTSIDE)
    ours = {each.split(".")[1] for each in names if each.startswith("moment_xledger.")}
    assert ours <= {"domain"}


@pytest.mark.parametrize("file", DOMAIN, ids=name)
def test_no_amount_and_no_time_is_a_float_in_the_domain(file: Path) -> None:
    calls = [node.func for node in ast.walk(read(file)) if isinstance(node, ast.Call)]
    assert not [call for call in calls if isinstance(call, ast.Name) and call.id == "float"]


@pytest.mark.parametrize("file", FLOWS, ids=name)
def test_a_flow_is_given_what_it_uses(file: Path) -> None:
    names = set(imported(without_types_only(read(file))))
    assert roots(iter(names)).isdisjoint(OUTSIDE - {"os"})
    assert not [
        each for each in names if each.startswith(("moment_xledger.adapters", "moment_xledger.wiring"))
    ]


@pytest.mark.parametrize("file", DEPLOYED, ids=name)
def test_what_is_deployed_knows_nothing_of_this_machine_or_of_tests(file: Path) -> None:
    assert roots(imported(read(file))).isdisjoint({"local", "tests", "moto", "pytest", "graphql"})


@pytest.mark.parametrize(
    "file", [f for f in DEPLOYED if "adapters" not in f.parts and f.name != "wiring.py"], ids=name
)
def test_only_the_wiring_and_the_adapters_look_at_a_clock(file: Path) -> None:
    looks = [
        (node.func.value.id, node.func.attr)
        for node in ast.walk(read(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
    ]
    assert not CLOCKS & set(looks)
