"""What can be done about a problem besides correcting its cause: one table."""

from collections.abc import Mapping
from enum import StrEnum

from moment_xledger.domain.problem_choices import NOT_SEEN, PERHAPS_ARRIVED
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import FOUND_BY_LOOKING
from moment_xledger.domain.releases import is_known


class Way(StrEnum):
    """What *try again* means for a problem."""

    SEND = "sent again"  # the record is dirty again, and goes with the next list
    OFFER = "looked at again"  # a held invoice goes if nothing is wrong with it any more
    OPEN_GATE = "the way to Xledger is open again"
    CONFIRM = "the address is in use again"
    MAIL = "mails are tried again"
    BY_ITSELF = "it is tried again by itself; nothing needs to be done"
    TEST = "test the connection again, in the settings"
    CHOOSE = "choose whether it arrived or is to be sent again"
    DECIDE = "choose what is right"
    SETTLE = "do what the sentence says, then skip the problem"
    CORRECT = "correct it where it came from, and save; that releases it"


WAYS: Mapping[Code, Way] = {
    Code.INVOICE_REFUSED_IN_XLEDGER: Way.DECIDE,
    **dict.fromkeys(
        (
            Code.INVOICE_CHANGED,
            Code.NOT_TO_TRANSFER_TOO_LATE,
            Code.MAIL_PERHAPS_TWICE,
            Code.EXPENSES_AMOUNTS_OTHERWISE,
        ),
        Way.SETTLE,
    ),
    **dict.fromkeys(
        (
            Code.REFUSED_BY_XLEDGER,
            Code.REFERENCE_NOT_FOUND,
            *FOUND_BY_LOOKING,
        ),
        Way.SEND,
    ),
    **dict.fromkeys(
        (
            Code.CUSTOMER_UNKNOWN,
            Code.TOTAL_DIFFERS,
            Code.VAT_CODE_UNMAPPED,
            Code.KID_INVALID,
            Code.DUE_BEFORE_INVOICE_DATE,
            Code.CREDIT_NOTE_WITHOUT_INVOICE,
            Code.CREDIT_NOTE_NOT_NEGATIVE,
            Code.INVOICE_NEGATIVE,
            Code.DATE_IMPLAUSIBLE,
            Code.DUE_DATE_IMPLAUSIBLE,
            Code.VAT_DIFFERS,
            Code.VAT_SIGN_WRONG,
            Code.EXCHANGE_RATE_OF_KRONER,
            Code.EXCHANGE_RATE_IMPOSSIBLE,
            Code.EXCHANGE_RATE_DIFFERS,
            Code.CREDIT_NOTE_OF_ITSELF,
            Code.CREDIT_NOTE_OF_CREDIT_NOTE,
            Code.CREDIT_NOTE_OTHER_CUSTOMER,
            Code.CREDIT_NOTE_OTHER_CURRENCY,
            Code.CREDIT_NOTE_BEFORE_INVOICE,
            Code.CREDIT_NOTE_TOO_LARGE,
            Code.CREDIT_NOTE_OTHER_VAT,
            Code.WAITS_FOR_XLEDGER,
            Code.WAITS_FOR_NUMBER,
            Code.ISSUED_TO_ANOTHER,
            Code.ISSUED_TO_A_NAMESAKE,
            Code.WAITS_FOR_EVENT,
            Code.WAITS_FOR_LOOK_UP,
            Code.NOT_KEPT_IN_XLEDGER,
            Code.NOT_IN_MOMENT,
            Code.MOMENT_SILENT,
            Code.MOMENT_REFUSES,
            Code.MOMENT_UNUSABLE,
            Code.CREDITED_INVOICE_STAYS,
            Code.CREDITED_INVOICE_HELD,
            Code.CREDITED_INVOICE_LEFT_OUT,
            Code.CREDITED_INVOICE_UNKNOWN,
        ),
        Way.OFFER,
    ),
    **dict.fromkeys(
        (
            Code.TOKEN_REFUSED,
            Code.REFUSED_WITHOUT_REASON,
            Code.REQUEST_NOT_ACCEPTED,
            Code.RIGHT_LACKING,
        ),
        Way.OPEN_GATE,
    ),
    **dict.fromkeys((Code.NOTICE_ADDRESS_STOPPED, Code.RECEPTION_ADDRESS_STOPPED), Way.CONFIRM),
    **dict.fromkeys((Code.MOMENT_KEY_REFUSED, Code.RECEPTION_ADDRESS_MISSING), Way.MAIL),
    **dict.fromkeys(
        (
            Code.EXCHANGE_RATE_MISSING,
            Code.FORMAT_CANNOT_HOLD,  # with the next export, once the settings or Xledger allow it
            Code.VAT_CODE_NOT_IN_XLEDGER,
            Code.ACCOUNT_NOT_IN_XLEDGER,
            Code.EXPORT_FAILED,
            Code.FILE_DIFFERS,
            Code.MAIL_REFUSED,
            Code.PDF_UNREACHABLE,
            Code.UPLOAD_UNREACHABLE,
            Code.UPLOAD_SETTING_MISSING,
            Code.ADDRESS_REFUSED,
            Code.TOKEN_EXPIRES,  # when a new key is saved
            Code.XLEDGER_SILENT,
            Code.ASSUMPTION_WRONG,  # when a check of everything finds nothing in the way
            Code.CLOSED_IN_XLEDGER,  # each night
            Code.NUMBER_SPELLED_OTHERWISE,  # with its next edit
            Code.EXPENSE_PROJECT_UNKNOWN,  # and these every hour
            Code.EXPENSE_PROJECT_CLOSED,
            Code.EXPENSE_VAT_MISSING,
            Code.EXPENSE_AMOUNT_UNSURE,
            Code.EXPENSE_RATE_MISSING,
            Code.EXPENSE_LINE_UNUSABLE,
            Code.EXPENSE_REFUSED,
            Code.EXPENSES_NOT_READ,
            Code.EXPENSES_MINUTE_UNREADABLE,
            Code.EXPENSES_PAGE_INSTEAD,
            Code.EXPENSES_NOTHING_POSTED,
            Code.EXPENSES_COLUMN_MISSING,
            Code.EXPENSES_AMOUNTS_UNCLEAR,
            Code.EXPENSES_WITHOUT_PROJECTS,
            Code.EXPENSES_PROJECTS_UNKNOWN,
            Code.SOAP_ACCESS_REFUSED,
            Code.SOAP_PATH_UNKNOWN,
            Code.EXPENSES_KEY_REFUSED,
            Code.EXPENSES_DELAYED,
            Code.REFERENCES_NOT_CHECKED,
            Code.INVOICE_NOT_FINALIZED,  # when it is
            Code.NOT_TO_TRANSFER,
            Code.BOOKED_BY_HAND,
            Code.LEFT_OUT_WITH_CREDIT_NOTE,
            Code.INVOICE_UNREADABLE,  # each night, as soon as it is corrected
        ),
        Way.BY_ITSELF,
    ),
    **dict.fromkeys(
        (
            Code.RIGHT_MISSING,
            Code.SOAP_LOGIN_REFUSED,
            Code.OWNER_CODE_NOT_REACHED,
            Code.OWNER_CODE_NEEDED,
            Code.ENTITY_TAKEN,
        ),
        Way.TEST,
    ),
    **dict.fromkeys((*PERHAPS_ARRIVED, *NOT_SEEN), Way.CHOOSE),
    **dict.fromkeys((Code.MOMENT_WENT_BACK, Code.REFUSED_ALIKE, Code.RETIRED_ID_SAVED), Way.DECIDE),
    **dict.fromkeys(
        (
            Code.EVENT_TOO_LARGE,
            Code.EVENT_NOT_JSON,
            Code.EVENT_NOT_CLOUDEVENT,
            Code.EVENT_TYPE_UNKNOWN,
            Code.COMPANY_UNKNOWN,
            Code.COMPANY_LEFT,
            Code.FIELD_MISSING,
            Code.FIELD_INVALID,
            Code.NUMBER_TAKEN,
            Code.NUMBER_CHANGED,  # to send it would change a number in Xledger
            Code.EXPENSE_INVOICED,
            Code.EXPENSE_DELETED,
            Code.LATE_FROM_MOMENT,
        ),
        Way.CORRECT,
    ),
}

# Where everything stands still, or something may or may not have gone, looking away is no way out.
_NEVER_SKIPPED = (Way.OPEN_GATE, Way.CHOOSE, Way.MAIL, Way.TEST)
_NOR = (
    Code.RECEPTION_ADDRESS_STOPPED,
    Code.EXPORT_FAILED,
    Code.TOKEN_EXPIRES,
    Code.XLEDGER_SILENT,
    Code.ASSUMPTION_WRONG,
)


def way_of(code: Code) -> Way:
    """A reason that only a newer release knows is left to it."""
    return WAYS.get(code, Way.BY_ITSELF)


def can_be_skipped(code: Code) -> bool:
    return is_known(code) and way_of(code) not in _NEVER_SKIPPED and code not in _NOR


SHORTEST_REASON, LONGEST_REASON = 3, 300


def checked_reason(text: str) -> str:
    """A skip needs words that another person understands. Raises `ValueError`."""
    reason = " ".join(text.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise ValueError(f"reason: must be {SHORTEST_REASON} to {LONGEST_REASON} characters; say why")
    return reason
