"""What a person can say about a problem that nothing but a person can know: one table.

A further choice needs a name here, the codes that offer it, its function in `flows/decide_problem.py`, and its words
(`choice_…`, `about_…`, `did_…`) in `console/wording/choices.py`.
"""

from collections.abc import Mapping
from enum import StrEnum

from moment_xledger.domain.invoice_checks import CAN_BE_LET_THROUGH
from moment_xledger.domain.problems import Code


class Choice(StrEnum):
    """The value that the page's button sends."""

    ARRIVED = "arrived"
    AGAIN = "again"
    APART = "apart"
    TAKE_OVER = "take_over"  # what Moment said last counts, although not in a higher version
    LET_THROUGH = "let_through"
    SAME_COMPANY = "same_company"  # the legal company in Xledger is this customer's, whatever it is called
    TRY_ALL = "try_all"  # of a group that was refused alike, for the requests that the page names


CHOICES: Mapping[Code, tuple[Choice, ...]] = {
    **dict.fromkeys(
        (
            Code.MAIL_UNCERTAIN,
            Code.MAIL_BOUNCED,
            Code.MAIL_BOUNCED_LATE,
            Code.MAIL_NOT_TAKEN,
            Code.PDF_MISSING,
            Code.PDF_NOT_PDF,
            Code.PDF_TOO_LARGE,
            Code.UPLOAD_REFUSED,
            Code.UPLOAD_FAULT,
            Code.UPLOAD_TOO_LARGE,
            Code.UPLOAD_UNREADABLE,
            Code.UPLOAD_UNCERTAIN,
        ),
        (Choice.ARRIVED, Choice.AGAIN),
    ),
    **dict.fromkeys(
        (Code.UPLOAD_NOT_SEEN, Code.UPLOAD_SEEN_IN_PART, Code.UPLOAD_CANNOT_BE_SEEN),
        (Choice.ARRIVED, Choice.APART),
    ),
    Code.REFUSED_ALIKE: (Choice.TRY_ALL,),
    Code.MOMENT_WENT_BACK: (Choice.TAKE_OVER,),
    **dict.fromkeys(CAN_BE_LET_THROUGH, (Choice.LET_THROUGH,)),
    **dict.fromkeys(
        (Code.LEGAL_COMPANY_NAME_DIFFERS, Code.LEGAL_COMPANY_NUMBER_DIFFERS), (Choice.SAME_COMPANY,)
    ),
}


def choices_of(code: Code) -> tuple[Choice, ...]:
    return CHOICES.get(code, ())
