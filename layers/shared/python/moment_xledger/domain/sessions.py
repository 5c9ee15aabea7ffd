"""Who is signed in to the console, and what each role may do there."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from moment_xledger.domain.companies import CompanyId, Language

ENTRY_LIFETIME = timedelta(minutes=5)
SESSION_LIFETIME = timedelta(hours=8)


class Role(StrEnum):
    ACCOUNTANT = "accountant"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


class Right(StrEnum):
    SEE_STATUS = "see how it goes"
    READ_THEIR_WORDS = "read what Xledger said"
    RETRY_PROBLEMS = "have problems tried again"
    SKIP_PROBLEMS = "skip problems"
    SEE_LOG = "see who did what"
    SEE_SETTINGS = "see the settings"
    SEE_RECORDS = "see one customer, project or invoice"
    SEE_EXPORTS = "see exports"
    MAKE_EXPORTS = "make exports"
    FETCH_FILES = "fetch files"


_COMPANYS_OWN = frozenset(Right)

# An operator finds out why something is stuck. What stands in a company's books is none of his business.
RIGHTS = {
    Role.ACCOUNTANT: _COMPANYS_OWN,
    Role.ADMINISTRATOR: _COMPANYS_OWN,
    Role.OPERATOR: frozenset({Right.SEE_STATUS, Right.RETRY_PROBLEMS, Right.SEE_EXPORTS}),
}


@dataclass(frozen=True)
class Person:
    """As Moment vouches for them: one company, one role."""

    company: CompanyId
    name: str
    role: Role
    language: Language

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]
