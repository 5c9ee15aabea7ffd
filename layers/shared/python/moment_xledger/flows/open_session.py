"""Lets a person into the console, whom Moment's back end vouches for. There are no passwords here."""

import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.deeds import BY_LINK, Deed, What
from moment_xledger.domain.exports import SCHEDULE, SWEEP
from moment_xledger.domain.sessions import Person, Role

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger

# What the clock does, and who came by a link, is told from people by these names.
NOT_PEOPLE = (SCHEDULE, SWEEP, BY_LINK, "operator", "by")
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # control, direction, no width, private use


def _a_persons(name: str) -> str:
    if any(unicodedata.category(letter) in UNSEEN for letter in name):
        raise ValueError("must be a person's name; it holds characters that nobody sees")
    if unicodedata.normalize("NFKC", name).strip().casefold() in NOT_PEOPLE:
        raise ValueError(f"must be a person's name; {name!r} means something else here")
    return name


class Wanted(BaseModel):
    """Who is to be let in, as Moment says it."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", str_strip_whitespace=True)

    company: Annotated[CompanyId, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    person: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_a_persons)]
    role: Role
    language: Language | None = None  # None: the company's


def offer_entry(wanted: Wanted, ledger: "Ledger", now: datetime) -> str | None:
    """The token of a link, good once and for five minutes; None for a company that is not set up here."""
    company = ledger.companies.get(wanted.company)
    if company is None:
        return None
    person = Person(company.id, wanted.person, wanted.role, wanted.language or company.language)
    return ledger.sessions.offer(person, now)


def open_session(entry: str, ledger: "Ledger", now: datetime) -> str | None:
    """The session's token; None if nobody may enter with this."""
    entered = ledger.sessions.enter(entry, now)
    if entered is None:
        return None
    person, session = entered
    ledger.audit.note(Deed(person.company, now, person.name, What.SIGNED_IN))
    return session
