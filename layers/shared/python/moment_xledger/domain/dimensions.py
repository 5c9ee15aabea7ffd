"""Which general ledger object, 1 to 5, holds a company's projects and which its departments.

That is each company's own setup of Xledger. What is typed in the settings counts first, then what Xledger says, then
what is most usual.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from moment_xledger.domain.companies import Company


@dataclass(frozen=True)
class Dimensions:
    """As Xledger says. None: it has no such dimension, or not one that is known by its name."""

    project: int | None
    department: int | None
    read_at: datetime


class Source(StrEnum):
    TYPED = "typed"
    XLEDGER = "xledger"
    ASSUMED = "assumed"


class Slots(NamedTuple):
    """`department` is None where the company has none. `source`: of the project's."""

    project: int
    department: int | None
    source: Source = Source.ASSUMED


USUAL = Slots(project=2, department=1)


def slots_of(company: Company, read: Dimensions | None) -> Slots:
    if company.project_dimension:
        project, source = company.project_dimension, Source.TYPED
    elif read and read.project:
        project, source = read.project, Source.XLEDGER
    else:
        project, source = USUAL.project, Source.ASSUMED
    department = company.department_dimension or (
        read.department if read and read.project else USUAL.department
    )
    return Slots(project, None if department == project else department, source)


def settled(company: Company, read: Dimensions | None) -> Company:
    """The company with the dimensions that count, for whatever is made from its settings alone."""
    project, department, _ = slots_of(company, read)
    return company.model_copy(update={"project_dimension": project, "department_dimension": department})


_NAMES: Mapping[str, re.Pattern[str]] = {
    "project": re.compile(r"projects?|prosjekt(?:er)?", re.IGNORECASE),
    "department": re.compile(
        r"departments?|avdeling(?:er)?|cost.?cent(?:er|re)s?|kostnadssted", re.IGNORECASE
    ),
}
_SLOT = re.compile(r"([1-5])\s*$")


def from_setup(entries: Iterable[tuple[str, str]], read_at: datetime) -> Dimensions:
    """`entries`: the name of a field such as `GL Object 2`, and of the kind of value that it holds."""
    found: dict[str, set[int]] = {"project": set(), "department": set()}
    for field, kind in entries:
        slot = _SLOT.search(field)
        for dimension, name in _NAMES.items():
            if slot and name.fullmatch(kind.strip()):
                found[dimension].add(int(slot[1]))
    return Dimensions(_only(found["project"]), _only(found["department"]), read_at)


def _only(slots: set[int]) -> int | None:
    return next(iter(slots)) if len(slots) == 1 else None
