"""What the answers of a company's Xledger have shown of themselves, since none of it is published.

Facts are learnt from vouchers and kept with the owner code they were learnt for. What amounts are is checked with every
later voucher.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from moment_xledger.domain.amount_votes import Amounts, Vote, vote_of
from moment_xledger.domain.posted_lines import Row
from moment_xledger.domain.purchase_vat import PurchaseVat

VAT, LACKS_VAT = "vat", "lacks_vat"  # of what is seen
AGREEING = 3  # vouchers that show the same settle what amounts are, until later ones show the opposite
MOST_VOTES = 40  # the latest are kept
A_FEW = 5  # as many times more vouchers must show the one than the other; else it is not clear


class Ids(StrEnum):
    """What a TransactionID names."""

    UNKNOWN = ""
    LINE = "line"
    VOUCHER = "voucher"


@dataclass(frozen=True)
class Facts:
    """`seen`: what has come at least once, by the names in `expense_doubts`. `votes`: the oldest first."""

    owner_code: int = 0
    ids: Ids = Ids.UNKNOWN
    amounts: Amounts = Amounts.UNKNOWN
    seen: frozenset[str] = frozenset()
    learned_at: datetime | None = None
    votes: tuple[Vote, ...] = ()
    read_from: datetime | None = None  # where the first read of all began

    @property
    def is_settled(self) -> bool:
        """Nothing but lines of the company's accounts has to be read any more."""
        agreeing = [vote for vote in self.votes if vote.amounts is self.amounts]
        return bool(self.ids and self.amounts and len(agreeing) >= AGREEING)

    @property
    def is_unclear(self) -> bool:
        """Some vouchers show that amounts include their VAT, and others that they do not."""
        return not self.amounts and len({vote.amounts for vote in _that_count(self.votes)}) > 1

    def counts(self) -> dict[str, str]:
        """How many vouchers show which, for sentences."""
        shown = [vote.amounts for vote in _that_count(self.votes)]
        return {str(each): str(shown.count(each)) for each in (Amounts.NET, Amounts.GROSS)}

    @property
    def reach(self) -> str:
        """Read under other facts, a line may have been left or come to another amount."""
        said = [each for each in (self.ids, self.amounts) if each in (Ids.VOUCHER, Amounts.GROSS)]
        waits = ["unclear"] * self.is_unclear + ["without VAT"] * self.lacks_vat
        return "".join(f" {each}" for each in (*said, *waits))

    @property
    def lacks_vat(self) -> bool:
        """A bill has shown that costs lack their VAT, and no line has ever had a word about it."""
        return LACKS_VAT in self.seen and VAT not in self.seen

    def taught_by(self, lines: Sequence[Row], vat: PurchaseVat, now: datetime) -> "Facts":
        is_whole = not self.is_settled
        ids = self.ids or _ids(lines)
        new = {vote.voucher: vote for vote in _votes(lines, vat, is_whole=is_whole)}
        if set(new.values()) <= set(self.votes) and ids == self.ids:
            return self
        votes = [vote for vote in self.votes if vote.voucher not in new] + list(new.values())
        votes = votes[-MOST_VOTES:]
        amounts = _shown_by(votes) if votes else self.amounts
        return replace(self, ids=ids, amounts=amounts, votes=tuple(votes), learned_at=now)

    def having_seen(self, seen: Set[str], now: datetime) -> "Facts":
        return self if seen <= self.seen else replace(self, seen=self.seen | seen, learned_at=now)


def _vouchers(lines: Sequence[Row]) -> list[list[Row]]:
    """Lines of one voucher: the same number, source and day."""
    found: dict[tuple[object, ...], list[Row]] = {}
    for line in lines:
        if line.voucher_no:
            found.setdefault((line.voucher_no, line.source, line.voucher_date), []).append(line)
    return list(found.values())


def _ids(lines: Sequence[Row]) -> Ids:
    """By most of the vouchers: one may be odd."""
    of_line = of_voucher = 0
    for voucher in (lines for lines in _vouchers(lines) if len(lines) > 1):
        ids = {line.transaction_id for line in voucher if line.transaction_id}
        numbers = {line.line_no for line in voucher if line.line_no}
        of_line += len(ids) == len(voucher)
        of_voucher += len(ids) == 1 and len(numbers) == len(voucher)
    if of_line == of_voucher:
        return Ids.UNKNOWN
    return Ids.LINE if of_line > of_voucher else Ids.VOUCHER


def _votes(lines: Sequence[Row], vat: PurchaseVat, *, is_whole: bool) -> list[Vote]:
    votes = (vote_of(voucher, vat, is_whole=is_whole) for voucher in _vouchers(lines))
    return [vote for vote in votes if vote]


def _that_count(votes: Sequence[Vote]) -> list[Vote]:
    """What a known rate shows goes before what a voucher's form lets us guess."""
    return [vote for vote in votes if vote.is_sure] or list(votes)


def _shown_by(votes: Sequence[Vote]) -> Amounts:
    """A few odd vouchers change nothing."""
    votes = _that_count(votes)
    net, gross = (sum(vote.amounts is each for vote in votes) for each in (Amounts.NET, Amounts.GROSS))
    if min(net, gross) * A_FEW > max(net, gross):
        return Amounts.UNKNOWN
    return Amounts.NET if net > gross else Amounts.GROSS
