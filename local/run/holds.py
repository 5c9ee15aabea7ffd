"""Whether Xledger holds what was published, asked of Xledger itself and judged by the events alone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local.run.arrivals import Arrived
from local.run.bodies import Body
from local.run.shown import State
from local.run.summary import Requests
from moment_xledger.domain.events import Event, read_event
from moment_xledger.domain.moment import Invoice

_KINDS = {"customer": "customers", "project": "projects"}  # as Xledger calls them
_MOST_NUMBERS = 5


def requests_between(before: State, after: State) -> Requests | None:
    """What this run asked, also of a simulator that has been asked things before. None where it does not tell."""
    if "requests" not in before or "requests" not in after:
        return None
    old, new = before["requests"], after["requests"]
    by_operation = Counter(new["by_operation"])
    by_operation.subtract(old["by_operation"])
    return Requests(
        new["total"] - old["total"],
        new["refused"] - old["refused"],
        {name: count for name, count in by_operation.items() if count},
    )


def numbers_published(bodies: Iterable[Body], company: str) -> dict[str, set[str]]:
    """The numbers that Xledger must hold afterwards, by kind as Xledger calls it: those of the newest versions."""
    newest: dict[tuple[str, int], tuple[int, str]] = {}
    for body in bodies:
        for kind, record_id, version, number in _said(body, company):
            if newest.get((kind, record_id), (-1, ""))[0] < version:
                newest[kind, record_id] = version, number
    return {
        theirs: {number for (kind, _), (_, number) in newest.items() if kind == ours}
        for ours, theirs in _KINDS.items()
    }


def differences(
    published: Mapping[str, set[str]],
    reported: set[tuple[str, str]],
    waiting: Mapping[str, int],
    state: State,
) -> Iterator[str]:
    """What Xledger lacks without our having said so, and what one entity has twice. `reported` are (kind, number)."""
    for ours, theirs in _KINDS.items():
        if theirs not in state:
            continue
        held = Counter((_kept(record["code"]), _owner(record)) for record in state[theirs])
        there = {code for code, _ in held}
        twice = {code for (code, _), count in held.items() if count > 1}
        missing = {
            number
            for number in published[theirs]
            if _kept(number) not in there and (ours, number) not in reported
        }
        doubled = {number for number in published[theirs] if _kept(number) in twice}
        if len(missing) > waiting.get(theirs, 0):
            yield f"Xledger does not hold {len(missing)} {theirs} that nothing was reported of: {_some(missing)}."
        if doubled:
            yield f"Xledger holds {len(doubled)} {theirs} more than once: {_some(doubled)}."


def _kept(code: str) -> str:
    """Without what Xledger may add or change: blanks at the ends, and the case."""
    return code.strip().casefold()


def _owner(record: Mapping[str, Any]) -> Any:
    owner = record.get("owner")
    return owner.get("ownerCode") if isinstance(owner, dict) else None


def _some(numbers: set[str]) -> str:
    first = sorted(numbers)[:_MOST_NUMBERS]
    return ", ".join(first) + (" …" if len(first) < len(numbers) else "")


def _said(body: Body, company: str) -> Iterator[tuple[str, int, int, str]]:
    """Kind, id, version and number, as far as the event is one that Xledger is to hear of."""
    event = _event(body, company)
    if event and str(event.content.kind) in _KINDS:
        content = event.content
        yield str(content.kind), content.id, content.version, content.number


def missing_invoices(
    published: Iterable[Body], company: str, reported: set[tuple[str, str]], arrived: Arrived
) -> Iterator[str]:
    """Invoices that arrived nowhere though nothing was reported of them, and those that arrived more than once."""
    events = (_event(body, company) for body in published)
    newest: dict[str, Invoice] = {}
    for invoice in (event.content for event in events if event and isinstance(event.content, Invoice)):
        if invoice.number not in newest or newest[invoice.number].version < invoice.version:
            newest[invoice.number] = invoice
    wanted = {number for number, invoice in newest.items() if not invoice.do_not_transfer}
    held, place = arrived.numbers, arrived.place
    missing = {number for number in wanted if not held[number] and ("invoice", number) not in reported}
    doubled = {number for number, count in held.items() if count > 1}
    if missing:
        yield f"{len(missing)} invoices that nothing was reported of are in no {place}: {_some(missing)}."
    if doubled:
        yield f"{len(doubled)} invoices are in more than one {place}: {_some(doubled)}."
    yield from arrived.wrong


def _event(body: Body, company: str) -> Event | None:
    event = read_event(body.text)
    return event if isinstance(event, Event) and event.company == company else None
