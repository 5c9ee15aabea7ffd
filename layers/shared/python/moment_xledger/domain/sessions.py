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
    CHANGE_SETTINGS = "change the settings"
    TEST_CONNECTION = "test the connection"
    SEE_REPORT = "see the control report"
    SEE_RECORDS = "see one customer, project or invoice"
    SEE_EXPORTS = "see exports"
    MAKE_EXPORTS = "make exports"
    FETCH_FILES = "fetch files"


# An accountant reads how it is set up; who fills it out is the company's own administrator. An operator finds out why
# something is stuck or missing, for which counts and sums are enough: no line of the books is his business.
RIGHTS = {
    Role.ACCOUNTANT: frozenset(Right) - {Right.CHANGE_SETTINGS},
    Role.ADMINISTRATOR: frozenset(Right),
    Role.OPERATOR: frozenset({Right.SEE_STATUS, Right.RETRY_PROBLEMS, Right.SEE_EXPORTS, Right.SEE_REPORT}),
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
