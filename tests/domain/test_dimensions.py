"""Which GL object holds the project: typed, as Xledger says, or the usual one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from moment_xledger.domain.dimensions import Dimensions, Slots, Source, from_setup, slots_of
from tests.builders import a_company

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("entries", "project", "department"),
    [
        ([("GL Object 1", "DEPARTMENT"), ("GL Object 2", "PROJECT")], 2, 1),
        ([("glObject1", "Prosjekt"), ("glObject2", "Avdeling"), ("glObject3", "COST_UNIT")], 1, 2),
        ([("GL_OBJECT3", "Project"), ("GL_OBJECT1", "Cost centre")], 3, 1),
        ([("GL Object 4", "COST_UNIT")], None, None),
        ([("GL Object 1", "PROJECT"), ("GL Object 2", "PROJECT_GROUP")], 1, None),
        ([("GL Object 1", "PROJECT"), ("GL Object 2", "PROJECT")], None, None),
        ([("", "PROJECT"), ("XGL", "PROJECT")], None, None),
        ([], None, None),
    ],
)
def test_what_xledger_says_of_its_dimensions(
    entries: list[tuple[str, str]], project: int | None, department: int | None
) -> None:
    assert from_setup(entries, NOW) == Dimensions(project, department, NOW)


@pytest.mark.parametrize(
    ("typed", "read", "slots"),
    [
        ({}, None, Slots(2, 1, Source.ASSUMED)),
        ({}, Dimensions(1, 3, NOW), Slots(1, 3, Source.XLEDGER)),
        ({}, Dimensions(1, None, NOW), Slots(1, None, Source.XLEDGER)),
        ({}, Dimensions(None, None, NOW), Slots(2, 1, Source.ASSUMED)),
        ({"project_dimension": 3}, Dimensions(1, 2, NOW), Slots(3, 2, Source.TYPED)),
        ({"project_dimension": 1}, None, Slots(1, None, Source.TYPED)),
        ({"project_dimension": 1, "department_dimension": 2}, None, Slots(1, 2, Source.TYPED)),
    ],
)
def test_what_is_typed_goes_first(typed: dict[str, Any], read: Dimensions | None, slots: Slots) -> None:
    assert slots_of(a_company(**typed), read) == slots
