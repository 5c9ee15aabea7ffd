"""What is kept where, for how long, and what may be done about it before: the table that everything else follows.

`docs/retention.md` is made from it. Tests hold it against every key that the ledger writes, every prefix of the bucket,
every queue, log and secret of the template, and the times that are set there.
"""

from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """A partition of the ledger, or a place beside it."""

    COMPANY = "T#company"
    RECORDS = "T#company#REC"
    INVOICES = "T#company#INV"
    XLEDGER = "CRED#token"
    COMPANIES = "COMPANIES"
    PAUSES = "PAUSES"
    REASONS = "REASONS"
    RUNS = "RUNS"
    LEAVERS = "LEAVERS"
    ENTITY = "ENTITY#entity"
    ENTRY = "ENTRY#hash"
    SESSION = "SESSION#hash"
    LINK = "LINK#hash"
    BUCKET = "bucket"
    QUEUES = "queues"
    LOGS = "logs"
    SECRETS = "secrets"
    AWS = "AWS"


class Until(StrEnum):
    """What ends it. The values of the first three are set by us, as a time to live or a lifecycle rule."""

    BOOKS = "`BookkeepingYears` after the end of the year"
    BOOKS_FILES = "`BookkeepingYears` and a year more"
    TIME = "a fixed time"
    DONE = "it is over"
    COMPANY = "the company leaves"
    LAST_COMPANY = "the last company that uses the token leaves"
    DEPLOYMENT = "the deployment is taken away"


class Person(StrEnum):
    """What becomes of a person's data in it where that person is to be forgotten."""

    NONE = "none in it"
    GONE = "erased"
    REDACTED = "the name is struck out"
    BOOKS = "kept for the books"
    ENDS = "ends by itself soon"


@dataclass(frozen=True)
class Kept:
    """`names`: of the ledger how sort keys begin, with `#` where more follows; else prefixes, queues and so on.

    `days`: of a fixed time, and of a file's older versions. `taken`: a company that leaves takes it along.
    """

    where: Where
    names: tuple[str, ...]
    holds: str
    until: Until
    person: Person = Person.NONE
    days: float | None = None
    since: str = ""  # of BOOKS and TIME: after what
    taken: bool = False


IN_THE_LEDGER = frozenset(Where) - {Where.BUCKET, Where.QUEUES, Where.LOGS, Where.SECRETS, Where.AWS}
OF_A_COMPANY = (Where.COMPANY, Where.RECORDS, Where.INVOICES)

_HINTS = (
    "CustomersQueue",
    "ProjectsQueue",
    "UploadsQueue",
    "ExpensesQueue",
    "InvoiceMailsQueue",
    "HeldInvoicesQueue",
    "NumbersQueue",
    "ReconcileQueue",
    "NoticesQueue",
)

TABLE = (
    # --- a company, its settings and its people ---
    Kept(
        Where.COMPANY,
        ("CONF",),
        "settings, with the addresses to notify",
        Until.COMPANY,
        Person.REDACTED,
        taken=True,
    ),
    Kept(
        Where.COMPANY,
        ("CONF#",),
        "every change of the settings, and who made it",
        Until.BOOKS,
        Person.REDACTED,
        since="it was made",
        taken=True,
    ),
    Kept(
        Where.COMPANY,
        ("AUD#",),
        "who did what: the trail of the books",
        Until.BOOKS,
        Person.BOOKS,
        since="it was done",
        taken=True,
    ),
    Kept(Where.COMPANY, ("KEYS",), "the last characters of keys", Until.COMPANY),
    Kept(
        Where.COMPANY,
        ("TESTED", "PROBE"),
        "the newest connection test and the newest probe, and who asked for them",
        Until.COMPANY,
        Person.REDACTED,
    ),
    Kept(
        Where.COMPANY,
        ("NOTE#",),
        "what an address was told",
        Until.TIME,
        Person.GONE,
        400,
        "it was told something",
    ),
    Kept(Where.COMPANY, ("SUPPRESSED#",), "an address whose mails came back", Until.COMPANY, Person.GONE),
    Kept(
        Where.COMPANY,
        ("SESSION#",),
        "that somebody is signed in",
        Until.TIME,
        Person.ENDS,
        8 / 24,
        "the sign-in",
    ),
    Kept(Where.SESSION, ("SESSION",), "who is signed in", Until.TIME, Person.ENDS, 8 / 24, "the sign-in"),
    Kept(
        Where.ENTRY, ("ENTRY",), "who may sign in", Until.TIME, Person.ENDS, 5 / 24 / 60, "the link was made"
    ),
    Kept(
        Where.COMPANY,
        ("LINK#",),
        "that a link to an export was mailed",
        Until.TIME,
        days=14,
        since="the mail",
    ),
    Kept(Where.LINK, ("LINK",), "which export a link opens", Until.TIME, days=14, since="the mail"),
    Kept(
        Where.COMPANY,
        ("ORDER#",),
        "an export that was asked for during a pause, and by whom",
        Until.DONE,
        Person.ENDS,
    ),
    Kept(
        Where.COMPANY,
        ("PROB#",),
        "a problem, with what Xledger said",
        Until.DONE,
        Person.REDACTED,
        taken=True,
    ),
    Kept(Where.COMPANY, ("HOUR#",), "counts of an hour", Until.TIME, days=40, since="the hour"),
    Kept(
        Where.COMPANY,
        (
            "TAKEOVER",
            "ENTITY",
            "HOLD",
            "LOOK",
            "LOOKED#",
            "COUNT#",
            "PROBS#",
            "TALLY#",
            "IMP#",
            "RAN#",
            "COMPARED",
        ),
        "counts, and how far work has come",
        Until.COMPANY,
    ),
    # --- customers and projects ---
    Kept(
        Where.RECORDS,
        ("ENT#",),
        "a customer or project as Moment has it, and what became of it",
        Until.COMPANY,
        Person.GONE,
        taken=True,
    ),
    Kept(
        Where.RECORDS,
        ("CODE#", "GAVEUP#", "LINK#"),
        "whose a number is and was, here and in Xledger",
        Until.COMPANY,
        Person.GONE,
    ),
    Kept(
        Where.RECORDS,
        ("HOLDER#", "LOOKUP#"),
        "what Xledger and Moment said of a number",
        Until.COMPANY,
        Person.GONE,
    ),
    Kept(
        Where.RECORDS, ("RULES#",), "by which rule Xledger refuses records alike", Until.COMPANY, Person.GONE
    ),
    Kept(Where.RECORDS, ("LINKED#",), "how far work has come", Until.COMPANY),
    Kept(
        Where.COMPANY,
        ("DIRTY#", "WAIT#", "AGED#", "LACK#", "CLAIM#", "ALIKE#", "DISPUTED#", "CAME#"),
        "that a record waits for something",
        Until.DONE,
        Person.GONE,
    ),
    # --- invoices, exports, mails, uploads ---
    Kept(
        Where.INVOICES,
        ("SEQ#",),
        "a finalized invoice",
        Until.BOOKS,
        Person.BOOKS,
        since="it left, or it was said that it never leaves",
        taken=True,
    ),
    Kept(Where.INVOICES, ("HELD#",), "an invoice that is held back", Until.DONE, Person.BOOKS, taken=True),
    Kept(
        Where.INVOICES,
        ("SKIP#",),
        "an invoice that a person skipped",
        Until.BOOKS,
        Person.BOOKS,
        since="it was skipped",
        taken=True,
    ),
    Kept(
        Where.INVOICES,
        ("DECIDED#",),
        "what a person decided about an invoice",
        Until.BOOKS,
        Person.BOOKS,
        since="it was decided",
        taken=True,
    ),
    Kept(
        Where.COMPANY,
        ("SAID#",),
        "when Moment said that an invoice is not to be transferred",
        Until.BOOKS,
        since="it was said",
        taken=True,
    ),
    Kept(
        Where.INVOICES,
        ("EXP#",),
        "an export, its sums and who asked for it",
        Until.BOOKS,
        Person.BOOKS,
        since="it was begun",
        taken=True,
    ),
    Kept(
        Where.INVOICES,
        ("TOLD#",),
        "which addresses were told of an export",
        Until.BOOKS,
        Person.BOOKS,
        since="they were told",
        taken=True,
    ),
    Kept(
        Where.INVOICES,
        ("MAIL#",),
        "the mail that an invoice left by",
        Until.BOOKS,
        Person.BOOKS,
        since="it was sent",
        taken=True,
    ),
    Kept(
        Where.INVOICES,
        ("UPL#",),
        "what became of an uploaded file",
        Until.BOOKS,
        since="it was handed over",
        taken=True,
    ),
    Kept(
        Where.INVOICES,
        ("INV#", "CRED#", "DIFF#", "PASS#", "RATE#", "TOK#"),
        "numbers, sums and fingerprints, so that no invoice leaves twice",
        Until.COMPANY,
        taken=True,
    ),
    Kept(Where.INVOICES, ("HEAD", "XSTATE", "XMAIL", "XHELD"), "how far work has come", Until.COMPANY),
    Kept(
        Where.INVOICES,
        ("TELL#", "SEND#", "OPEN#", "AWAITED#", "LOOK#", "WAITS#", "QUESTION#"),
        "that an invoice, a mail or a file waits for something",
        Until.DONE,
    ),
    # --- costs ---
    Kept(
        Where.COMPANY,
        ("EXPENSE#",),
        "a posted cost that became an expense, so that it never does twice and is corrected with its voucher",
        Until.COMPANY,
        Person.BOOKS,
        taken=True,
    ),
    Kept(Where.COMPANY, ("EXPMATCH#", "EXPOPEN#"), "that a cost waits, or belongs to another", Until.COMPANY),
    # --- Xledger's tokens; the deployment itself ---
    Kept(
        Where.XLEDGER,
        ("GATE", "STOP#", "COUNTRIES", "SPENT#", "LISTS", "DIMENSIONS", "RATES", "FEED#", "REACH", "RAN#"),
        "requests, lists that Xledger gave, and how far work has come",
        Until.LAST_COMPANY,
    ),
    Kept(
        Where.XLEDGER,
        ("TENANT#", "WORK#"),
        "which company uses a token, and has something to send",
        Until.COMPANY,
    ),
    Kept(Where.COMPANIES, ("*",), "a company's id", Until.COMPANY),
    Kept(Where.ENTITY, ("WRITERS",), "which companies write to an entity", Until.COMPANY),
    Kept(
        Where.PAUSES, ("*",), "a pause, who made it and why", Until.TIME, Person.REDACTED, 7, "it was lifted"
    ),
    Kept(
        Where.LEAVERS,
        ("*",),
        "that a company has left, and what was erased",
        Until.BOOKS,
        Person.BOOKS,
        since="it left",
    ),
    Kept(Where.REASONS, ("*",), "when a reason for problems was met", Until.DEPLOYMENT),
    Kept(Where.RUNS, ("*",), "how far the clock's runs have come", Until.DEPLOYMENT),
    # --- beside the ledger ---
    Kept(
        Where.BUCKET,
        ("exports/",),
        "the files of exports",
        Until.BOOKS_FILES,
        Person.BOOKS,
        90,
        "it was made",
        taken=True,
    ),
    Kept(
        Where.BUCKET,
        ("mails/",),
        "invoice mails as they were sent",
        Until.BOOKS_FILES,
        Person.BOOKS,
        90,
        "it was made",
        taken=True,
    ),
    Kept(
        Where.BUCKET,
        ("rejected/",),
        "events that could not be taken in",
        Until.TIME,
        Person.ENDS,
        14,
        "it came",
    ),
    Kept(
        Where.QUEUES,
        ("EventsQueue", "MailEventsQueue", "ExportsQueue", "*DeadLetters"),
        "events, jobs and what failed",
        Until.TIME,
        Person.ENDS,
        14,
        "it came",
    ),
    Kept(Where.QUEUES, _HINTS, "that there may be work", Until.TIME, days=1, since="it came"),
    Kept(
        Where.LOGS,
        ("*",),
        "what functions did: ids, counts and codes, no names",
        Until.TIME,
        days=90,
        since="the line",
    ),
    Kept(Where.SECRETS, ("<company>", "<company>.logon-key"), "a company's keys", Until.COMPANY),
    Kept(Where.SECRETS, ("fingerprint.key",), "the key of the tokens' fingerprints", Until.DEPLOYMENT),
    Kept(
        Where.AWS,
        ("point-in-time recovery",),
        "the ledger as it was at any second",
        Until.TIME,
        Person.ENDS,
        35,
        "the second",
    ),
    Kept(Where.AWS, ("CloudWatch metrics",), "counts", Until.TIME, days=455, since="the count"),
    Kept(Where.AWS, ("X-Ray traces",), "how long calls took", Until.TIME, days=30, since="the call"),
)

_WHOLE = (Where.COMPANIES, Where.PAUSES, Where.REASONS, Where.RUNS, Where.LEAVERS)
_BY_PK = {where.split("#")[0]: where for where in IN_THE_LEDGER - set(OF_A_COMPANY)}
_LEDGER = {(row.where, name): row for row in TABLE if row.where in IN_THE_LEDGER for name in row.names}


def row_of(pk: str, sk: str) -> Kept:
    """Of an item of the ledger. Raises `KeyError` where the table does not have its like."""
    where = _where(pk)
    return _LEDGER[where, "*" if where in _WHOLE else begins(sk)]


def begins(sk: str) -> str:
    first, more, _ = sk.partition("#")
    return first + more


def company_of(pk: str) -> str:
    """Whose the partition is; nobody's where it is none of a company."""
    return pk.split("#")[1] if pk.startswith("T#") else ""


def _where(pk: str) -> Where:
    if not pk.startswith("T#"):
        return _BY_PK[pk.split("#")[0]]
    parts = pk.split("#")
    return Where.COMPANY if len(parts) == 2 else {"REC": Where.RECORDS, "INV": Where.INVOICES}[parts[2]]
