"""What came by mail, by upload and as expenses, and what people were told: looked at from outside, as in `checks`."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from local.proof.post import INVOICE
from moment_xledger.domain.companies import Route
from moment_xledger.domain.number_guard import REPORTED

if TYPE_CHECKING:
    from local.proof.stage import Stage

AN_HOUR = timedelta(minutes=59)  # between two mails that were decided on an hour apart


def wrong_arrivals(stage: "Stage") -> Iterator[str]:
    yield from _mailed(stage)
    yield from _uploaded(stage)
    yield from _costs(stage)
    yield from _notices(stage)
    yield from _alarms(stage)


def _mailed(stage: "Stage") -> Iterator[str]:
    """What is in Xledger's mailbox. What came back is nowhere, so it does not count."""
    arrived = [mail for mail in stage.post.mails if INVOICE in mail.message and not mail.came_back]
    names = [str(mail.message[INVOICE]).split(".") for mail in arrived]
    for company in stage.story.companies:
        if company.id in stage.story.by_either_route:
            continue
        left = Counter(int(number) for owner, number, _ in names if owner == company.id)
        wanted = stage.story.invoices[company.id] if company.route is Route.EMAIL else []
        yield from _not_once(wanted, left, f"of {company.id}", "mail")


def _uploaded(stage: "Stage") -> Iterator[str]:
    """What Xledger's import has taken: its own company's files, each invoice once."""
    bytes_of = {hashlib.sha256(body).hexdigest(): body for body in stage.bucket.files.values()}
    taken: dict[int, Counter[int]] = {}
    for upload in stage.uploads():
        numbers = numbers_in(bytes_of[upload["sha256"]].decode())
        taken.setdefault(upload["entityCode"], Counter()).update(numbers)
    for company in stage.story.companies:
        if company.route is Route.UPLOAD:
            left = taken.get(company.owner_code or 0, Counter())
            yield from _not_once(stage.story.invoices[company.id], left, f"of {company.id}", "upload")


def _not_once(wanted: Sequence[int], left: Counter[int], whose: str, how: str) -> Iterator[str]:
    yield from (f"invoice {n} {whose} is lost: it came by no {how}" for n in wanted if not left[n])
    yield from (f"invoice {n} {whose} came {left[n]} times by {how}" for n in left if left[n] > 1)
    yield from (f"invoice {n} {whose} has no business in a {how}" for n in left if n not in wanted)


def numbers_in(text: str) -> list[int]:
    """Of the invoices in a file."""
    return [int(row["InvoiceNo"]) for row in csv.DictReader(io.StringIO(text), delimiter=";")]


def accounts_in(text: str) -> list[tuple[int, str]]:
    """The invoices in a file, and the customers on whose account they are."""
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    return sorted({(int(row["InvoiceNo"]), row["CustomerNo"]) for row in rows})


def _costs(stage: "Stage") -> Iterator[str]:
    """Each posted line is one expense at most, with the amount that it has now."""
    held: dict[str, list[Decimal]] = {}
    for expense in stage.moment.state("expenses"):
        line = expense["externalId"].rpartition(":")[2]
        held.setdefault(line, []).append(Decimal(str(expense["amount"])))
    yield from (f"line {line} is {len(sums)} expenses" for line, sums in held.items() if len(sums) > 1)
    for lines, wanted in stage.story.costs.items():
        amounts = [amount for line in lines for amount in held.get(line, [])]
        if not amounts and Decimal(wanted):
            yield f"line {lines[0]} is no expense in Moment"
        elif sum(amounts) != Decimal(wanted):
            yield f"line {lines[0]} is {sum(amounts)} in Moment, not {wanted}"
    known = {line for lines in stage.story.costs for line in lines}
    yield from (f"the expense of line {line} is nobody's" for line in held.keys() - known)


def _notices(stage: "Stage") -> Iterator[str]:
    """An address hears of what it must act on once an hour at most, unless whoever told it died or stood still."""
    hiccups = sum(n for (site, _), n in stage.fates.met.items() if site.startswith("send_notices"))
    times: dict[str, list[datetime]] = {}
    for mail in stage.post.mails:
        if mail.is_notice:
            times.setdefault(mail.to, []).append(mail.at)
    for to, at in times.items():
        soon = sum(later - earlier < AN_HOUR for earlier, later in pairwise(sorted(at)))
        if soon > hiccups:
            yield f"{to} got {soon} notices within an hour of another"


def _alarms(stage: "Stage") -> Iterator[str]:
    """Nobody changed a number in Xledger, so nobody may be told that somebody did."""
    for company in stage.story.companies:
        for problem in stage.ledger.problems.of(company.id):
            if problem.code in REPORTED:
                yield f"a false alarm: {problem.code} of {problem.kind} {problem.number} of {company.id}"
