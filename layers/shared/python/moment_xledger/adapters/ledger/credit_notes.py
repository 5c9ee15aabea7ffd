"""What credit notes take from each invoice: one item for each invoice that is credited.

`cents` is the sum of the credit notes that leave from here and of those that a person has booked by hand, and
`at_<code>` the part of it at one of Moment's VAT codes, where the release that counted it knew how. A credit
note that has arrived and is left out is marked, so that it is given back once; so is one that was booked by hand.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Action, Item, Key, Table, Update
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.invoice_checks import cents_at
from moment_xledger.domain.moment import Invoice, InvoiceKind

AT = "at_"


def credited(table: Table, company: CompanyId, numbers: Iterable[int]) -> dict[int, Decimal]:
    return taken(table, company, numbers)[0]


def taken(
    table: Table, company: CompanyId, numbers: Iterable[int]
) -> tuple[dict[int, Decimal], dict[int, Counter[str]]]:
    """Of each invoice that is credited: how much, and how many øre at each VAT code."""
    found = table.get_many(_key(company, number) for number in numbers)
    items = {int(sk.removeprefix("CRED#")): item for (_, sk), item in found.items()}
    sums = {number: _amount(int(item["cents"])) for number, item in items.items()}
    return sums, {number: _by_code(item) for number, item in items.items()}


def _by_code(item: Item) -> Counter[str]:
    return Counter({name.removeprefix(AT): int(n) for name, n in item.items() if name.startswith(AT)})


def arriving(
    company: CompanyId, invoices: Iterable[Invoice], before: Mapping[int, Decimal]
) -> Iterator[Action]:
    """One for each invoice that is credited: whoever decided by another sum looks again."""
    counted: dict[int, Counter[str]] = {}
    marks: dict[int, dict[str, int]] = {}
    for note in invoices:
        if number := _credited_by(note):
            takes = Counter({"cents": 0}) if note.do_not_transfer else _takes(note)
            counted.setdefault(number, Counter()).update(takes)
            marks.setdefault(number, {}).update({_out(note): 1} if note.do_not_transfer else {})
    for number, takes in counted.items():
        known = int(before.get(number, Decimal(0)) * 100)
        unchanged = Attr("cents").eq(known) if number in before else Attr("cents").not_exists()
        yield Update(_key(company, number), set=marks[number], add=dict(takes), when=unchanged)


def left_out(table: Table, company: CompanyId, note: Invoice) -> Iterator[Action]:
    """It has arrived and does not leave, so it takes nothing."""
    number = _credited_by(note)
    item = number and table.get(_key(company, number))
    if number and item and _out(note) not in item:
        unchanged = Attr("cents").eq(item["cents"]) & Attr(_out(note)).not_exists()
        yield Update(_key(company, number), set={_out(note): 1}, add=_less(_takes(note)), when=unchanged)


def given_back(table: Table, company: CompanyId, note: Invoice) -> Iterator[Action]:
    """It leaves after all. An older release did not mark what was left out, and counted it all the time."""
    number = _credited_by(note)
    item = number and table.get(_key(company, number))
    if number and item and _out(note) in item:
        unchanged = Attr("cents").eq(item["cents"]) & Attr(_out(note)).exists()
        yield Update(_key(company, number), add=dict(_takes(note)), remove=[_out(note)], when=unchanged)


def is_left_out(table: Table, company: CompanyId, note: Invoice) -> bool:
    number = _credited_by(note)
    return bool(number) and _out(note) in (table.get(_key(company, number or 0)) or {})


def booked_by_hand(table: Table, company: CompanyId, note: Invoice) -> Iterator[Action]:
    """It never arrived here, and is in the books all the same. Its sign may be what was wrong with it."""
    number, mark = _credited_by(note), f"hand_{note.invoice_number}"
    if number:
        item = table.get(_key(company, number)) or {}
        if mark not in item:
            same = Attr("cents").eq(item["cents"]) if item else Attr("cents").not_exists()
            takes = dict(_takes(note)) if note.total <= 0 else _less(_takes(note))
            yield Update(_key(company, number), set={mark: 1}, add=takes, when=same)


def _credited_by(note: Invoice) -> int | None:
    return note.credited_invoice_number if note.kind is InvoiceKind.CREDIT_NOTE else None


def _out(note: Invoice) -> str:
    return f"out_{note.invoice_number}"


def _key(company: CompanyId, number: int) -> Key:
    return keys.invoices(company), f"CRED#{number}"


def _takes(note: Invoice) -> Counter[str]:
    """By the attributes of the item."""
    found = Counter({"cents": -int(note.total * 100)})
    found.update({f"{AT}{code}": -cents for code, cents in cents_at(note).items()})
    return found


def _less(takes: Counter[str]) -> dict[str, int]:
    return {name: -cents for name, cents in takes.items()}


def _amount(cents: int) -> Decimal:
    return Decimal(cents) / 100
