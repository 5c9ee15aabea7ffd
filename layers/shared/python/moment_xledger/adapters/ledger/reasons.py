"""The reasons that problems have had, of all companies together: one that nobody met for a month is news."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.problems import Code, Problem

A_DAY, A_MONTH = timedelta(days=1), timedelta(days=30)


class Reasons:
    """Of each: `since` when it has been met again and again, by whom first, and `last`, to the day."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def meet(self, problems: Iterable[Problem]) -> None:
        """One read for each reason, and a write for each once a day."""
        for problem in {each.code: each for each in problems}.values():
            if problem.last_seen:
                self._meet(problem.code, problem.company, problem.last_seen)

    def _meet(self, code: Code, company: CompanyId, now: datetime) -> None:
        key = keys.reason(code)
        known = self._table.get(key)
        before = keys.moment(known["last"]) if known else None
        if before and now - before < A_DAY:
            return
        said = {"last": keys.stamp(now)}
        if before is None or now - before > A_MONTH:
            said |= {"since": keys.stamp(now), "company": company}
        unchanged = Attr("last").eq(known["last"]) if known else Attr("last").not_exists()
        with suppress(Conflict):  # somebody else met it just now, and said so
            self._table.write(Update(key, set=said, when=unchanged))

    def new(self, since: datetime) -> list[str]:
        """A newer release's too, of which this one has no words."""
        found = self._table.query(keys.REASONS)
        return [item["sk"] for item in found if item["since"] >= keys.stamp(since)]
