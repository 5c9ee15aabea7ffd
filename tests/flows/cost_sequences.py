"""Random lives of posted costs, with imports and crashes in between; in the end Moment's sums must be Xledger's.

`python -m tests.flows.cost_sequences 10000` plays that many and prints each difference.
"""

import sys
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from moment_xledger.domain.account_ranges import AccountRanges
from moment_xledger.domain.expenses import ProjectState
from moment_xledger.domain.posted_lines import Row
from tests.flows.costs import Costs, a_line
from tests.flows.mailroom import Died

STARTS = date(2026, 11, 1)  # costs of earlier days are not wanted
ACCOUNTS = ("4510", "4510", "6550", "7140")  # the last one is none that is imported
PROJECTS = ("P-1", "P-1", "P-2", "P-3", "P-9", None)
DAYS = (date(2026, 10, 20), date(2026, 11, 2), date(2026, 11, 20))
TOLD = ("EXPENSE_INVOICED", "EXPENSE_DELETED")
Place = tuple[str | None, str | None]


class Life:
    """One company's costs. `with_people`: in Moment, expenses are invoiced and deleted as well."""

    def __init__(self, seed: int, *, with_people: bool = False) -> None:
        self.dice = Random(seed)
        self.costs = Costs(expenses_from=STARTS)
        self.costs.set(expense_accounts="4000-4999,6550")
        self.people = with_people
        self.made = 0
        self.story: list[str] = []
        self.been: dict[str, set[Place]] = {}  # where each line has stood
        self.deleted: set[str] = set()  # lines whose expense a person deleted in Moment

    def play(self, steps: int = 14) -> dict[Place, Decimal]:
        """What differs in the end, by project and account. What people did to a line explains it where it has stood."""
        self._post()
        for _ in range(steps):
            self._step()
        self.costs.moment.projects |= dict.fromkeys(("P-2", "P-3", "P-9"), ProjectState.OPEN)
        self.costs.fuse.burns_at = None
        self.costs.books.unreadable = set()
        for _ in range(3):
            self.costs.later(timedelta(minutes=7))
        explained = {number for number, code in self.costs.problems() if code in TOLD} | self.deleted
        places = {place for number in explained for place in self.been.get(number, ())}
        return {place: gap for place, gap in self.differences().items() if place not in places}

    def differences(self) -> dict[Place, Decimal]:
        theirs, ours = self._in_xledger(), self._in_moment()
        places = theirs.keys() | ours.keys()
        return {
            place: Decimal(ours[place] - theirs[place]) for place in places if ours[place] != theirs[place]
        }

    def _in_xledger(self) -> Counter[Place]:
        sums: Counter[Place] = Counter()
        wanted = AccountRanges.read("4000-4999,6550")
        for line in self.costs.books.posted.values():
            is_wanted = line.account in wanted and line.voucher_date and line.voucher_date >= STARTS
            if is_wanted and line.project and line.account:
                sums[line.project, line.account] += line.amount + (line.tax_amount or 0)  # type: ignore[assignment]
        return sums

    def _in_moment(self) -> Counter[Place]:
        sums: Counter[Place] = Counter()
        for expense in self.costs.moment.expenses.values():
            sums[expense["project"], expense["account"]] += expense["amount"]
        return sums

    def _step(self) -> None:
        self.costs.time.now += timedelta(minutes=self.dice.choice((1, 3, 60, 60 * 24 * 3)))
        steps = [
            self._post,
            self._correct,
            self._move,
            self._reverse,
            self._match,
            self._repost,
            self._redate,
        ]
        steps += [self._import] * 5 + [self._crash] * 2 + [self._toggle, self._spoil]
        steps += [self._invoice, self._delete] * self.people
        step = self.dice.choice(steps)
        self.story.append(step.__name__)
        step()
        for id_, line in self.costs.books.posted.items():
            self.been.setdefault(id_, set()).add((line.project, line.account))

    def _any(self) -> Row:
        return self.dice.choice(list(self.costs.books.posted.values()))

    def _set(self, line: Row, **but: object) -> None:
        self.costs.correct(line.transaction_id or "", **but)

    def _new(self, line: Row) -> None:
        self.made += 1
        now = self.costs.time.now
        self.costs.post(line._replace(transaction_id=str(self.made), created=now, modified=now))

    def _post(self) -> None:
        amount = Decimal(self.dice.choice((1000, 400, 75)))
        place = {"account": self.dice.choice(ACCOUNTS), "project": self.dice.choice(PROJECTS)}
        match = self.dice.choice((None, f"m{self.dice.randrange(3)}"))
        line = a_line("", amount=amount, tax_amount=amount / 4, match_id=match, **place)
        self._new(line._replace(voucher_date=self.dice.choice(DAYS[1:])))

    def _correct(self) -> None:
        amount = self._any().amount * self.dice.choice((1, 2, -1))
        self._set(self._any(), amount=amount, tax_amount=amount * self.dice.choice((0, Decimal("0.25"))))

    def _move(self) -> None:
        to = {"project": self.dice.choice(PROJECTS)} if self.dice.random() < 0.6 else {}
        to |= {"account": self.dice.choice(ACCOUNTS)} if self.dice.random() < 0.5 or not to else {}
        self._set(self._any(), **to)

    def _reverse(self) -> None:
        cost = self._any()
        match = cost.match_id or f"m{self.dice.randrange(3)}"
        self._set(cost, match_id=match)
        tax = -(cost.tax_amount or 0)
        self._new(
            cost._replace(match_id=match, text="Tilbakeført", amount=-cost.amount, tax_amount=Decimal(tax))
        )

    def _match(self) -> None:
        """Matched otherwise, or unmatched: one line, or all that had its match."""
        match, to = self._any().match_id, self.dice.choice((None, "m0", "m7"))
        found = [line for line in self.costs.books.posted.values() if line.match_id == match]
        for line in found if self.dice.random() < 0.5 else found[:1]:
            self._set(line, match_id=to)

    def _repost(self) -> None:
        self._new(self._any())

    def _redate(self) -> None:
        self._set(self._any(), voucher_date=self.dice.choice(DAYS), text=self.dice.choice(("a", "b")))

    def _toggle(self) -> None:
        state = self.dice.choice((ProjectState.OPEN, ProjectState.CLOSED))
        self.costs.moment.projects[self.dice.choice(("P-2", "P-3"))] = state
        if self.dice.random() < 0.5:
            self.costs.moment.projects["P-2"] = ProjectState.OPEN

    def _spoil(self) -> None:
        """Whatever answer holds this line cannot be read for now."""
        self.costs.books.unreadable = {self.dice.choice(["", *self.costs.books.posted])}

    def _import(self) -> None:
        self.costs.fuse.burns_at = None
        self.costs.run()

    def _crash(self) -> None:
        """At any call; the turn of the run that died is over when the next one comes."""
        when = self.dice.choice(("before", "after"))
        self.costs.fuse.burns_at = (self.costs.fuse.calls + self.dice.randrange(8, 60), when)
        with suppress(Died):
            self.costs.run()
        self.costs.fuse.burns_at = None
        self.costs.time.now += timedelta(minutes=3)

    def _invoice(self) -> None:
        if self.costs.moment.expenses:
            self.costs.moment.invoiced.add(self.dice.choice(list(self.costs.moment.expenses)))

    def _delete(self) -> None:
        free = sorted(self.costs.moment.expenses.keys() - self.costs.moment.invoiced)
        if free:
            gone = self.costs.moment.expenses.pop(self.dice.choice(free))
            self.deleted.add(gone["external_id"].rpartition(":")[2])


def main(count: int) -> int:
    wrong = 0
    for seed in range(count):
        life = Life(seed, with_people=seed % 4 == 3)
        differs = life.play()
        if differs:
            wrong += 1
            sys.stdout.write(f"sequence {seed}: {differs} after {', '.join(life.story)}\n")
    sys.stdout.write(f"{count} sequences, {wrong} with a difference\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
