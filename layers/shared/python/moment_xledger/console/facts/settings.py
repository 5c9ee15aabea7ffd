"""How a company has set it up."""

from datetime import datetime

from pydantic import JsonValue
from typing_extensions import TypedDict

from moment_xledger.domain.assumptions import Work
from moment_xledger.domain.companies import Route
from moment_xledger.domain.connection_tests import Outcome, Right
from moment_xledger.domain.dimensions import Source
from moment_xledger.domain.files.settings import FileFormat
from moment_xledger.domain.settings_changes import Change


class CheckFacts(TypedDict):
    right: Right
    outcome: Outcome
    sentence: str


class TestFacts(TypedDict):
    """The newest test of the keys. `is_of_these_settings`: nobody has saved since."""

    when: datetime
    by: str
    passed: bool
    is_of_these_settings: bool
    checks: list[CheckFacts]


class DifferenceFacts(TypedDict):
    """An account or VAT code that Xledger does not have, with the invoices that it stops."""

    is_account: bool
    vat_code: str | None
    theirs: str
    invoices: int
    examples: list[str]


class Preflight(TypedDict):
    """By Xledger's lists as they were read then. `unread`: those that the API key may not read. `not_listed`: how
    many differences there are besides."""

    read_at: datetime | None
    unread: list[str]
    differences: list[DifferenceFacts]
    not_listed: int


class LimitFacts(TypedDict):
    """What the file formats can hold of one thing; what does not fit is held back, and a text is cut."""

    what: str
    limits: dict[FileFormat, str]


class SavedFacts(TypedDict):
    when: datetime
    who: str
    changes: list[Change]


class EntityFacts(TypedDict):
    """A company in Xledger, by its owner code."""

    owner_code: int
    name: str


class DimensionFacts(TypedDict):
    """Which GL object holds projects, by whom that is said, and when Xledger was asked last."""

    project: int
    source: Source
    read_at: datetime | None


class OfferedFacts(TypedDict):
    """What can be chosen, and what it is called in Xledger."""

    value: str
    name: str


class VatPairFacts(TypedDict):
    """Moment's VAT code with Xledger's; a rate is None where it is not certain."""

    ours: str
    our_percent: str | None
    theirs: str
    their_percent: str | None
    is_wrong: bool


class SettingsFacts(TypedDict):
    """`version`: to be sent as `since` by whoever saves. `settings`: by the fields' names in the form. `keys`: their
    last characters. `reached`: what the API key reaches, as far as it was read. `offered`: by the field, what Xledger
    has. `writes_to`: where customers and projects go, None while that is not known; `shared`: another company writes
    there too. `held`: what a check of everything must come before, or stopped. `other_routes`: how many invoices still
    wait for a route that was chosen before."""

    version: int
    settings: dict[str, JsonValue]
    file_limits: list[LimitFacts]
    keys: dict[str, str]
    reached: list[EntityFacts]
    offered: dict[str, list[OfferedFacts]]
    vat_pairs: list[VatPairFacts]
    writes_to: EntityFacts | None
    dimensions: DimensionFacts
    shared: bool
    held: list[Work]
    test: TestFacts | None
    preflight: Preflight
    other_routes: dict[Route, int]
    history: list[SavedFacts]


class FaultFacts(TypedDict):
    field: str
    sentence: str


class NotSaved(SettingsFacts):
    """As it stands; `faults`: what is wrong with what was sent. Without any, somebody else saved meanwhile."""

    error: str
    faults: list[FaultFacts]
