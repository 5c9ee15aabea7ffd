"""What a person can say about a problem that nothing but a person can know: one table.

A further choice needs a name here, the codes that offer it, its function in `flows/decide_problem.py`, and its words
(`choice_…`, `about_…`, `did_…`) in `console/wording/choices.py`.
"""

from collections.abc import Mapping
from enum import StrEnum

from moment_xledger.domain.invoice_checks import CAN_BE_LET_THROUGH
from moment_xledger.domain.invoice_references import WAITING_CODES
from moment_xledger.domain.preflight import STOPS_AN_INVOICE
from moment_xledger.domain.problems import Code

# About an invoice that is held back, whatever the reason: it cannot be edited in Moment, only credited.
HELD_BACK = (
    Code.TOTAL_DIFFERS,
    Code.VAT_CODE_UNMAPPED,
    Code.KID_INVALID,
    Code.DUE_BEFORE_INVOICE_DATE,
    Code.INVOICE_NEGATIVE,
    Code.DATE_IMPLAUSIBLE,
    Code.DUE_DATE_IMPLAUSIBLE,
    Code.VAT_DIFFERS,
    Code.VAT_SIGN_WRONG,
    Code.EXCHANGE_RATE_OF_KRONER,
    Code.EXCHANGE_RATE_IMPOSSIBLE,
    Code.EXCHANGE_RATE_DIFFERS,
    *STOPS_AN_INVOICE,
    *(code for code in WAITING_CODES if not code.startswith("CREDITED_")),
)
FAULTY_CREDIT_NOTES = (
    Code.CREDIT_NOTE_WITHOUT_INVOICE,
    Code.CREDIT_NOTE_NOT_NEGATIVE,
    Code.CREDIT_NOTE_OF_ITSELF,
    Code.CREDIT_NOTE_OF_CREDIT_NOTE,
    Code.CREDIT_NOTE_OTHER_CUSTOMER,
    Code.CREDIT_NOTE_OTHER_CURRENCY,
    Code.CREDIT_NOTE_BEFORE_INVOICE,
    Code.CREDIT_NOTE_TOO_LARGE,
)
# What is wrong with a credit note itself, so that it does not wait for its invoice.
OWN_FAULTS = frozenset({*HELD_BACK, *FAULTY_CREDIT_NOTES, *CAN_BE_LET_THROUGH} - {*WAITING_CODES})
LONE_CREDIT_NOTES = (
    Code.CREDITED_INVOICE_HELD,
    Code.CREDITED_INVOICE_LEFT_OUT,
    Code.CREDITED_INVOICE_UNKNOWN,
)
# A person says whether it arrived or goes again.
PERHAPS_ARRIVED = (
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
)
# A file that the import took: a person says whether it arrived or is taken apart.
NOT_SEEN = (Code.UPLOAD_NOT_SEEN, Code.UPLOAD_SEEN_IN_PART, Code.UPLOAD_CANNOT_BE_SEEN)


class Choice(StrEnum):
    """The value that the page's button sends."""

    ARRIVED = "arrived"
    AGAIN = "again"
    APART = "apart"
    EXPORT_AGAIN = "export_again"  # what Xledger refused alone goes in a file again
    CHANGED_ON_BOTH = "changed_on_both"  # the number was changed on purpose, in Moment and in Xledger
    TAKE_NUMBER = "take_number"  # the number that Xledger has is the right one
    PUT_BACK = "put_back"  # the person has given the record its old number in Xledger again
    LOOK_UP_AGAIN = "look_up_again"  # what we are linked to in Xledger is another record
    SAME_RECORD = "same_record"  # a new id in Moment is the same record as the one that has the number
    SEPARATE = "separate"  # a retired id is a record of its own after all
    TAKE_OVER = "take_over"  # what Moment said last counts, although not in a higher version
    LET_THROUGH = "let_through"
    BY_HAND = "by_hand"  # the invoice is booked in Xledger by hand; its credit note may go
    BOTH_OUT = "both_out"  # neither the invoice nor its credit note is transferred
    SAME_CUSTOMER = (
        "same_customer"  # the customer that has the number now is the one that the invoice was issued to
    )
    SAME_COMPANY = "same_company"  # the legal company in Xledger is this customer's, whatever it is called
    TRY_ALL = "try_all"  # of a group that was refused alike, for the requests that the page names


CHOICES: Mapping[Code, tuple[Choice, ...]] = {
    **dict.fromkeys(PERHAPS_ARRIVED, (Choice.ARRIVED, Choice.AGAIN)),
    **dict.fromkeys(NOT_SEEN, (Choice.ARRIVED, Choice.APART)),
    Code.INVOICE_REFUSED_IN_XLEDGER: (Choice.EXPORT_AGAIN, Choice.BY_HAND, Choice.BOTH_OUT),
    Code.REFUSED_ALIKE: (Choice.TRY_ALL,),
    Code.NUMBER_CHANGED: (Choice.CHANGED_ON_BOTH,),
    Code.NUMBER_TAKEN: (Choice.SAME_RECORD,),
    Code.NUMBER_MOVED_IN_XLEDGER: (Choice.PUT_BACK, Choice.TAKE_NUMBER, Choice.LOOK_UP_AGAIN),
    Code.GONE_FROM_XLEDGER: (Choice.LOOK_UP_AGAIN,),
    Code.RETIRED_ID_SAVED: (Choice.SEPARATE,),
    Code.MOMENT_WENT_BACK: (Choice.TAKE_OVER,),
    **dict.fromkeys((*HELD_BACK, *LONE_CREDIT_NOTES), (Choice.BY_HAND, Choice.BOTH_OUT)),
    Code.ISSUED_TO_ANOTHER: (Choice.SAME_CUSTOMER, Choice.BY_HAND, Choice.BOTH_OUT),
    **dict.fromkeys(FAULTY_CREDIT_NOTES, (Choice.BY_HAND,)),
    **dict.fromkeys(CAN_BE_LET_THROUGH, (Choice.LET_THROUGH, Choice.BY_HAND, Choice.BOTH_OUT)),
    **dict.fromkeys(
        (Code.LEGAL_COMPANY_NAME_DIFFERS, Code.LEGAL_COMPANY_NUMBER_DIFFERS), (Choice.SAME_COMPANY,)
    ),
}


def choices_of(code: Code) -> tuple[Choice, ...]:
    return CHOICES.get(code, ())
