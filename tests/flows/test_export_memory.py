"""A larger export takes more time, calls and disk, each invoice as much as any other, and no more memory."""

import pytest

from local.bench.large_exports import Cost, cost_of_export

A_PART = 250  # so that a few thousand are as large as a million are
FEW, MANY = 3_000, 12_000


@pytest.fixture(scope="module")
def costs() -> tuple[Cost, Cost]:
    return cost_of_export(FEW, part=A_PART), cost_of_export(MANY, part=A_PART)


def test_four_times_the_invoices_take_hardly_more_memory(costs: tuple[Cost, Cost]) -> None:
    few, many = costs
    assert many.invoices == MANY
    assert many.megabytes - few.megabytes < 8


def test_four_times_the_invoices_take_four_times_the_calls_and_units(costs: tuple[Cost, Cost]) -> None:
    few, many = costs
    times = MANY / FEW
    assert many.calls_of_dynamodb / few.calls_of_dynamodb < 1.1 * times
    assert many.reads / few.reads < 1.1 * times
    assert many.writes / few.writes < 1.1 * times


def test_each_invoice_is_read_once_and_marked_once(costs: tuple[Cost, Cost]) -> None:
    """A write in a transaction is two units."""
    _, many = costs
    assert many.times_read == 1
    assert many.writes / MANY < 2 + 0.1
