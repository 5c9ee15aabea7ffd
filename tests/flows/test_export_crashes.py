"""Whatever call of an export the process dies at: whoever comes next makes the very same export.

It dies before the call. To die after it, when only the answer is lost, is to die before the next one.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.domain.exports import SCHEDULE, Status
from moment_xledger.flows import make_export
from moment_xledger.flows.make_export import A_PART
from tests.builders import an_invoice
from tests.flows.crashing import CrashingFiles, CrashingTable, Died, Fate
from tests.flows.office import COMPANY, MORNING, READER, Office

A_LONG_CALL = timedelta(minutes=16)
UNFIT: dict[str, Any] = {"projectNumber": "P-12345678901"}


@pytest.fixture(scope="module", autouse=True)
def few_at_once() -> Iterator[None]:
    """So that members are marked in several goes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make_export, "MARKED_AT_ONCE", 4)
        yield


def prepared(fate: Fate, part: int) -> Office:
    """Some invoices stay behind, one is late, one is held back, one did not fit before."""
    format_ = {"format": "ar10", "ar10_longest_project": 10}
    office = Office(CrashingTable(fate), CrashingFiles(fate), file=format_)
    office.arrive(an_invoice(10), an_invoice(12, **UNFIT))
    office.made()
    office.parts["part"] = part
    office.set(file={"format": "standard"}, vat_codes={"3": "3"})
    some = [an_invoice(number, kid=None) for number in range(20, 26)]
    office.arrive(an_invoice(11), an_invoice(26, doNotTransfer=True), an_invoice(27, kid="1"), *some)
    return office


def by_the_same_message(office: Office) -> None:
    office.export("first", SCHEDULE)
    office.tell()


def by_somebody_else(office: Office) -> None:
    office.export("second", "Ola")
    office.tell()


def by_the_sweeper(office: Office) -> None:
    """Or by the message, where the crash came before anything was claimed."""
    office.sweep()
    by_the_same_message(office)


def outcome(office: Office) -> Any:
    exports = list(office.ledger.exports.newest_first(COMPANY))
    return (
        [(export.number, export.by, export.status, export.sha256, export.series) for export in exports],
        {
            name: held
            for name, held in office.files.held.items()
            if name.endswith(".csv") or exports[0].claimed == MORNING
        },
        office.ledger.exports.watermark(COMPANY).settled,
        sorted((s.invoice.invoice_number, s.export) for s in office.ledger.invoices.since(COMPANY)),
        office.problems(),
        office.post.readers,
        list(office.ledger.tellings.open(COMPANY)),
    )


@pytest.fixture(scope="module", params=[A_PART, 2], ids=["at once", "part by part"])
def part(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


@pytest.fixture(scope="module")
def undisturbed(part: int) -> tuple[Any, int]:
    """What comes out when nobody dies, and how many calls that takes."""
    fate = Fate()
    office = prepared(fate, part)
    calls_before = fate.calls
    by_the_same_message(office)
    calls = fate.calls - calls_before
    return outcome(office), calls


@pytest.mark.parametrize("resumed", [by_the_same_message, by_somebody_else, by_the_sweeper])
def test_a_crash_at_any_call_changes_nothing(
    undisturbed: tuple[Any, int], part: int, resumed: Callable[[Office], None]
) -> None:
    """A large one is left to the worker that has it, until that must have ended."""
    expected, calls = undisturbed
    assert 20 < calls < 200
    for call in range(1, calls + 1):
        fate = Fate()
        office = prepared(fate, part)
        fate.at = fate.calls + call
        with pytest.raises(Died):
            by_the_same_message(office)
        fate.at = 0
        if part != A_PART:
            office.now += A_LONG_CALL
        resumed(office)
        office.sweep()  # the mail, if the crash was while it was being sent
        assert_same(outcome(office), expected, call, resumed is by_somebody_else)


def assert_same(found: Any, expected: Any, call: int, by_another: bool) -> None:
    """But for two things: a claim that was never made is made by whoever comes next, in whose name nobody is mailed;
    and a mail whose sending was not yet written down may go once more."""
    (newest, *_), (was_to_be, *_) = found[0], expected[0]
    if by_another and newest[1] != SCHEDULE:
        assert (newest[0], *newest[2:], found[5]) == (was_to_be[0], *was_to_be[2:], []), call
        return
    assert found[0] == expected[0], call
    assert found[1].items() <= expected[1].items(), call
    assert len(found[1]) in (2, 6), call  # of one that was claimed later, the other files name a later time
    assert found[2:5] == expected[2:5], call
    assert found[5] in ([READER], [READER, READER]), call
    assert found[6] == [], call


def test_the_undisturbed_export_is_what_it_should_be(undisturbed: tuple[Any, int]) -> None:
    exports, files, settled, members, problems, readers, untold = undisturbed[0]
    assert [(number, status) for number, _, status, _, _ in exports] == [
        (2, Status.READY),
        (1, Status.READY),
    ]
    assert len(files) == 6
    assert settled == 10
    assert {export for number, export in members if number not in (10, 26)} == {2}
    assert (problems, readers, untold) == ([("27", "KID_INVALID")], [READER], [])
