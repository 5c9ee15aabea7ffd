"""Every operation that we send is one that Xledger's schema, as far as it is known, allows."""

from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, OperationType, build_schema, parse, validate

from local import ROOT
from moment_xledger.adapters.xledger_graphql import OPERATIONS, document

SCHEMA = build_schema((ROOT / "local" / "xledger" / "schema.graphql").read_text("utf-8"))
FILES = sorted(OPERATIONS.glob("*.graphql"))


def operation(file: Path) -> OperationDefinitionNode:
    definitions = parse(file.read_text("utf-8")).definitions
    (found,) = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_is_valid(file: Path) -> None:
    assert validate(SCHEMA, parse(document(file.stem))) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_its_name_tells_whether_it_writes(file: Path) -> None:
    """A lost answer to a write is looked up, one to a read is simply asked again: the two must not be confused."""
    writes = file.stem.startswith(("Add", "Update"))
    assert operation(file).operation is (OperationType.MUTATION if writes else OperationType.QUERY)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_is_called_like_its_file(file: Path) -> None:
    name = operation(file).name
    assert name is not None
    assert name.value == file.stem
