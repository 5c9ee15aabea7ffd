"""What came of a run: as a person reads it, and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from local.mailbox import Mail
from local.run.costs import Costs
from local.run.problems import Problem

_WELL = "Everything that should have happened did."
_WELL_AS_FAR_AS_SEEN = "All that could be looked at is as it should be."
_MOST_MAILS = 10
_MOST_PROBLEMS = 20  # on the screen; the JSON has them all


@dataclass(frozen=True)
class Kind:
    """`received` are events, the others records: what is saved twice is received twice, and told once."""

    received: int = 0
    synced: int = 0
    unchanged: int = 0
    waiting: int = 0
    problems: Sequence[Problem] = ()
    held: Sequence[Problem] = ()  # what waits by itself, and for what; nobody is told of it yet


@dataclass(frozen=True)
class Export:
    file: Path
    rows: int
    invoices: int
    total: str  # the bare amount, where there is one currency
    sha256: str
    link: str


@dataclass(frozen=True)
class Upload:
    """A file as Xledger's import shows it: what it was taken for, and what came of it."""

    file_key: int
    file: str
    import_code: str
    outcome: str
    rows: int
    vouchers: int
    reasons: Sequence[str]
    sha256: str


@dataclass(frozen=True)
class Requests:
    """As Xledger counted them itself."""

    requests: int
    refused: int
    by_operation: Mapping[str, int]


@dataclass(frozen=True)
class Summary:
    published: int
    kinds: Mapping[
        str, Kind
    ]  # customers, projects, invoices, events of which not even that is known, and others
    exports: Sequence[Export] = ()
    xledger: Requests | None = None  # None where it is not ours to ask
    uploads: Sequence[Upload] = ()
    mails: Sequence[Mail] = ()
    not_done: Sequence[str] = ()  # what should have happened and did not, one sentence each
    faults: Sequence[str] = ()  # the end of the logs of functions that failed
    costs: Costs = field(default_factory=Costs)
    not_seen: Sequence[str] = ()  # what Xledger does not show, so that nobody could look at it

    @property
    def is_as_it_should_be(self) -> bool:
        """As far as it could be looked at."""
        unfinished = any(kind.problems or kind.held or kind.waiting for kind in self.kinds.values())
        return not unfinished and not self.not_done

    def as_json(self) -> dict[str, Any]:
        return {
            "published": self.published,
            **{name: asdict(kind) | _told(kind) for name, kind in self.kinds.items()},
            "exports": [asdict(each) | {"file": str(each.file)} for each in self.exports],
            "xledger": asdict(self.xledger) if self.xledger else None,
            "uploads": [asdict(each) | {"reasons": list(each.reasons)} for each in self.uploads],
            "mails": [
                {"from": mail.sender, "to": list(mail.to), "subject": mail.subject, "path": str(mail.path)}
                for mail in self.mails
            ],
            "expenses": asdict(self.costs) | {"total": str(self.costs.total)},
            "not_done": list(self.not_done),
            "not_seen": list(self.not_seen),
            "faults": list(self.faults),
        }

    def lines(self) -> Iterator[str]:
        yield from self._moved()
        yield from self._exported()
        if self.xledger:
            asked = ", ".join(f"{name} {count}" for name, count in self.xledger.by_operation.items())
            yield f"Xledger counted {self.xledger.requests} requests, refused {self.xledger.refused}: {asked}"
        for each in self.uploads:
            yield f"Xledger's import {each.import_code} took {each.file} under file key {each.file_key}:"
            yield f"  {each.outcome}, {each.vouchers} vouchers out of {each.rows} rows"
        yield from self.costs.lines()
        yield from self._mailed()
        yield from self._not_done()
        yield from self.faults

    def _moved(self) -> Iterator[str]:
        yield f"{self.published} events published"
        yield f"{'':12}{'received':>9}{'synced':>9}{'unchanged':>11}{'waiting':>9}{'problems':>10}"
        for name, kind in self.kinds.items():
            numbers = f"{kind.received:9}{kind.synced:9}{kind.unchanged:11}{kind.waiting:9}"
            yield f"  {name:10}{numbers}{len(kind.problems):10}"

    def _exported(self) -> Iterator[str]:
        for each in self.exports:
            yield f"{each.invoices} invoices in {each.rows} rows, {each.total} in all: {each.file}"
            yield f"  fetched as the accountant would, over a link that ended with this run: {each.link}"

    def _mailed(self) -> Iterator[str]:
        for mail in self.mails[:_MOST_MAILS]:
            yield f"Mail to {', '.join(mail.to)}: {mail.subject} ({mail.path})"
        if len(self.mails) > _MOST_MAILS:
            yield f"… and {len(self.mails) - _MOST_MAILS} more mails; --json has them all"

    def _not_done(self) -> Iterator[str]:
        if self.not_seen:
            yield f"This Xledger does not show: {'; '.join(self.not_seen)}. It was not looked at."
        if self.is_as_it_should_be:
            yield _WELL_AS_FAR_AS_SEEN if self.not_seen else _WELL
            return
        yield "Not done:"
        yield from (f"  {sentence}" for sentence in self.not_done)
        yield from (f"  {kind.waiting} {name} wait." for name, kind in self.kinds.items() if kind.waiting)
        problems = [problem for kind in self.kinds.values() for problem in (*kind.problems, *kind.held)]
        for problem in problems[:_MOST_PROBLEMS]:
            yield f"  {problem.kind} {problem.number} ({problem.code}): {problem.message}"
        if len(problems) > _MOST_PROBLEMS:
            yield f"  … and {len(problems) - _MOST_PROBLEMS} more problems; --json has them all"


def _told(kind: Kind) -> dict[str, Any]:
    return {"problems": _dicts(kind.problems), "held": _dicts(kind.held)}


def _dicts(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [asdict(problem) for problem in problems]
