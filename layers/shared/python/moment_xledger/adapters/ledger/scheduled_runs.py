"""How far the clock's runs have come, and for which time each company's or token's job last came to its end."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Item, Key, Table, Update
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.scheduled_runs import PER_TOKEN, RunProgress, ScheduledRun


class ScheduledRuns:
    def __init__(self, table: Table) -> None:
        self._table = table

    def progress(self, run: ScheduledRun) -> RunProgress:
        return _progress(self._table.get(keys.run(run)) or {})

    def every(self) -> dict[ScheduledRun, RunProgress]:
        """Of the runs that this release knows."""
        found = {item["sk"]: item for item in self._table.query(keys.RUNS)}
        return {run: _progress(found.get(run, {})) for run in ScheduledRun}

    def save(self, run: ScheduledRun, progress: RunProgress) -> None:
        """`progress.ver` is one more than what was read. Raises `Conflict` if somebody else goes on with it as well."""
        said = {
            "after": progress.after,
            "is_over": progress.is_over,
            "checks": progress.checks,
            "found": progress.found,
            "missing": progress.missing,
            "ver": progress.ver,
        }
        times = {"time": progress.time, "next_check": progress.next_check}
        said |= {name: keys.stamp(at) for name, at in times.items() if at}
        gone = [name for name, at in times.items() if at is None]
        unchanged = Attr("ver").eq(progress.ver - 1) if progress.ver > 1 else Attr("ver").not_exists()
        self._table.write(Update(keys.run(run), set=said, remove=gone, when=unchanged))

    def ask(self, run: ScheduledRun, now: datetime) -> None:
        """For a start by hand: the next call of the function that starts runs begins it."""
        self._table.write(Update(keys.run(run), set={"asked": keys.stamp(now)}))

    def done(self, run: ScheduledRun, subjects: Collection[str]) -> dict[str, datetime]:
        """For which time each of them was done last, of those that ever were."""
        wanted = {_done_key(run, subject): subject for subject in subjects}
        found = self._table.get_many(wanted)
        return {wanted[key]: keys.moment(item["time"]) for key, item in found.items()}

    def note_done(self, run: ScheduledRun, subject: str, time: datetime) -> None:
        """A job for an earlier time, which comes late, changes nothing."""
        newer = Attr("time").not_exists() | Attr("time").lt(keys.stamp(time))
        with suppress(Conflict):
            self._table.write(Update(_done_key(run, subject), set={"time": keys.stamp(time)}, when=newer))


def _done_key(run: ScheduledRun, subject: str) -> Key:
    owner = keys.token(TokenId(subject)) if run in PER_TOKEN else keys.company(CompanyId(subject))
    return owner, f"RAN#{run}"


def _progress(item: Item) -> RunProgress:
    time, next_check, asked = (
        keys.moment(item[name]) if name in item else None for name in ("time", "next_check", "asked")
    )
    return RunProgress(
        time,
        item.get("after", ""),
        item.get("is_over", True),
        int(item.get("checks", 0)),
        int(item.get("found", 0)),
        int(item.get("missing", 0)),
        next_check,
        asked,
        int(item.get("ver", 0)),
    )
