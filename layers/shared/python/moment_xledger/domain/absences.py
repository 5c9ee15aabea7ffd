"""Why an invoice number is not in an export although a higher one is: one phrase for each reason, in both languages."""

from moment_xledger.domain.companies import Language, Route
from moment_xledger.domain.exports import Export
from moment_xledger.domain.files.series import (
    NOT_LOOKED_UP,
    NOT_RECEIVED,
    NOT_TO_BE_TRANSFERRED,
    held_back,
    left_with,
)
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.preflight import reason_of

DATED_LATER = "dated after the limit of this export"
CAME_LATER = "came while this export was made"


def another_way(route: Route) -> str:
    return f"leaves another way: {route}"


def absence(snapshot: Snapshot, export: Export) -> str:
    """Of an invoice that has arrived."""
    if snapshot.export is not None:
        return left_with(snapshot.export)
    if snapshot.route is not export.route:
        return another_way(snapshot.route)
    if snapshot.invoice.do_not_transfer:
        return NOT_TO_BE_TRANSFERRED
    if unfit := export.unfit(snapshot):
        return held_back(reason_of(unfit)[0])
    return CAME_LATER if snapshot.seq > export.high else DATED_LATER


# The beginning of a phrase, and what a Norwegian reads instead. What comes behind it is a code, a number or a route.
_NORWEGIAN = {
    NOT_RECEIVED: "ikke mottatt fra Moment",
    NOT_TO_BE_TRANSFERRED: "skal ikke overføres",
    NOT_LOOKED_UP: "et hopp i nummerserien",
    DATED_LATER: "fakturadato etter grensen for eksporten",
    CAME_LATER: "kom mens eksporten ble laget, og er med i den neste",
    held_back(""): "holdt tilbake: ",
    "left with export ": "gikk med eksport ",
    another_way(Route.OFF).removesuffix(Route.OFF): "går en annen vei: ",
}


def in_words(reason: str, language: Language) -> str:
    if language is Language.ENGLISH:
        return reason
    for english, norwegian in _NORWEGIAN.items():
        if reason.startswith(english):
            return norwegian + reason.removeprefix(english)
    return reason
