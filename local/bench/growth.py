"""What one of them costs as there are more: ten times, and a hundred times as many companies, records or invoices."""

from collections.abc import Callable
from functools import partial
from io import BytesIO

from local.bench.frame import ROUNDS, Cell, Say, Spread, Table, spent
from local.bench.load import customer, new_customers
from local.sample import generate
from local.twins.world import COMPANY, World
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.files.writing import write
from moment_xledger.domain.moment import Invoice

BATCH = 100
SIZES = (1, 10, 100)
EACH = 5  # customers of a company
VAT_CODES = {code: code for code in ("3", "31", "33", "5")}
COLUMNS = (
    "what",
    "at first",
    "ms for one",
    "ten times as many",
    "a hundred times as many",
    "for one, ×100 ÷ ×1 (≤ 1.2)",
)
NOTE = (
    "By the processor's time, for one of them; all sizes in each round. Linear is a ratio of 1: what is below it has "
    "costs that many share. Ledger and Xledger are in memory, and part of the time."
)


def growth(say: Say) -> list[Table]:
    kinds: dict[str, tuple[int, Callable[[int], float]]] = {
        f"companies, {EACH} new customers each, taken in and sent to Xledger": (2, _companies),
        "the same companies, all of one token": (2, partial(_companies, tokens=1)),
        "customers of one company, taken in and sent to Xledger": (50, _records),
        "invoices taken in, and written to an export": (50, _invoices),
    }
    return [Table("Growth", COLUMNS, [_row(what, *kind, say) for what, kind in kinds.items()], NOTE)]


def _row(what: str, first: int, work: Callable[[int], float], say: Say) -> list[Cell]:
    say(what)
    work(first)  # once, so that all is loaded
    rounds = [[work(first * size) / (first * size) * 1000 for size in SIZES] for _ in range(ROUNDS)]
    costs = [Spread.of(each) for each in zip(*rounds, strict=True)]
    return [what, first, *costs, Spread.of(each[-1] / each[0] for each in rounds)]


def _companies(count: int, tokens: int | None = None) -> float:
    """Each has a token of its own, unless `tokens` says how many there are."""
    ids = [CompanyId(f"company-{n}") for n in range(count)]
    world = World(
        companies=[
            COMPANY.model_copy(update={"id": id_, "token_id": TokenId(f"token-{n % (tokens or count)}")})
            for n, id_ in enumerate(ids)
        ]
    )
    events = [
        customer(n, 1, f"Kunde {n} AS") | {"momentcompany": ids[n % count]} for n in range(count * EACH)
    ]
    return _carried(world, events)


def _records(count: int) -> float:
    return _carried(World(), list(new_customers(count)))


def _carried(world: World, events: list[dict[str, object]]) -> float:
    def carry() -> None:
        for start in range(0, len(events), BATCH):
            world.receive(*events[start : start + BATCH])
        world.run()

    seconds = spent(carry)
    if len(world.held("customers")) != len(events):
        raise RuntimeError(
            f"{len(events)} customers were to be in Xledger, not {len(world.held('customers'))}"
        )
    return seconds


def _invoices(count: int) -> float:
    """Xledger has their customers and projects already, and has told its lists: otherwise they would be held back."""
    published = list(generate(COMPANY.id, 40, 60, count + 1, 0, seed=1))
    first, *events = (event for event in published if event["type"] == "team.moment.invoice.finalized")
    invoices = [Invoice.model_validate(event["data"]) for event in events]
    world = World()
    world.receive(*(event for event in published if event["type"] != first["type"]), first)
    world.run()

    def carry() -> None:
        for start in range(0, len(events), BATCH):
            world.receive(*events[start : start + BATCH])
        write(invoices, BytesIO(), Terms(vat_codes=VAT_CODES))

    seconds = spent(carry)
    if held := len(list(world.ledger.invoices.held(COMPANY.id))):
        raise RuntimeError(f"{held} invoices were held back; none was to be")
    return seconds
