"""Why an invoice number is not in an export although a higher one is: one phrase for each reason, in both languages."""

from collections.abc import Mapping

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
from moment_xledger.domain.problems import Code

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
    if why := export.waits(snapshot):
        return held_back(why.code)
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
_NAMES: Mapping[str, tuple[str, str]] = {
    Code.CUSTOMER_UNKNOWN: ("kunden er ukjent", "its customer is unknown"),
    Code.WAITS_FOR_XLEDGER: (
        "kunden eller prosjektet er ikke i Xledger ennå",
        "its customer or project is not in Xledger yet",
    ),
    Code.WAITS_FOR_NUMBER: (
        "nummeret på kunden eller prosjektet er omstridt",
        "the number of its customer or project is disputed",
    ),
    Code.ISSUED_TO_ANOTHER: (
        "kundenummeret har en annen kunde nå",
        "another customer may have its customer number now",
    ),
    Code.ISSUED_TO_A_NAMESAKE: (
        "flere kunder med samme navn har hatt kundenummeret",
        "several customers of one name have had its customer number",
    ),
    Code.WAITS_FOR_EVENT: (
        "kunden eller prosjektet er ikke kommet fra Moment ennå",
        "its customer or project has not come from Moment yet",
    ),
    Code.WAITS_FOR_LOOK_UP: (
        "kunden eller prosjektet skal slås opp i Xledger",
        "its customer or project is to be looked up in Xledger",
    ),
    Code.NOT_KEPT_IN_XLEDGER: (
        "Xledger har ikke kunden eller prosjektet",
        "Xledger does not have its customer or project",
    ),
    Code.NOT_IN_MOMENT: (
        "Moment har ikke kunden eller prosjektet",
        "Moment does not have its customer or project",
    ),
    Code.MOMENT_SILENT: (
        "kunden eller prosjektet er ikke kommet, og Moment svarer ikke",
        "its customer or project has not come, and Moment does not answer",
    ),
    Code.MOMENT_REFUSES: (
        "kunden eller prosjektet er ikke kommet, og Moment godtar ikke API-nøkkelen",
        "its customer or project has not come, and Moment does not accept the API key",
    ),
    Code.MOMENT_UNUSABLE: (
        "det Moment svarer om kunden eller prosjektet, kan ikke brukes",
        "what Moment answers about its customer or project cannot be used",
    ),
    Code.CREDITED_INVOICE_STAYS: (
        "fakturaen den retter, er ikke overført",
        "its invoice is not transferred yet",
    ),
    Code.CREDITED_INVOICE_HELD: ("fakturaen den retter, er holdt tilbake", "its invoice is held back"),
    Code.CREDITED_INVOICE_LEFT_OUT: ("fakturaen den retter, er utelatt", "its invoice is left out"),
    Code.CREDITED_INVOICE_UNKNOWN: ("fakturaen den retter, er ikke mottatt", "its invoice has not come"),
    Code.BOOKED_BY_HAND: ("ført for hånd", "booked by hand"),
    Code.LEFT_OUT_WITH_CREDIT_NOTE: ("utelatt sammen med kreditnotaen", "left out with its credit note"),
    Code.NOT_TO_TRANSFER: ("skal ikke overføres", "not to be transferred"),
    Code.TOTAL_DIFFERS: ("totalen stemmer ikke", "its total does not add up"),
    Code.VAT_CODE_UNMAPPED: ("MVA-koden er ikke satt opp", "its VAT code is not set up"),
    Code.KID_INVALID: ("KID er feil", "its KID is wrong"),
    Code.DUE_BEFORE_INVOICE_DATE: ("forfaller før fakturadatoen", "due before its invoice date"),
    Code.CREDIT_NOTE_WITHOUT_INVOICE: ("kreditnota uten faktura", "a credit note without its invoice"),
    Code.CREDIT_NOTE_NOT_NEGATIVE: ("kreditnota med positivt beløp", "a credit note of a positive amount"),
    Code.INVOICE_NEGATIVE: ("negativ, men ingen kreditnota", "negative, but no credit note"),
    Code.DATE_IMPLAUSIBLE: ("usannsynlig fakturadato", "an implausible invoice date"),
    Code.DUE_DATE_IMPLAUSIBLE: ("usannsynlig forfall", "an implausible due date"),
    Code.VAT_DIFFERS: ("MVA er ikke etter kodens sats", "its VAT is not by the code's rate"),
    Code.VAT_SIGN_WRONG: ("MVA har motsatt fortegn", "its VAT has the opposite sign"),
    Code.CREDIT_NOTE_OF_ITSELF: ("kreditnota for seg selv", "a credit note of itself"),
    Code.CREDIT_NOTE_OF_CREDIT_NOTE: ("kreditnota for en kreditnota", "a credit note of a credit note"),
    Code.CREDIT_NOTE_OTHER_CUSTOMER: ("kreditnota til en annen kunde", "a credit note to another customer"),
    Code.CREDIT_NOTE_OTHER_CURRENCY: ("kreditnota i en annen valuta", "a credit note in another currency"),
    Code.CREDIT_NOTE_BEFORE_INVOICE: (
        "kreditnota datert før fakturaen",
        "a credit note dated before its invoice",
    ),
    Code.CREDIT_NOTE_OTHER_VAT: (
        "kreditnota med en annen MVA-kode enn fakturaen",
        "a credit note at another VAT code than its invoice",
    ),
    Code.CREDIT_NOTE_TOO_LARGE: (
        "kreditnota for mer enn det som er igjen",
        "a credit note of more than is left",
    ),
    Code.FORMAT_CANNOT_HOLD: ("får ikke plass i filformatet", "does not fit the file format"),
    Code.EXCHANGE_RATE_OF_KRONER: ("i kroner med en valutakurs", "in kroner with an exchange rate"),
    Code.EXCHANGE_RATE_IMPOSSIBLE: ("valutakursen kan ikke stemme", "its exchange rate cannot be right"),
    Code.EXCHANGE_RATE_DIFFERS: (
        "valutakursen er langt fra den forrige",
        "its exchange rate is far from the one before",
    ),
    Code.EXCHANGE_RATE_MISSING: ("valutakursen mangler", "its exchange rate is missing"),
    Code.VAT_CODE_NOT_IN_XLEDGER: ("Xledger har ikke MVA-koden", "Xledger does not have its VAT code"),
    Code.ACCOUNT_NOT_IN_XLEDGER: ("Xledger har ikke kontoen", "Xledger does not have its account"),
    Route.OFF: ("overføres ikke", "not transferred"),
    Route.FILE: ("fil", "file"),
    Route.EMAIL: ("e-post", "mail"),
    Route.UPLOAD: ("opplasting", "upload"),
}


def in_words(reason: str, language: Language) -> str:
    """As it stands where it is not known here."""
    for english, norwegian in _NORWEGIAN.items():
        if reason.startswith(english):
            lead = norwegian if language is Language.NORWEGIAN else english
            return lead + in_short(reason.removeprefix(english), language)
    return reason


def in_short(name: str, language: Language) -> str:
    """Why one is held back, or which way it goes; the name itself where it is not known here."""
    return _NAMES[name][language is Language.ENGLISH] if name in _NAMES else name
