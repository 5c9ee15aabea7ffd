"""docs/retention.md, from the table that the code follows."""

from collections.abc import Iterator

from moment_xledger.domain.bookkeeping import LEAST_YEARS
from moment_xledger.domain.retention import TABLE, Kept, Until, Where

_HEAD = f"""\
# What is kept, and for how long

Made from `layers/shared/python/moment_xledger/domain/retention.py`, which tests hold against all that the ledger writes
and against `template.yaml`. Change it there.

Material of the books is kept for `BookkeepingYears` (a parameter of the deployment, {LEAST_YEARS} by default) after the
end of its accounting year, which is taken to be the calendar year in Norway. The law asks for {LEAST_YEARS} years of
primary documentation and of the trail of changes, and for ten of project accounts in building and construction. An
invoice that has not left never ends by time. A file is kept up to a year longer than its rows, since a lifecycle rule
counts from the day it was made. After a change of the parameter, rows that were written before keep their end; files
follow the new one.

Everything else is kept as long as it is needed. DynamoDB and S3 take away what has expired within some days.

*A person* says what becomes of somebody's data who is to be forgotten, *taken along* what a company that leaves gets as
files. Queues and backups cannot be searched: what is in them ends by itself in the time given here.
"""
_COLUMNS = ("where", "what", "until", "a person", "taken along")
_TITLES = {
    Where.BUCKET: "S3 bucket",
    Where.QUEUES: "SQS",
    Where.LOGS: "log groups",
    Where.SECRETS: "Secrets Manager",
    Where.AWS: "kept by AWS",
}


def written() -> bytes:
    return "\n".join((_HEAD, *_lines(), "")).encode()


def _lines() -> Iterator[str]:
    yield f"| {' | '.join(_COLUMNS)} |"
    yield f"|{' --- |' * len(_COLUMNS)}"
    for row in TABLE:
        names = ", ".join(f"`{name}`" for name in row.names if name != "*")
        where = _TITLES.get(row.where, f"`{row.where}`") + (f" {names}" if names else "")
        yield f"| {where} | {row.holds} | {until(row)} | {row.person} | {'yes' if row.taken else ''} |"


def until(row: Kept) -> str:
    if row.until is Until.TIME and row.days:
        return f"{_length(row.days)} after {row.since}"
    if row.until is Until.BOOKS:
        return f"{row.until} in which {row.since}"
    if row.until is Until.BOOKS_FILES and row.days:
        return f"{row.until}; older versions {_length(row.days)}"
    return row.until


def _length(days: float) -> str:
    if days >= 1:
        return f"{days:g} day{'s' if days > 1 else ''}"
    minutes = round(days * 24 * 60)
    return f"{minutes // 60} hours" if minutes >= 60 else f"{minutes} minutes"
