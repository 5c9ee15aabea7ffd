"""What needs a person: one table of reasons, each with who can do something about it and what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.counted import filled_from
from moment_xledger.domain.details import in_words

RECORDS = "records"  # what a problem is about that is told once for many customers and projects
NOBODY = CompanyId("?")  # whose problems are those of events of no known company; no company can be called so


class Fixer(StrEnum):
    ACCOUNTANT = "accountant"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


class Code(StrEnum):
    EVENT_TOO_LARGE = "EVENT_TOO_LARGE"
    EVENT_NOT_JSON = "EVENT_NOT_JSON"
    EVENT_NOT_CLOUDEVENT = "EVENT_NOT_CLOUDEVENT"
    EVENT_TYPE_UNKNOWN = "EVENT_TYPE_UNKNOWN"
    COMPANY_UNKNOWN = "COMPANY_UNKNOWN"
    COMPANY_LEFT = "COMPANY_LEFT"
    FIELD_MISSING = "FIELD_MISSING"
    FIELD_INVALID = "FIELD_INVALID"
    NUMBER_TAKEN = "NUMBER_TAKEN"
    NUMBER_CHANGED = "NUMBER_CHANGED"
    NUMBER_TWICE_IN_XLEDGER = "NUMBER_TWICE_IN_XLEDGER"
    CUSTOMER_UNKNOWN = "CUSTOMER_UNKNOWN"
    REFERENCE_NOT_FOUND = "REFERENCE_NOT_FOUND"
    REFUSED_BY_XLEDGER = "REFUSED_BY_XLEDGER"
    REFUSED_ALIKE = "REFUSED_ALIKE"
    TOKEN_REFUSED = "TOKEN_REFUSED"  # noqa: S105 a reason, not a token
    REFUSED_WITHOUT_REASON = "REFUSED_WITHOUT_REASON"
    XLEDGER_SILENT = "XLEDGER_SILENT"
    ASSUMPTION_WRONG = "ASSUMPTION_WRONG"
    REQUEST_NOT_ACCEPTED = "REQUEST_NOT_ACCEPTED"
    RIGHT_LACKING = "RIGHT_LACKING"
    INVOICE_NOT_FINALIZED = "INVOICE_NOT_FINALIZED"
    INVOICE_CHANGED = "INVOICE_CHANGED"
    TOTAL_DIFFERS = "TOTAL_DIFFERS"
    VAT_CODE_UNMAPPED = "VAT_CODE_UNMAPPED"
    KID_INVALID = "KID_INVALID"
    DUE_BEFORE_INVOICE_DATE = "DUE_BEFORE_INVOICE_DATE"
    CREDIT_NOTE_WITHOUT_INVOICE = "CREDIT_NOTE_WITHOUT_INVOICE"
    CREDIT_NOTE_NOT_NEGATIVE = "CREDIT_NOTE_NOT_NEGATIVE"
    INVOICE_NEGATIVE = "INVOICE_NEGATIVE"
    DATE_IMPLAUSIBLE = "DATE_IMPLAUSIBLE"
    DUE_DATE_IMPLAUSIBLE = "DUE_DATE_IMPLAUSIBLE"
    VAT_DIFFERS = "VAT_DIFFERS"
    VAT_SIGN_WRONG = "VAT_SIGN_WRONG"
    CREDIT_NOTE_OF_ITSELF = "CREDIT_NOTE_OF_ITSELF"
    CREDIT_NOTE_OF_CREDIT_NOTE = "CREDIT_NOTE_OF_CREDIT_NOTE"
    CREDIT_NOTE_OTHER_CUSTOMER = "CREDIT_NOTE_OTHER_CUSTOMER"
    CREDIT_NOTE_OTHER_CURRENCY = "CREDIT_NOTE_OTHER_CURRENCY"
    CREDIT_NOTE_BEFORE_INVOICE = "CREDIT_NOTE_BEFORE_INVOICE"
    CREDIT_NOTE_TOO_LARGE = "CREDIT_NOTE_TOO_LARGE"
    CREDIT_NOTE_OTHER_VAT = "CREDIT_NOTE_OTHER_VAT"
    FORMAT_CANNOT_HOLD = "FORMAT_CANNOT_HOLD"
    EXCHANGE_RATE_MISSING = "EXCHANGE_RATE_MISSING"
    EXCHANGE_RATE_OF_KRONER = "EXCHANGE_RATE_OF_KRONER"
    EXCHANGE_RATE_IMPOSSIBLE = "EXCHANGE_RATE_IMPOSSIBLE"
    EXCHANGE_RATE_DIFFERS = "EXCHANGE_RATE_DIFFERS"
    FILE_DIFFERS = "FILE_DIFFERS"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    PDF_MISSING = "PDF_MISSING"
    PDF_NOT_PDF = "PDF_NOT_PDF"
    PDF_TOO_LARGE = "PDF_TOO_LARGE"
    PDF_UNREACHABLE = "PDF_UNREACHABLE"
    MOMENT_KEY_REFUSED = "MOMENT_KEY_REFUSED"
    MAIL_REFUSED = "MAIL_REFUSED"
    MAIL_UNCERTAIN = "MAIL_UNCERTAIN"
    MAIL_BOUNCED = "MAIL_BOUNCED"
    MAIL_BOUNCED_LATE = "MAIL_BOUNCED_LATE"
    MAIL_NOT_TAKEN = "MAIL_NOT_TAKEN"
    MAIL_PERHAPS_TWICE = "MAIL_PERHAPS_TWICE"
    RECEPTION_ADDRESS_MISSING = "RECEPTION_ADDRESS_MISSING"
    RECEPTION_ADDRESS_STOPPED = "RECEPTION_ADDRESS_STOPPED"
    UPLOAD_REFUSED = "UPLOAD_REFUSED"
    UPLOAD_FAULT = "UPLOAD_FAULT"
    UPLOAD_TOO_LARGE = "UPLOAD_TOO_LARGE"
    UPLOAD_UNREADABLE = "UPLOAD_UNREADABLE"
    UPLOAD_UNCERTAIN = "UPLOAD_UNCERTAIN"
    UPLOAD_UNREACHABLE = "UPLOAD_UNREACHABLE"
    UPLOAD_SETTING_MISSING = "UPLOAD_SETTING_MISSING"
    UPLOAD_NOT_SEEN = "UPLOAD_NOT_SEEN"
    UPLOAD_SEEN_IN_PART = "UPLOAD_SEEN_IN_PART"
    UPLOAD_CANNOT_BE_SEEN = "UPLOAD_CANNOT_BE_SEEN"
    INVOICE_REFUSED_IN_XLEDGER = "INVOICE_REFUSED_IN_XLEDGER"
    TOKEN_EXPIRES = "TOKEN_EXPIRES"  # noqa: S105
    RIGHT_MISSING = "RIGHT_MISSING"
    SOAP_LOGIN_REFUSED = "SOAP_LOGIN_REFUSED"
    OWNER_CODE_NOT_REACHED = "OWNER_CODE_NOT_REACHED"
    OWNER_CODE_NEEDED = "OWNER_CODE_NEEDED"
    ENTITY_TAKEN = "ENTITY_TAKEN"
    VAT_CODE_NOT_IN_XLEDGER = "VAT_CODE_NOT_IN_XLEDGER"
    ACCOUNT_NOT_IN_XLEDGER = "ACCOUNT_NOT_IN_XLEDGER"
    EXPORT_FAILED = "EXPORT_FAILED"
    NUMBER_MOVED_IN_XLEDGER = "NUMBER_MOVED_IN_XLEDGER"
    RECORD_TAKEN_IN_XLEDGER = "RECORD_TAKEN_IN_XLEDGER"
    CLOSED_IN_XLEDGER = "CLOSED_IN_XLEDGER"
    GONE_FROM_XLEDGER = "GONE_FROM_XLEDGER"
    NUMBER_DOUBLED_IN_XLEDGER = "NUMBER_DOUBLED_IN_XLEDGER"
    NUMBER_SPELLED_OTHERWISE = "NUMBER_SPELLED_OTHERWISE"
    IN_ANOTHER_ENTITY = "IN_ANOTHER_ENTITY"
    OWNER_NOT_SHOWN = "OWNER_NOT_SHOWN"
    LEGAL_COMPANY_NAME_DIFFERS = "LEGAL_COMPANY_NAME_DIFFERS"
    LEGAL_COMPANY_NUMBER_DIFFERS = "LEGAL_COMPANY_NUMBER_DIFFERS"
    CUSTOMER_NOT_IN_XLEDGER = "CUSTOMER_NOT_IN_XLEDGER"
    CUSTOMER_TWICE_IN_XLEDGER = "CUSTOMER_TWICE_IN_XLEDGER"
    NOTICE_ADDRESS_STOPPED = "NOTICE_ADDRESS_STOPPED"
    EXPENSE_PROJECT_UNKNOWN = "EXPENSE_PROJECT_UNKNOWN"
    EXPENSE_PROJECT_CLOSED = "EXPENSE_PROJECT_CLOSED"
    EXPENSE_VAT_MISSING = "EXPENSE_VAT_MISSING"
    EXPENSE_AMOUNT_UNSURE = "EXPENSE_AMOUNT_UNSURE"
    EXPENSE_RATE_MISSING = "EXPENSE_RATE_MISSING"
    EXPENSE_LINE_UNUSABLE = "EXPENSE_LINE_UNUSABLE"
    EXPENSE_REFUSED = "EXPENSE_REFUSED"
    EXPENSE_INVOICED = "EXPENSE_INVOICED"
    EXPENSE_DELETED = "EXPENSE_DELETED"
    EXPENSES_NOT_READ = "EXPENSES_NOT_READ"
    EXPENSES_MINUTE_UNREADABLE = "EXPENSES_MINUTE_UNREADABLE"
    EXPENSES_PAGE_INSTEAD = "EXPENSES_PAGE_INSTEAD"
    EXPENSES_NOTHING_POSTED = "EXPENSES_NOTHING_POSTED"
    EXPENSES_COLUMN_MISSING = "EXPENSES_COLUMN_MISSING"
    EXPENSES_AMOUNTS_UNCLEAR = "EXPENSES_AMOUNTS_UNCLEAR"
    EXPENSES_AMOUNTS_OTHERWISE = "EXPENSES_AMOUNTS_OTHERWISE"
    EXPENSES_WITHOUT_PROJECTS = "EXPENSES_WITHOUT_PROJECTS"
    EXPENSES_PROJECTS_UNKNOWN = "EXPENSES_PROJECTS_UNKNOWN"
    SOAP_ACCESS_REFUSED = "SOAP_ACCESS_REFUSED"
    SOAP_PATH_UNKNOWN = "SOAP_PATH_UNKNOWN"
    EXPENSES_KEY_REFUSED = "EXPENSES_KEY_REFUSED"
    EXPENSES_DELAYED = "EXPENSES_DELAYED"
    LATE_FROM_MOMENT = "LATE_FROM_MOMENT"
    INVOICE_UNREADABLE = "INVOICE_UNREADABLE"
    MOMENT_WENT_BACK = "MOMENT_WENT_BACK"
    WAITS_FOR_XLEDGER = "WAITS_FOR_XLEDGER"
    WAITS_FOR_NUMBER = "WAITS_FOR_NUMBER"
    WAITS_FOR_EVENT = "WAITS_FOR_EVENT"
    WAITS_FOR_LOOK_UP = "WAITS_FOR_LOOK_UP"
    NOT_KEPT_IN_XLEDGER = "NOT_KEPT_IN_XLEDGER"
    NOT_IN_MOMENT = "NOT_IN_MOMENT"
    MOMENT_SILENT = "MOMENT_SILENT"
    MOMENT_REFUSES = "MOMENT_REFUSES"
    MOMENT_UNUSABLE = "MOMENT_UNUSABLE"
    REFERENCES_NOT_CHECKED = "REFERENCES_NOT_CHECKED"
    CREDITED_INVOICE_STAYS = "CREDITED_INVOICE_STAYS"
    CREDITED_INVOICE_HELD = "CREDITED_INVOICE_HELD"
    CREDITED_INVOICE_LEFT_OUT = "CREDITED_INVOICE_LEFT_OUT"
    CREDITED_INVOICE_UNKNOWN = "CREDITED_INVOICE_UNKNOWN"
    BOOKED_BY_HAND = "BOOKED_BY_HAND"
    LEFT_OUT_WITH_CREDIT_NOTE = "LEFT_OUT_WITH_CREDIT_NOTE"
    NOT_TO_TRANSFER = "NOT_TO_TRANSFER"
    NOT_TO_TRANSFER_TOO_LATE = "NOT_TO_TRANSFER_TOO_LATE"
    RETIRED_ID_SAVED = "RETIRED_ID_SAVED"
    ISSUED_TO_ANOTHER = "ISSUED_TO_ANOTHER"
    ISSUED_TO_A_NAMESAKE = "ISSUED_TO_A_NAMESAKE"


@dataclass(frozen=True)
class Reason:
    """Who can fix it, and the sentence in both languages; `{…}` are filled from the problem's details."""

    fixer: Fixer
    norwegian: str
    english: str


@dataclass(frozen=True)
class Problem:
    """Something that waits for a person. The same kind, number and code again is the same problem, counted up.

    `details` fill the sentence; `their_words` is what Xledger said, verbatim, for the company's own eyes.
    """

    company: CompanyId
    kind: str
    number: str
    code: Code
    details: Mapping[str, str] = field(default_factory=dict)
    their_words: str = ""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    count: int = 1

    def sentence(self, language: Language = Language.ENGLISH) -> str:
        """What to read about it. A problem that another release stored may lack a detail, or be of a code that nobody
        knows here: then only what it is about."""
        try:
            return self._filled(self.reason, language)
        except KeyError:
            return self._filled(OF_ANOTHER_RELEASE, language)

    @property
    def reason(self) -> "Reason":
        """Nobody can edit a finalized invoice in Moment, so what is wrong with its event is Moment's to put right."""
        of_invoices = _OF_INVOICES if self.kind == "invoice" else {}
        of_mails = _OF_MAILS.get((self.code, self.details.get("happened", "")))
        return of_mails or of_invoices.get(self.code) or REASONS.get(self.code, OF_ANOTHER_RELEASE)

    def _filled(self, reason: "Reason", language: Language) -> str:
        names = NAMES.get(language, NAMES[Language.ENGLISH])
        named = {"kind": names.get(self.kind, self.kind), "number": self.number}
        named |= in_words(self.details, language)
        if self.code is Code.REFUSED_ALIKE:
            named.setdefault("certain", "0")  # stored by an earlier release
        for each in ("records", "refers_to"):
            if each in named:
                named[each] = names.get(named[each], named[each])
        text = reason.norwegian if language is Language.NORWEGIAN else reason.english
        if named.get("reached") == "–":
            text = _NOTHING_REACHED.sub("", text)
        filled = filled_from(text, named).replace("  ", " ")  # Xledger's lists have no number
        return filled[:1].upper() + filled[1:]  # it may begin with a kind


OF_ANOTHER_RELEASE = Reason(
    Fixer.OPERATOR,
    "Noe må ses på ved {kind} {number}, men det som er kjent om det, er lagret av en annen versjon.",
    "The {kind} {number} needs to be looked at, but what is known of it was stored by another release.",
)

_NOTHING_REACHED = re.compile(r" [^.]*\{reached\}\.")  # a sentence that would say nothing

# What Moment says later of an invoice that has come settles nothing that a person is asked about it, and the other way
# round.
OF_A_LATER_VERSION = (Code.INVOICE_CHANGED, Code.NOT_TO_TRANSFER_TOO_LATE)

NAMES = {
    Language.NORWEGIAN: {
        "customer": "kunde",
        "project": "prosjekt",
        "invoice": "faktura",
        "event": "hendelse",
        "export": "eksport",
        "mail": "e-post",
        "expense": "utgift",
        "expenses": "utgifter",
        "reconciliation": "avstemming",
        "customers": "kunder",
        "projects": "prosjekter",
        "changes of customers": "endringer av kunder",
        "changes of projects": "endringer av prosjekter",
        "accounts and VAT codes": "kontoer og MVA-koder",
        "lists": "kontoer og MVA-koder",
        RECORDS: "kunder og prosjekter",
    },
    Language.ENGLISH: {"lists": "accounts and VAT codes"},
}

_EVENT_FAULT_NO = "Feltet {field} i hendelsen for {kind} {number} kan ikke brukes ({fault}). Hendelsen er tatt vare på i 14 dager. "
_EVENT_FAULT_EN = "Field {field} of the event for {kind} {number} cannot be used: it {fault}. The event is kept for 14 days. "

# A finalized invoice cannot be edited in Moment.
_BY_HAND_NO = (
    "Før den for hånd i Xledger og la den bli utelatt her, eller krediter den i Moment og utelat begge."
)
_BY_HAND_EN = "Book it in Xledger by hand and leave it out here, or credit it in Moment and leave both out."
_VAT_NO = "På faktura {number} er MVA {vat} av {net} med MVA-kode {vat_code} ({theirs} i Xledger)"
_VAT_EN = "On invoice {number} the VAT is {vat} of {net} at VAT code {vat_code} ({theirs} in Xledger)"

REASONS: dict[Code, Reason] = {
    Code.EVENT_TOO_LARGE: Reason(
        Fixer.OPERATOR,
        "En hendelse fra Moment er over 1 MiB og er ikke lest. Den er tatt vare på i 14 dager. Be Moment sende den på nytt, mindre.",
        "An event from Moment is over 1 MiB and was not read. It is kept for 14 days. Ask Moment to send it again, smaller.",
    ),
    Code.EVENT_NOT_JSON: Reason(
        Fixer.OPERATOR,
        "En melding i hendelseskøen er ikke JSON. Den er tatt vare på i 14 dager. Finn avsenderen og be om en ny.",
        "A message in the events queue is not JSON. It is kept for 14 days. Find its sender and ask for a new one.",
    ),
    Code.EVENT_NOT_CLOUDEVENT: Reason(
        Fixer.OPERATOR,
        "En melding i hendelseskøen er ikke en CloudEvent: {field}, {fault}. Den er tatt vare på i 14 dager. Be Moment sende den på nytt, rettet.",
        "A message in the events queue is not a CloudEvent: {field}, {fault}. It is kept for 14 days. Ask Moment to send it again, corrected.",
    ),
    Code.EVENT_TYPE_UNKNOWN: Reason(
        Fixer.OPERATOR,
        "Moment har sendt en hendelse av en type som ikke er kjent her. Den er tatt vare på i 14 dager. Oppdater integrasjonen eller stans typen i Moment.",
        "Moment sent an event of a type that is not known here. It is kept for 14 days. Update the integration, or stop that type in Moment.",
    ),
    Code.COMPANY_UNKNOWN: Reason(
        Fixer.OPERATOR,
        "Moment har sendt en hendelse for selskapet {company}, som ikke er satt opp her. Den er tatt vare på i 14 dager. Sett opp selskapet, eller be Moment slutte å sende.",
        "Moment sent an event for the company {company}, which is not set up here. It is kept for 14 days. Set the company up, or ask Moment to stop sending.",
    ),
    Code.COMPANY_LEFT: Reason(
        Fixer.OPERATOR,
        "Moment har sendt en hendelse for selskapet {company}, som har sluttet her. Den er ikke behandlet, men tatt vare på i 14 dager. Be Moment slutte å sende. Skulle fakturaen vært overført, må selskapet føre den manuelt.",
        "Moment sent an event for the company {company}, which has left. It was not processed, and is kept for 14 days. Ask Moment to stop sending. If an invoice should have been transferred, the company must post it manually.",
    ),
    Code.FIELD_MISSING: Reason(
        Fixer.ADMINISTRATOR,
        "Feltet {field} mangler i hendelsen for {kind} {number}. Hendelsen er tatt vare på i 14 dager. Fyll ut feltet i Moment og lagre på nytt.",
        "Field {field} is missing from the event for {kind} {number}. The event is kept for 14 days. Fill it out in Moment and save again.",
    ),
    Code.FIELD_INVALID: Reason(
        Fixer.ADMINISTRATOR,
        _EVENT_FAULT_NO + "Rett feltet i Moment og lagre på nytt.",
        _EVENT_FAULT_EN + "Correct it in Moment and save again.",
    ),
    Code.NUMBER_TAKEN: Reason(
        Fixer.ADMINISTRATOR,
        "Nummer {number} er i bruk fra før ({kind} med id {other} i Moment), i Moment eller i Xledger. Endre det ene av de to numrene i Moment, eller åpne problemet og velg om de to er det samme.",
        "Another {kind} from Moment (id {other}) has number {number}, in Moment or in Xledger. Give one of the two another number in Moment, or open the problem and choose whether the two are the same.",
    ),
    Code.NUMBER_CHANGED: Reason(
        Fixer.ADMINISTRATOR,
        "{kind} {number} i Moment hadde nummer {old} i Xledger sist vi så etter. Nummeret må være det samme begge steder, og endres aldri herfra. Sett det tilbake til {old} i Moment. Er det nye nummeret riktig, og står det i Xledger også nå, åpner du problemet og velger det.",
        "The {kind} {number} in Moment had number {old} in Xledger when we last looked. The number must be the same in both, and is never changed from here. Change it back to {old} in Moment. If the new number is right, and is in Xledger too by now, open the problem and choose that.",
    ),
    Code.NUMBER_TWICE_IN_XLEDGER: Reason(
        Fixer.ACCOUNTANT,
        "Nummer {number} finnes flere ganger i Xledger ({kind}). La det stå ett sted, endre de andre numrene i Xledger, og prøv igjen.",
        "Number {number} exists more than once as a {kind} in Xledger. Keep one, give the others another number in Xledger, and try again.",
    ),
    Code.CUSTOMER_UNKNOWN: Reason(
        Fixer.ADMINISTRATOR,
        "{kind} {number} viser til kunde {customer}. Moment er spurt, og har ingen slik kunde, eller svarer om kunden på en måte som ikke kan brukes. Velg en kunde på nytt i Moment og lagre, eller rett kunde {customer} der.",
        "The {kind} {number} refers to customer {customer}. Moment was asked, and has no such customer, or says of it what cannot be used. Choose a customer again in Moment and save, or correct customer {customer} there.",
    ),
    Code.REFERENCE_NOT_FOUND: Reason(
        Fixer.ACCOUNTANT,
        "Xledger finner ikke verdien i feltet {field} for {kind} {number}. Opprett verdien i Xledger, eller rett feltet i Moment, og prøv igjen.",
        "Xledger does not find the value of field {field} of {kind} {number}. Create it in Xledger, or correct the field in Moment, and try again.",
    ),
    Code.REFUSED_BY_XLEDGER: Reason(
        Fixer.ADMINISTRATOR,
        "Xledger tar ikke imot {kind} {number}. Les hva Xledger svarer, rett det i Moment og lagre på nytt.",
        "Xledger refuses {kind} {number}. Read what Xledger answers, correct it in Moment and save again.",
    ),
    Code.REFUSED_ALIKE: Reason(
        Fixer.ADMINISTRATOR,
        "{count} {count:{kind} er holdt tilbake: {examples}|{records} er holdt tilbake, blant dem {examples}}. Xledger svarer det samme om dem som er prøvd, og de andre ligner på disse. Sikkert avslått, hver for seg: {certain}. Riktige kan være blant de andre; de prøves én og én og går da av seg selv. Les hva Xledger svarer, og rett det i Moment eller i Xledger. Det som lagres på nytt, går av seg selv.",
        "{count} {count:{kind} is held back: {examples}|{records} are held back, among them {examples}}. Xledger gives the same answer to those of them that were tried, and the others are like them. Of them {certain} {certain:is|are} certainly refused. Sound ones may be among the others; they are tried one by one and then go by themselves. Read what Xledger answers, and correct it in Moment or in Xledger. What is saved again goes by itself.",
    ),
    Code.TOKEN_REFUSED: Reason(
        Fixer.ADMINISTRATOR,
        "Xledger godtar ikke API-nøkkelen. Lag en ny nøkkel i Xledger (Administrasjon, Systemtilgang, GraphQL) og lim den inn i innstillingene. Alt som venter, går av seg selv etterpå.",
        "Xledger does not accept the API key. Make a new one in Xledger (Administration, System Access, GraphQL) and paste it into the settings. All that waits goes by itself afterwards.",
    ),
    Code.REFUSED_WITHOUT_REASON: Reason(
        Fixer.ADMINISTRATOR,
        "Vi har fått avslag uten grunn (HTTP {status}) fra Xledger i over en time. Det er to mulige årsaker: En brannmur eller mellomtjener stanser oss, eller Xledger godtar ikke lenger API-nøkkelen. Sjekk i Xledger (Administrasjon, Systemtilgang, GraphQL) om nøkkelen finnes og er gyldig. Er den ikke det, lag en ny og lim den inn i innstillingene. Er den i orden, skal den ikke byttes: si fra til driftsansvarlig, som sjekker veien til Xledger. Ingenting er borte; vi prøver igjen av oss selv.",
        "Xledger has answered with a refusal without a reason (HTTP {status}) for more than an hour. There are two possible causes: a firewall or a proxy stops us, or Xledger no longer accepts the API key. Check in Xledger (Administration, System Access, GraphQL) whether the key exists and is valid. If it is not, make a new one and paste it into the settings. If it is in order, do not replace it: tell the operator, who checks the way to Xledger. Nothing is lost; we try again by ourselves.",
    ),
    Code.XLEDGER_SILENT: Reason(
        Fixer.ADMINISTRATOR,
        "Xledger har ikke svart oss på over en time. Ingenting er borte: det som venter, overføres av seg selv når Xledger svarer igjen, og dere får beskjed da. Logg inn i Xledger for å se om det virker for dere. Gjør det det, sier du fra til driftsansvarlig.",
        "Xledger has not answered us for more than an hour. Nothing is lost: what waits is transferred by itself when Xledger answers again, and you are told then. Sign in to Xledger to see whether it works for you. If it does, tell the operator.",
    ),
    Code.ASSUMPTION_WRONG: Reason(
        Fixer.ADMINISTRATOR,
        "Xledger eller Moment er annerledes enn antatt, og det som bygger på det, er stanset før det gjør skade. Ingenting er borte. Les hva som ble funnet under Innstillinger, «Sjekk av alt». Rett det og sjekk på nytt, eller velg der å gå videre likevel.",
        "Xledger or Moment is not as it was assumed to be, and what rests on it is stopped before it does harm. Nothing is lost. Read what was found under Settings, “Check of everything”. Correct it and check again, or choose there to go on all the same.",
    ),
    Code.REQUEST_NOT_ACCEPTED: Reason(
        Fixer.OPERATOR,
        "Xledger forstår ikke vår forespørsel om {records}. Feilen er vår, og ingen post er feil. Arbeidet med {records} står stille; ingenting er borte, og vi prøver igjen av oss selv. Les hva Xledger svarer, og rett forespørselen.",
        "Xledger does not understand our request about {records}. The fault is ours, and no record is wrong. The work with {records} stands still; nothing is lost, and we try again by ourselves. Read what Xledger answers, and correct the request.",
    ),
    Code.RIGHT_LACKING: Reason(
        Fixer.ADMINISTRATOR,
        "API-nøkkelen til Xledger mangler en rettighet som trengs for {records}. Arbeidet med {records} står stille; ingenting er borte. Les hva Xledger svarer, gi nøkkelen rettigheten i Xledger (Administrasjon, Systemtilgang, GraphQL), og velg «prøv igjen». Vi prøver også av oss selv.",
        "The Xledger API key lacks a right that is needed for {records}. The work with {records} stands still; nothing is lost. Read what Xledger answers, give the key that right in Xledger (Administration, System Access, GraphQL), and choose “try again”. We also try by ourselves.",
    ),
    Code.INVOICE_NOT_FINALIZED: Reason(
        Fixer.OPERATOR,
        "Moment har sendt faktura {number} før den er ferdigstilt. Bare ferdigstilte fakturaer overføres; den kommer når den ferdigstilles.",
        "Moment sent invoice {number} before it was finalized. Only finalized invoices are carried over; it will come when it is finalized.",
    ),
    Code.INVOICE_CHANGED: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} er endret etter at den ble ferdigstilt. Den første utgaven står. Er beløp, kunde eller MVA endret, "
        "rettes det med en kreditnota i Moment. Er bare KID, forfall eller prosjekt endret, rettes det for hånd i Xledger.",
        "Invoice {number} was changed after it was finalized. The first one stands. If its amounts, customer or VAT changed, "
        "correct that with a credit note in Moment. If only its KID, due date or project changed, correct it by hand in Xledger.",
    ),
    Code.TOTAL_DIFFERS: Reason(
        Fixer.OPERATOR,
        "Totalen på faktura {number} er ikke summen av MVA-linjene ({difference} i forskjell). Den er holdt tilbake. Feilen ligger hos Moment: Meld den dit. Haster det, før fakturaen for hånd i Xledger og utelat den her.",
        "The total of invoice {number} is not the sum of its VAT lines (they differ by {difference}). It is held back. The fault is Moment's: report it there. If it is urgent, book the invoice in Xledger by hand and leave it out here.",
    ),
    Code.VAT_CODE_UNMAPPED: Reason(
        Fixer.ADMINISTRATOR,
        "Faktura {number} bruker MVA-kode {vat_code}, som ikke står i innstillingene. Legg koden til i MVA-tabellen; fakturaen går da av seg selv.",
        "Invoice {number} uses VAT code {vat_code}, which is not in the settings. Add it to the VAT table; the invoice then goes by itself.",
    ),
    Code.KID_INVALID: Reason(
        Fixer.ADMINISTRATOR,
        "KID på faktura {number} kan ikke brukes: den {fault}. Fakturaen er holdt tilbake. "
        + _BY_HAND_NO
        + " Rett KID-oppsettet i Moment for senere fakturaer.",
        "The KID of invoice {number} cannot be used: it {fault}. The invoice is held back. "
        + _BY_HAND_EN
        + " Correct the KID setup in Moment for later invoices.",
    ),
    Code.DUE_BEFORE_INVOICE_DATE: Reason(
        Fixer.ADMINISTRATOR,
        "Faktura {number} forfaller før fakturadatoen. Den er holdt tilbake. Før den for hånd i Xledger og la den bli utelatt her, eller krediter den i Moment og utelat begge.",
        "Invoice {number} is due before its invoice date. It is held back. Book it in Xledger by hand and leave it out here, or credit it in Moment and leave both out.",
    ),
    Code.CREDIT_NOTE_WITHOUT_INVOICE: Reason(
        Fixer.OPERATOR,
        "Kreditnota {number} viser ikke til fakturaen den retter (bokføringsforskriften § 5-2-8). Den er holdt tilbake og kan ikke rettes i Moment. Meld det til Moment, eller før den for hånd i Xledger og utelat den her.",
        "Credit note {number} does not name the invoice that it corrects (Bookkeeping Regulations § 5-2-8). It is held back and cannot be corrected in Moment. Report it to Moment, or book it in Xledger by hand and leave it out here.",
    ),
    Code.CREDIT_NOTE_NOT_NEGATIVE: Reason(
        Fixer.OPERATOR,
        "Kreditnota {number} har et positivt beløp og ville blitt ført som salg. Den er holdt tilbake og kan ikke rettes i Moment. Meld det til Moment, eller før den for hånd i Xledger og utelat den her.",
        "Credit note {number} has a positive amount and would be booked as a sale. It is held back and cannot be corrected in Moment. Report it to Moment, or book it in Xledger by hand and leave it out here.",
    ),
    Code.INVOICE_NEGATIVE: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} er på {total} {currency}, og er ikke en kreditnota. Den er holdt tilbake. "
        + _BY_HAND_NO,
        "Invoice {number} is for {total} {currency} and is no credit note. It is held back. " + _BY_HAND_EN,
    ),
    Code.DATE_IMPLAUSIBLE: Reason(
        Fixer.ADMINISTRATOR,
        "Faktura {number} er datert {date}, men fakturaer skal være datert fra {first} til {last}. Den er holdt tilbake. "
        "Er datoen riktig, kan fakturaen slippes gjennom, eller grensen endres i innstillingene. Ellers: "
        + _BY_HAND_NO,
        "Invoice {number} is dated {date}, but invoices must be dated from {first} to {last}. It is held back. "
        "If the date is right, let the invoice through, or change the limit in the settings. Otherwise: "
        + _BY_HAND_EN,
    ),
    Code.DUE_DATE_IMPLAUSIBLE: Reason(
        Fixer.ADMINISTRATOR,
        "Faktura {number} forfaller {due}, {days} {days:dag|dager} etter fakturadatoen. Den er holdt tilbake. "
        "Er datoen riktig, kan fakturaen slippes gjennom. Ellers: " + _BY_HAND_NO,
        "Invoice {number} is due on {due}, {days} {days:day|days} after its invoice date. It is held back. "
        "If the date is right, let the invoice through. Otherwise: " + _BY_HAND_EN,
    ),
    Code.VAT_DIFFERS: Reason(
        Fixer.ACCOUNTANT,
        _VAT_NO
        + ", men koden har {rate} %, som gir {expected}. Den er holdt tilbake. Er satsen feil, rettes den i Xledger eller i "
        "innstillingene, og fakturaen går av seg selv. Er beløpet riktig, kan fakturaen slippes gjennom. Ellers: "
        + _BY_HAND_NO,
        _VAT_EN
        + ", but the code has {rate} %, which gives {expected}. It is held back. If the rate is wrong, correct it in Xledger "
        "or in the settings, and the invoice goes by itself. If the amount is right, let the invoice through. Otherwise: "
        + _BY_HAND_EN,
    ),
    Code.VAT_SIGN_WRONG: Reason(
        Fixer.ACCOUNTANT,
        _VAT_NO + ", med motsatt fortegn. Den er holdt tilbake. " + _BY_HAND_NO,
        _VAT_EN + ", of the opposite sign. It is held back. " + _BY_HAND_EN,
    ),
    Code.CREDIT_NOTE_OF_ITSELF: Reason(
        Fixer.ACCOUNTANT,
        "Kreditnota {number} viser til seg selv, så det er ukjent hvilken faktura den retter. Den er holdt tilbake. "
        "Meld det til Moment, og finn fakturaen den retter, før noe føres. Utelat den her når det er avklart.",
        "Credit note {number} names itself, so which invoice it corrects is not known. It is held back. "
        "Report it to Moment, and find the invoice that it corrects before anything is booked. Leave it out here when that is settled.",
    ),
    Code.CREDIT_NOTE_OF_CREDIT_NOTE: Reason(
        Fixer.ACCOUNTANT,
        "Kreditnota {number} viser til {credited}, som også er en kreditnota. Den er holdt tilbake. "
        "Før den for hånd i Xledger, og utelat den her.",
        "Credit note {number} names {credited}, which is a credit note itself. It is held back. "
        "Book it in Xledger by hand, and leave it out here.",
    ),
    Code.CREDIT_NOTE_OTHER_CUSTOMER: Reason(
        Fixer.ACCOUNTANT,
        "Kreditnota {number} er til kunde {other}, men faktura {credited} er til kunde {customer}. Den er holdt tilbake. "
        "Før den for hånd i Xledger, og utelat den her.",
        "Credit note {number} is to customer {other}, but invoice {credited} is to customer {customer}. It is held back. "
        "Book it in Xledger by hand, and leave it out here.",
    ),
    Code.CREDIT_NOTE_OTHER_CURRENCY: Reason(
        Fixer.ACCOUNTANT,
        "Kreditnota {number} er i {other}, men faktura {credited} er i {currency}. Den er holdt tilbake. "
        "Før den for hånd i Xledger, og utelat den her.",
        "Credit note {number} is in {other}, but invoice {credited} is in {currency}. It is held back. "
        "Book it in Xledger by hand, and leave it out here.",
    ),
    Code.CREDIT_NOTE_BEFORE_INVOICE: Reason(
        Fixer.ACCOUNTANT,
        "Kreditnota {number} er datert {date}, før faktura {credited} ({issued}). Den er holdt tilbake. "
        "Før den for hånd i Xledger, og utelat den her.",
        "Credit note {number} is dated {date}, before invoice {credited} ({issued}). It is held back. "
        "Book it in Xledger by hand, and leave it out here.",
    ),
    Code.CREDIT_NOTE_OTHER_VAT: Reason(
        Fixer.ACCOUNTANT,
        "Kreditnota {number} krediterer {amount} {currency} med MVA-kode {vat_code} ({theirs} i Xledger), men av faktura "
        "{credited} er det {left} {currency} igjen med den koden. En kreditnota skal tilbakeføre den MVA-en som fakturaen har. "
        "Den er holdt tilbake. Er den riktig likevel, kan den slippes gjennom. Ellers føres den for hånd i Xledger og utelates "
        "her; skal fakturaen ha en annen MVA-kode, krediteres den helt i Moment, og det lages en ny faktura.",
        "Credit note {number} credits {amount} {currency} at VAT code {vat_code} ({theirs} in Xledger), but of invoice "
        "{credited} there is {left} {currency} left at that code. A credit note has to take back the VAT that its invoice has. "
        "It is held back. If it is right all the same, it can be let through. Otherwise book it in Xledger by hand and leave it "
        "out here; if the invoice is to have another VAT code, credit all of it in Moment and make a new invoice.",
    ),
    Code.CREDIT_NOTE_TOO_LARGE: Reason(
        Fixer.ACCOUNTANT,
        "Kreditnota {number} er på {amount} {currency}, men det er bare {left} {currency} igjen av faktura {credited}. "
        "Den er holdt tilbake. Skal en annen kreditnota for fakturaen ikke gjelde, merkes den «skal ikke overføres» i Moment, "
        "og denne går av seg selv. Ellers utelates denne her; før aldri mer for hånd enn det som er igjen.",
        "Credit note {number} is for {amount} {currency}, but only {left} {currency} is left of invoice {credited}. "
        "It is held back. If another credit note of that invoice is not to count, mark it “do not transfer” in Moment, and this "
        "one goes by itself. Otherwise leave this one out here; never book more by hand than is left.",
    ),
    Code.FORMAT_CANNOT_HOLD: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} får ikke plass i filformatet: feltet {field} kan bare være {limit}. Den er holdt tilbake. "
        "Velg et annet format i innstillingene, og den går av seg selv. Ellers: " + _BY_HAND_NO,
        "Invoice {number} does not fit the file format: field {field} can only be {limit}. It is held back. "
        "Choose another format in the settings, and it goes by itself. Otherwise: " + _BY_HAND_EN,
    ),
    Code.EXCHANGE_RATE_MISSING: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} er i {currency}, og Moment har ikke sendt kursen, så beløpet i kroner er ukjent. "
        "Den er holdt tilbake. " + _BY_HAND_NO,
        "Invoice {number} is in {currency}, and Moment did not send the exchange rate, so its amount in kroner is not known. "
        "It is held back. " + _BY_HAND_EN,
    ),
    Code.EXCHANGE_RATE_OF_KRONER: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} er i kroner, men Moment har sendt kursen {rate} med den. Enten valutaen eller kursen er feil. "
        "Den er holdt tilbake. " + _BY_HAND_NO,
        "Invoice {number} is in kroner, but Moment sent the exchange rate {rate} with it. Either the currency or the rate "
        "is wrong. It is held back. " + _BY_HAND_EN,
    ),
    Code.EXCHANGE_RATE_IMPOSSIBLE: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} har kursen {rate}, så {amount} {currency} blir {kroner} kroner. Det kan ikke stemme. "
        "Den er holdt tilbake. " + _BY_HAND_NO,
        "Invoice {number} has the exchange rate {rate}, so {amount} {currency} becomes {kroner} kroner. That cannot be "
        "right. It is held back. " + _BY_HAND_EN,
    ),
    Code.EXCHANGE_RATE_DIFFERS: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} har kursen {rate} for {currency}, men faktura {other} hadde {earlier}. Kursen skal være kroner for "
        "én {currency}, ikke for hundre. Den er holdt tilbake. Er kursen riktig, kan fakturaen slippes gjennom. Ellers: "
        + _BY_HAND_NO,
        "Invoice {number} has the exchange rate {rate} for {currency}, but invoice {other} had {earlier}. The rate must be "
        "kroner for one {currency}, not for a hundred. It is held back. If the rate is right, let the invoice through. "
        "Otherwise: " + _BY_HAND_EN,
    ),
    Code.FILE_DIFFERS: Reason(
        Fixer.OPERATOR,
        "Filen til eksport {number} er borte, og den som kan lages på nytt, er ikke lik. Ingenting er utlevert. Hent filen fra en sikkerhetskopi av bøtten.",
        "The file of export {number} is gone, and the one that can be made again is not the same. Nothing was handed out. Restore the file from an older version in the bucket.",
    ),
    Code.ADDRESS_REFUSED: Reason(
        Fixer.ADMINISTRATOR,
        "E-posten om eksport {export} kan ikke sendes til {number}. Andre mottakere merker ikke noe. Rett adressen under Varsler i innstillingene.",
        "The mail about export {export} cannot be sent to {number}. Other readers are not affected. Correct the address under Notices in the settings.",
    ),
    Code.PDF_MISSING: Reason(
        Fixer.ADMINISTRATOR,
        "Moment har ingen PDF av faktura {number}, så den er ikke sendt til Xledger. Lag PDF-en i Moment, og velg «send på nytt».",
        "Moment has no PDF of invoice {number}, so it was not mailed to Xledger. Make the PDF in Moment, and choose “send again”.",
    ),
    Code.PDF_NOT_PDF: Reason(
        Fixer.OPERATOR,
        "Det Moment leverer som PDF av faktura {number}, er ikke en hel PDF. Fakturaen er ikke sendt. Meld det til Moment, og velg «send på nytt» når det er rettet.",
        "What Moment hands out as the PDF of invoice {number} is not a whole PDF. The invoice was not mailed. Report it to Moment, and choose “send again” when it is mended.",
    ),
    Code.PDF_TOO_LARGE: Reason(
        Fixer.ADMINISTRATOR,
        "PDF-en av faktura {number} er for stor til å sendes med e-post (grensen er {limit} MB). Lag en mindre i Moment og velg «send på nytt», eller last den opp i Xledger for hånd og velg «den er kommet fram».",
        "The PDF of invoice {number} is too large to be mailed (the limit is {limit} MB). Make a smaller one in Moment and choose “send again”, or upload it in Xledger by hand and choose “it arrived”.",
    ),
    Code.PDF_UNREACHABLE: Reason(
        Fixer.OPERATOR,
        "Moment har gang på gang ikke levert PDF-en av faktura {number}. Den forsøkes videre av seg selv, minst hver time; sjekk om Moment svarer.",
        "Moment has failed time and again to deliver the PDF of invoice {number}. It is tried again by itself, at least every hour; check whether Moment answers.",
    ),
    Code.MOMENT_KEY_REFUSED: Reason(
        Fixer.ADMINISTRATOR,
        "Moment godtar ikke API-nøkkelen, så ingen fakturaer sendes med e-post, og ingen som mangler, blir funnet. Lag en ny nøkkel i Moment og lim den inn i innstillingene. Alt som venter, går av seg selv etterpå.",
        "Moment does not accept the API key, so no invoices are mailed, and none that are missing are found. Make a new one in Moment and paste it into the settings. All that waits goes by itself afterwards.",
    ),
    Code.MAIL_REFUSED: Reason(
        Fixer.OPERATOR,
        "E-posttjenesten tar ikke imot e-posten med faktura {number} ({why}). Den er ikke sendt og forsøkes igjen av seg selv. Sjekk mottaksadressen i innstillingene og at avsenderen er verifisert.",
        "The mail service refuses the mail with invoice {number} ({why}). It was not sent and is tried again by itself. Check the reception address in the settings, and that the sender is verified.",
    ),
    Code.MAIL_UNCERTAIN: Reason(
        Fixer.ACCOUNTANT,
        "E-posten med faktura {number} kan være sendt; det er ikke sikkert. Se etter den i Xledger, og velg «den er kommet fram» eller «send på nytt».",
        "The mail with invoice {number} may have been sent; that is not certain. Look for it in Xledger, and choose “it arrived” or “send again”.",
    ),
    Code.MAIL_BOUNCED: Reason(
        Fixer.ADMINISTRATOR,
        "E-posten med faktura {number} kom i retur fra mottaksadressen ({why}). Sjekk adressen i innstillingene og bekreft den; velg så «send på nytt», eller «den er kommet fram» hvis fakturaen er i Xledger.",
        "The mail with invoice {number} came back from the reception address ({why}). Check the address in the settings and confirm it; then choose “send again”, or “it arrived” if the invoice is in Xledger.",
    ),
    Code.MAIL_BOUNCED_LATE: Reason(
        Fixer.ACCOUNTANT,
        "E-posten med faktura {number} ble levert til mottaksadressen, men er etterpå meldt i retur ({why}). Fakturaen er trolig i Xledger. Se etter den der først; velg «den er kommet fram» når du finner den. Send på nytt bare hvis den helt sikkert ikke er der.",
        "The mail with invoice {number} was delivered to the reception address, but was reported as returned afterwards ({why}). The invoice is probably in Xledger. Look for it there first; choose “it arrived” when you find it. Send it again only if it is certainly not there.",
    ),
    Code.MAIL_NOT_TAKEN: Reason(
        Fixer.ACCOUNTANT,
        "Mottaksadressen tar ikke imot e-posten med faktura {number} på grunn av størrelsen eller innholdet ({why}). Andre fakturaer går som før. Registrer denne for hånd i Xledger, og velg «den er kommet fram».",
        "The reception address does not take the mail with invoice {number} because of its size or content ({why}). Other invoices go as before. Enter this one in Xledger by hand, and choose “it arrived”.",
    ),
    Code.MAIL_PERHAPS_TWICE: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} er sendt med e-post på nytt, men nå er det meldt at den forrige e-posten kom fram likevel. "
        "Fakturaen kan være to ganger i Xledger. Se etter den der, og slett den ene om begge er kommet.",
        "Invoice {number} was mailed again, but now it is reported that the mail before arrived after all. "
        "The invoice may be in Xledger twice. Look for it there, and delete one if both have come.",
    ),
    Code.RECEPTION_ADDRESS_MISSING: Reason(
        Fixer.ADMINISTRATOR,
        "Fakturaer venter på å bli sendt med e-post, men mottaksadressen mangler i innstillingene. Fyll den ut; de går da av seg selv.",
        "Invoices wait to be mailed, but the reception address is missing from the settings. Fill it out; they then go by themselves.",
    ),
    Code.RECEPTION_ADDRESS_STOPPED: Reason(
        Fixer.ADMINISTRATOR,
        "Det sendes ikke mer til {number}, fordi en e-post dit kom i retur ({why}). Fakturaene venter. Sjekk adressen i innstillingene og bekreft den.",
        "Nothing more is mailed to {number}, because a mail to it came back ({why}). The invoices wait. Check the address in the settings and confirm it.",
    ),
    Code.UPLOAD_REFUSED: Reason(
        Fixer.ADMINISTRATOR,
        "Xledger tok ikke imot filen til eksport {number} og sa ikke hvorfor. Sjekk eierkoden og importkoden i innstillingene, og at SOAP-brukeren har rollen File Uploader; velg så «send på nytt». Er filen importert for hånd, velger du «den er kommet fram».",
        "Xledger did not take the file of export {number}, and did not say why. Check the owner code and the import code in the settings, and that the SOAP user has the role File Uploader; then choose “send again”. If the file was imported by hand, choose “it arrived”.",
    ),
    Code.UPLOAD_FAULT: Reason(
        Fixer.ADMINISTRATOR,
        "Xledger avviste filen til eksport {number}. Les hva Xledger svarer, rett det i innstillingene eller i Xledger, og velg «send på nytt». Er filen importert for hånd, velger du «den er kommet fram».",
        "Xledger refused the file of export {number}. Read what Xledger answers, correct it in the settings or in Xledger, and choose “send again”. If the file was imported by hand, choose “it arrived”.",
    ),
    Code.UPLOAD_TOO_LARGE: Reason(
        Fixer.ACCOUNTANT,
        "Filen til eksport {number} er for stor til å lastes opp ({size} MB; grensen er {limit} MB). Last den ned fra eksportens side, importer den for hånd i Xledger, og velg «den er kommet fram».",
        "The file of export {number} is too large to be uploaded ({size} MB; the limit is {limit} MB). Download it from the export's page, import it in Xledger by hand, and choose “it arrived”.",
    ),
    Code.UPLOAD_UNREADABLE: Reason(
        Fixer.ACCOUNTANT,
        "Da filen til eksport {number} ble lastet opp, kom det noe annet enn et svar fra Xledgers tjeneste tilbake. Filen kan være mottatt. Se etter den i Xledger (Forsystem, Importer), og velg «den er kommet fram» eller «send på nytt». Skjer det igjen, sjekker driftsansvarlig adressen til tjenesten.",
        "When the file of export {number} was uploaded, something else than an answer of Xledger's service came back. The file may have been taken. Look for it in Xledger (Forsystem, Importer), and choose “it arrived” or “send again”. If it happens again, the operator checks the address of the service.",
    ),
    Code.UPLOAD_UNCERTAIN: Reason(
        Fixer.ACCOUNTANT,
        "Filen til eksport {number} kan være mottatt av Xledger; svaret kom aldri. Se etter den i Xledger (Forsystem, Importer), og velg «den er kommet fram» eller «send på nytt».",
        "The file of export {number} may have been taken by Xledger; the answer never came. Look for it in Xledger (Forsystem, Importer), and choose “it arrived” or “send again”.",
    ),
    Code.UPLOAD_UNREACHABLE: Reason(
        Fixer.OPERATOR,
        "Xledgers SOAP-tjeneste er gang på gang ikke å nå, så filen til eksport {number} er ikke sendt. Den forsøkes videre av seg selv, minst hver time; sjekk om tjenesten svarer.",
        "Xledger's SOAP service is out of reach time and again, so the file of export {number} was not sent. It is tried again by itself, at least every hour; check whether the service answers.",
    ),
    Code.UPLOAD_SETTING_MISSING: Reason(
        Fixer.ADMINISTRATOR,
        "Filer venter på å bli lastet opp til Xledger, men {field} mangler i innstillingene. Fyll det ut; de går da av seg selv.",
        "Files wait to be uploaded to Xledger, but {field} is missing from the settings. Fill it out; they then go by themselves.",
    ),
    Code.UPLOAD_NOT_SEEN: Reason(
        Fixer.ACCOUNTANT,
        "Filen til eksport {number} er levert til Xledger, men {total:fakturaen i den|ingen av de {total} fakturaene} er {total:ikke |}å se der etter en arbeidsdag. Se i Xledger (Forsystem, Importer) om filen ble avvist. Er den avvist, velger du «del den opp»: fakturaene går på nytt i mindre filer, og de som ikke kan gå, vises som problemer. Er de bokført, velger du «den er kommet fram».",
        "The file of export {number} was handed to Xledger, but {total:its invoice cannot|none of its {total} invoices can} be seen there after a working day. Look in Xledger (Forsystem, Importer) whether the file was refused. If it was, choose “take it apart”: its invoices go again in smaller files, and those that cannot go are shown as problems. If they are booked, choose “it arrived”.",
    ),
    Code.UPLOAD_SEEN_IN_PART: Reason(
        Fixer.ACCOUNTANT,
        "Av {total} {total:faktura|fakturaer} i eksport {number} er {count} ikke å se i Xledger etter en arbeidsdag ({invoices}). Se etter {count:den|dem} i Xledger (Forsystem, Importer). Er {count:den|de} avvist, velger du «del den opp»: bare {count:den|de} som mangler, går på nytt. Er {count:den|de} bokført, velger du «den er kommet fram».",
        "Of the {total} {total:invoice|invoices} of export {number}, {count} cannot be seen in Xledger after a working day ({invoices}). Look for {count:it|them} in Xledger (Forsystem, Importer). If {count:it was|they were} refused, choose “take it apart”: only {count:the one that is missing goes|those that are missing go} again. If {count:it is|they are} booked, choose “it arrived”.",
    ),
    Code.UPLOAD_CANNOT_BE_SEEN: Reason(
        Fixer.ACCOUNTANT,
        "Filen til eksport {number} er levert til Xledger, men ingen kan se herfra om alle fakturaene er der: API-nøkkelen må kunne lese både bokførte (ARTransaction) og importerte (GLImportItem), og det kan ikke være for mange av dem. Gi nøkkelen begge rettene, eller se etter i Xledger og velg «den er kommet fram» eller «del den opp».",
        "The file of export {number} was handed to Xledger, but nobody can see from here whether all its invoices are there: the API key must be able to read both posted ones (ARTransaction) and imported ones (GLImportItem), and there must not be too many. Give the key both rights, or look in Xledger and choose “it arrived” or “take it apart”.",
    ),
    Code.INVOICE_REFUSED_IN_XLEDGER: Reason(
        Fixer.ACCOUNTANT,
        "Xledgers filimport avviser faktura {number}, som gikk alene i eksport {export}. Se hvorfor i Xledger (Forsystem, Importer). Rett det i Xledger eller i innstillingene og velg «prøv igjen», eller før den for hånd i Xledger og velg «ført for hånd».",
        "Xledger's file import refuses invoice {number}, which went alone in export {export}. See why in Xledger (Forsystem, Importer). Correct it in Xledger or in the settings and choose “try again”, or book it in Xledger by hand and choose “booked by hand”.",
    ),
    Code.TOKEN_EXPIRES: Reason(
        Fixer.ADMINISTRATOR,
        "API-nøkkelen til Xledger utløper {date}. Lag en ny i Xledger (Administrasjon, Systemtilgang, GraphQL) og lim den inn i innstillingene før det, så stanser ingenting.",
        "The Xledger API key expires on {date}. Make a new one in Xledger (Administration, System Access, GraphQL) and paste it into the settings before that, and nothing will stop.",
    ),
    Code.RIGHT_MISSING: Reason(
        Fixer.ADMINISTRATOR,
        "API-nøkkelen mangler retten til {right} i Xledger. Gi den retten i Xledger (Administrasjon, Systemtilgang, GraphQL), og test forbindelsen igjen.",
        "The API key lacks the right to {right} in Xledger. Give it that right in Xledger (Administration, System Access, GraphQL), and test the connection again.",
    ),
    Code.SOAP_LOGIN_REFUSED: Reason(
        Fixer.ADMINISTRATOR,
        "Xledger godtar ikke SOAP-brukeren eller passordet. Sjekk begge i Xledger, skriv dem inn på nytt i innstillingene, og test forbindelsen igjen. Hører det et sertifikat til, må det stå der helt, med sin private nøkkel og uten passord.",
        "Xledger does not accept the SOAP user or its password. Check both in Xledger, type them into the settings again, and test the connection again. If a certificate goes with them, all of it must be there, with its private key and without a passphrase.",
    ),
    Code.OWNER_CODE_NOT_REACHED: Reason(
        Fixer.ADMINISTRATOR,
        "API-nøkkelen gir ikke tilgang til selskapet med eierkode {owner_code} i Xledger. Rett eierkoden, eller lag nøkkelen i det selskapet.",
        "The API key does not reach the company with owner code {owner_code} in Xledger. Correct the owner code, or make the key in that company.",
    ),
    Code.OWNER_CODE_NEEDED: Reason(
        Fixer.ADMINISTRATOR,
        "Kunder og prosjekter venter, fordi vi ikke vet hvilket selskap i Xledger de hører til. Skriv inn eierkoden i innstillingene. API-nøkkelen når: {reached}.",
        "Customers and projects wait, because it is not known which company in Xledger they belong to. Enter the owner code in the settings. The API key reaches: {reached}.",
    ),
    Code.ENTITY_TAKEN: Reason(
        Fixer.ADMINISTRATOR,
        "Kunder og prosjekter venter, fordi et annet selskap hos oss allerede skriver til selskapet med eierkode {owner_code} i Xledger. Rett eierkoden eller API-nøkkelen i innstillingene. Er det meningen at begge skriver dit, må driften tillate det.",
        "Customers and projects wait, because another company set up here already writes to the company with owner code {owner_code} in Xledger. Correct the owner code or the API key in the settings. If both are meant to write there, the operator has to allow it.",
    ),
    Code.VAT_CODE_NOT_IN_XLEDGER: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} bruker MVA-kode {vat_code}, som blir til {theirs} i Xledger, men Xledger har ingen slik kode. Den er holdt tilbake. Rett MVA-tabellen i innstillingene eller opprett koden i Xledger; fakturaen går med neste eksport.",
        "Invoice {number} uses VAT code {vat_code}, which becomes {theirs} in Xledger, but Xledger has no such code. It is held back. Correct the VAT table in the settings or create the code in Xledger; the invoice goes with the next export.",
    ),
    Code.ACCOUNT_NOT_IN_XLEDGER: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} skal føres på konto {account}, som ikke finnes i Xledger eller ikke kan bokføres på. Den er holdt tilbake. Rett kontoen i innstillingene eller opprett den i Xledger; fakturaen går med neste eksport.",
        "Invoice {number} goes to account {account}, which Xledger does not have or does not allow posting to. It is held back. Correct the account in the settings or create it in Xledger; the invoice goes with the next export.",
    ),
    Code.EXPORT_FAILED: Reason(
        Fixer.OPERATOR,
        "Eksport {number} er ikke ferdig etter flere forsøk. Ingen faktura er borte eller sendt dobbelt; den forsøkes videre av seg selv. Meld fra til driftsansvarlig hvis den ikke er klar innen en time.",
        "Export {number} is not finished after several attempts. No invoice is lost or doubled; it is tried again by itself. Tell the operator if it is not ready within an hour.",
    ),
    Code.NUMBER_MOVED_IN_XLEDGER: Reason(
        Fixer.ACCOUNTANT,
        "{kind} {number} fra Moment har fått nummer {theirs} i Xledger. Nummeret må være det samme begge steder. Ingenting sendes før det er avklart: åpne problemet og velg hva som er riktig.",
        "The {kind} {number} from Moment was given number {theirs} in Xledger. The number must be the same in both. Nothing is sent until this is settled: open the problem and choose what is right.",
    ),
    Code.RECORD_TAKEN_IN_XLEDGER: Reason(
        Fixer.ACCOUNTANT,
        "Nummer {number} står i Xledger på det som er {kind} {other} fra Moment. Gi det nummer {other} igjen i Xledger, og prøv igjen. Ingenting sendes om {kind} {number} før det er rettet.",
        "In Xledger, number {number} was given to what is the {kind} {other} from Moment. Give it number {other} again in Xledger, and try again. Nothing is sent of the {kind} {number} before that.",
    ),
    Code.CLOSED_IN_XLEDGER: Reason(
        Fixer.ACCOUNTANT,
        "{kind} {number} er avsluttet i Xledger per {date}, men er i bruk i Moment. Åpne {kind} {number} igjen i Xledger, eller ta {number} ut av bruk i Moment.",
        "The {kind} {number} was closed in Xledger as of {date}, but is in use in Moment. Open it again in Xledger, or stop using it in Moment.",
    ),
    Code.GONE_FROM_XLEDGER: Reason(
        Fixer.ACCOUNTANT,
        "{kind} {number} er slettet i Xledger, eller ikke lenger synlig for API-nøkkelen. Gjenopprett {kind} {number} i Xledger med samme nummer. Neste gang {kind} {number} lagres i Moment, eller når du prøver igjen, brukes det som da har nummeret; finnes det ikke, opprettes {kind} {number} på nytt.",
        "The {kind} {number} was deleted in Xledger, or the API key no longer sees it. Restore it in Xledger with the same number. At its next save in Moment, or when you try again, what has the number then is used; if nothing has, it is made anew.",
    ),
    Code.NUMBER_DOUBLED_IN_XLEDGER: Reason(
        Fixer.ACCOUNTANT,
        "Nummer {number} er i bruk mer enn ett sted i Xledger ({kind}). La det stå på {kind} {number} fra Moment, og endre det andre nummeret i Xledger.",
        "Number {number} was also given to another {kind} in Xledger. Give the other one another number in Xledger.",
    ),
    Code.NUMBER_SPELLED_OTHERWISE: Reason(
        Fixer.ACCOUNTANT,
        "Nummeret på {kind} {number} er skrevet «{theirs}» i Xledger og «{number}» i Moment. De regnes som samme nummer, og alt overføres. Skriv nummeret likt begge steder.",
        "The number of {kind} {number} is written “{theirs}” in Xledger and “{number}” in Moment. They count as one number, and everything is carried. Write it alike in both.",
    ),
    Code.OWNER_NOT_SHOWN: Reason(
        Fixer.ADMINISTRATOR,
        "Xledger viser ikke hvilket selskap nummer {number} ({kind}) tilhører. Ingenting er skrevet. Gi API-tokenet lesetilgang til Owner i Xledger, og prøv igjen.",
        "Xledger does not show which company number {number} ({kind}) belongs to. Nothing was written. Give the API token read access to Owner in Xledger, and try again.",
    ),
    Code.IN_ANOTHER_ENTITY: Reason(
        Fixer.ACCOUNTANT,
        "Nummer {number} ({kind}) står i et annet selskap i Xledger: {entities}. Ingenting er skrevet der. Rett nummeret i Xledger, eller rett eierkoden i innstillingene, og prøv igjen.",
        "Number {number} ({kind}) stands in another company in Xledger: {entities}. Nothing was written there. Correct the number in Xledger, or the owner code in the settings, and try again.",
    ),
    Code.LEGAL_COMPANY_NAME_DIFFERS: Reason(
        Fixer.ACCOUNTANT,
        "Organisasjonsnummer {organization_number} tilhører {theirs} i Xledger, men kunde {number} heter {name} i Moment. Kunden er ikke overført. Rett organisasjonsnummeret i Moment, eller navnet i Xledger, og prøv igjen.",
        "Organisation number {organization_number} belongs to {theirs} in Xledger, but customer {number} is called {name} in Moment. The customer was not carried. Correct the organisation number in Moment, or the name in Xledger, and try again.",
    ),
    Code.LEGAL_COMPANY_NUMBER_DIFFERS: Reason(
        Fixer.ACCOUNTANT,
        "Kunde {number} er {theirs} med organisasjonsnummer {their_number} i Xledger, men {name} med organisasjonsnummer {organization_number} i Moment. Ingenting er skrevet. Rett det ene nummeret, og prøv igjen.",
        "Customer {number} is {theirs} with organisation number {their_number} in Xledger, but {name} with organisation number {organization_number} in Moment. Nothing was written. Correct one of the numbers, and try again.",
    ),
    Code.CUSTOMER_NOT_IN_XLEDGER: Reason(
        Fixer.ACCOUNTANT,
        "{kind} {number} hører til kunde {customer}, som selskapet deres i Xledger ikke har. Et annet selskap der kan ha kunden. Opprett kunde {customer} i Xledger, eller rett eierkoden i innstillingene, og prøv igjen.",
        "The {kind} {number} belongs to customer {customer}, which your company in Xledger does not have. Another company there may have it. Create customer {customer} in Xledger, or correct the owner code in the settings, and try again.",
    ),
    Code.CUSTOMER_TWICE_IN_XLEDGER: Reason(
        Fixer.ACCOUNTANT,
        "{kind} {number} hører til kunde {customer}, og det nummeret finnes flere ganger i selskapet deres i Xledger. Endre nummeret på de andre kundene i Xledger, og prøv igjen.",
        "The {kind} {number} belongs to customer {customer}, and that number exists more than once in your company in Xledger. Give the other customers another number in Xledger, and try again.",
    ),
    Code.NOTICE_ADDRESS_STOPPED: Reason(
        Fixer.ADMINISTRATOR,
        "Det sendes ikke flere varsler til {number}, fordi en e-post dit ikke kom fram ({why}). Rett adressen under Varsler i innstillingene, eller bekreft den.",
        "No more notices are mailed to {number}, because a mail to it did not arrive ({why}). Correct the address under Notices in the settings, or confirm it.",
    ),
    Code.WAITS_FOR_XLEDGER: Reason(
        Fixer.ADMINISTRATOR,
        "Faktura {number} venter på {refers_to} {reference}, som ennå ikke er sett i Xledger under det nummeret. Fakturaen går av seg selv når {refers_to} {reference} er der. Slå opp {refers_to} {reference} for å se hva som stanser.",
        "Invoice {number} waits for {refers_to} {reference}, which has not been seen in Xledger under that number yet. The invoice goes by itself when {refers_to} {reference} is there. Look up {refers_to} {reference} to see what stops it.",
    ),
    Code.WAITS_FOR_NUMBER: Reason(
        Fixer.ADMINISTRATOR,
        "Faktura {number} venter fordi det er uklart hvem {refers_to} {reference} er i Xledger; fakturaen kunne blitt ført på feil konto. Løs problemet med {refers_to} {reference}; fakturaen går da av seg selv.",
        "Invoice {number} waits because it is not clear who {refers_to} {reference} is in Xledger; the invoice could be booked on the wrong account. Settle the problem of {refers_to} {reference}; the invoice then goes by itself.",
    ),
    Code.ISSUED_TO_ANOTHER: Reason(
        Fixer.ADMINISTRATOR,
        "Faktura {number} er utstedt til en kunde med et annet navn eller en annen id i Moment enn den som har {refers_to}nummer {reference} nå. Den kunne blitt ført på feil kunde, og er derfor holdt tilbake. Er det samme kunde, åpner du problemet og velger det. Ellers fører du fakturaen for hånd på riktig kunde i Xledger og utelater den her.",
        "Invoice {number} was issued to a customer with another name or id in Moment than the one that has {refers_to} number {reference} now. It could be booked on the wrong customer, so it is held. If it is the same customer, open the problem and choose that. Otherwise book the invoice by hand on the right customer in Xledger and leave it out here.",
    ),
    Code.ISSUED_TO_A_NAMESAKE: Reason(
        Fixer.ADMINISTRATOR,
        "Flere kunder med samme navn har hatt {refers_to}nummer {reference}, og faktura {number} sier ikke hvilken av dem den er utstedt til. Den kunne blitt ført på feil kunde, og er derfor holdt tilbake. Før fakturaen for hånd på riktig kunde i Xledger, og utelat den her. Sender Moment kundens id med fakturaene, går de av seg selv.",
        "Several customers of one name have had {refers_to} number {reference}, and invoice {number} does not say which of them it was issued to. It could be booked on the wrong customer, so it is held. Book the invoice by hand on the right customer in Xledger, and leave it out here. If Moment sends the customer's id with its invoices, they go by themselves.",
    ),
    Code.WAITS_FOR_EVENT: Reason(
        Fixer.OPERATOR,
        "Faktura {number} venter på {refers_to} {reference}, som ikke er kommet fra Moment ennå. Moment blir spurt. Fakturaen går av seg selv når {refers_to} {reference} er i Xledger.",
        "Invoice {number} waits for {refers_to} {reference}, which has not come from Moment yet. Moment is being asked. The invoice goes by itself when {refers_to} {reference} is in Xledger.",
    ),
    Code.WAITS_FOR_LOOK_UP: Reason(
        Fixer.OPERATOR,
        "Faktura {number} venter på at {refers_to} {reference} slås opp i Xledger. Det skjer av seg selv så snart Xledger kan spørres.",
        "Invoice {number} waits until we can look up {refers_to} {reference} in Xledger. That happens by itself as soon as Xledger can be asked.",
    ),
    Code.NOT_KEPT_IN_XLEDGER: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} venter på {refers_to} {reference}, som selskapet deres i Xledger ikke har. Et annet selskap der kan ha det nummeret. Ifølge innstillingene opprettes slike for hånd. Opprett {refers_to} {reference} i Xledger; fakturaen går da av seg selv.",
        "Invoice {number} waits for {refers_to} {reference}, which your company in Xledger does not have. Another company there may have that number. According to the settings these are created by hand. Create {refers_to} {reference} in Xledger; the invoice then goes by itself.",
    ),
    Code.NOT_IN_MOMENT: Reason(
        Fixer.OPERATOR,
        "Faktura {number} viser til {refers_to} {reference}. Moment er spurt og har ikke {refers_to} {reference}. Meld det til Moment. Moment spørres igjen av seg selv; fakturaen kan også føres for hånd i Xledger og utelates her.",
        "Invoice {number} refers to {refers_to} {reference}. Moment was asked and does not have {refers_to} {reference}. Report it to Moment. Moment is asked again by itself; the invoice can also be booked by hand in Xledger and left out here.",
    ),
    Code.MOMENT_SILENT: Reason(
        Fixer.OPERATOR,
        "Faktura {number} venter på {refers_to} {reference}, som ikke er kommet fra Moment. Moment kunne ikke spørres, fordi Moment ikke svarer. Det forsøkes igjen av seg selv.",
        "Invoice {number} waits for {refers_to} {reference}, which has not come from Moment. Moment could not be asked because it does not answer. It is tried again by itself.",
    ),
    Code.MOMENT_REFUSES: Reason(
        Fixer.ADMINISTRATOR,
        "Faktura {number} venter på {refers_to} {reference}, som ikke er kommet fra Moment. Moment kunne ikke spørres, fordi Moment ikke godtar API-nøkkelen. Lim inn en ny nøkkel i innstillingene; Moment spørres da av seg selv.",
        "Invoice {number} waits for {refers_to} {reference}, which has not come from Moment. Moment could not be asked because Moment does not accept the API key. Paste a new key into the settings; Moment is then asked by itself.",
    ),
    Code.MOMENT_UNUSABLE: Reason(
        Fixer.OPERATOR,
        "Faktura {number} venter på {refers_to} {reference}. Moment er spurt og har {refers_to} {reference}, men svaret kan ikke brukes. Meld det til Moment; det spørres igjen av seg selv.",
        "Invoice {number} waits for {refers_to} {reference}. Moment was asked and has {refers_to} {reference}, but its answer cannot be used. Report it to Moment; it is asked again by itself.",
    ),
    Code.CREDITED_INVOICE_STAYS: Reason(
        Fixer.ACCOUNTANT,
        "Kreditnota {number} venter på faktura {reference}, som er mottatt, men ikke overført ennå. Kreditnotaen går av seg selv sammen med fakturaen eller etter den. Slå opp faktura {reference} for å se hva som stanser.",
        "Credit note {number} waits for invoice {reference}, which has been received but not transferred yet. The credit note goes by itself with the invoice or after it. Look up invoice {reference} to see what stops it.",
    ),
    Code.CREDITED_INVOICE_HELD: Reason(
        Fixer.ACCOUNTANT,
        "Kreditnota {number} retter faktura {reference}, som er holdt tilbake. De to holdes sammen: går fakturaen, følger kreditnotaen av seg selv. Du kan utelate begge, eller føre fakturaen for hånd; da går kreditnotaen.",
        "Credit note {number} corrects invoice {reference}, which is held back. The two stay together: if the invoice goes, the credit note follows by itself. You can leave both out, or book the invoice by hand; the credit note then goes.",
    ),
    Code.CREDITED_INVOICE_LEFT_OUT: Reason(
        Fixer.ACCOUNTANT,
        "Kreditnota {number} retter faktura {reference}, som ikke overføres. Alene ville den gjort regnskapet feil. Velg å utelate også kreditnotaen, eller si at fakturaen er ført for hånd; da går kreditnotaen.",
        "Credit note {number} corrects invoice {reference}, which is not transferred. Alone it would make the books wrong. Choose to leave the credit note out too, or say that the invoice was booked by hand; the credit note then goes.",
    ),
    Code.CREDITED_INVOICE_UNKNOWN: Reason(
        Fixer.ACCOUNTANT,
        "Kreditnota {number} retter faktura {reference}, som ikke er mottatt her. Kommer fakturaen, følger kreditnotaen av seg selv. Se etter fakturaen i Xledger: Er den ført der, si det her; da går kreditnotaen. Ellers kan begge utelates.",
        "Credit note {number} corrects invoice {reference}, which has not been received here. If the invoice comes, the credit note follows by itself. Look for the invoice in Xledger: if it is booked there, say so here; the credit note then goes. Otherwise both can be left out.",
    ),
    Code.BOOKED_BY_HAND: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} er ført for hånd i Xledger og overføres ikke herfra.",
        "Invoice {number} was booked by hand in Xledger and is not transferred from here.",
    ),
    Code.LEFT_OUT_WITH_CREDIT_NOTE: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} er utelatt sammen med kreditnotaen sin.",
        "Invoice {number} is left out together with its credit note.",
    ),
    Code.NOT_TO_TRANSFER: Reason(
        Fixer.ADMINISTRATOR,
        "Faktura {number} skal ikke overføres, ifølge Moment. Fjern merket i Moment om den likevel skal overføres.",
        "Invoice {number} is not to be transferred, says Moment. Remove that mark in Moment if it is to be transferred after all.",
    ),
    Code.NOT_TO_TRANSFER_TOO_LATE: Reason(
        Fixer.ACCOUNTANT,
        "Faktura {number} ble merket «skal ikke overføres» i Moment (versjon {version}), men da var den alt overført. Ingenting er endret i Xledger. Skal den ikke stå i regnskapet, krediter den i Moment; kreditnotaen overføres da som vanlig.",
        "Invoice {number} was marked “not to be transferred” in Moment (version {version}), but had been transferred by then. Nothing was changed in Xledger. If it is not to stand in the books, credit it in Moment; the credit note is then transferred as usual.",
    ),
    Code.REFERENCES_NOT_CHECKED: Reason(
        Fixer.ADMINISTRATOR,
        "API-nøkkelen har ikke rett til å slå opp {refers_to} i Xledger. Om Xledger har det fakturaene viser til, er derfor ikke kontrollert; fakturaene går likevel, og Xledger kan avvise dem. Gi nøkkelen leserett i Xledger.",
        "The API key has no right to look up a {refers_to} in Xledger. Whether Xledger has what the invoices refer to is therefore not checked; the invoices go all the same, and Xledger may refuse them. Give the key the right to read in Xledger.",
    ),
    Code.EXPENSE_PROJECT_UNKNOWN: Reason(
        Fixer.ADMINISTRATOR,
        "Kostnader er bokført på prosjekt {number} i Xledger, men Moment har ikke noe slikt prosjekt. De venter. Opprett prosjektet i Moment, så kommer de av seg selv, eller flytt dem i Xledger.",
        "Costs are posted on project {number} in Xledger, but Moment has no such project. They wait. Create it in Moment and they come by themselves, or move them in Xledger.",
    ),
    Code.EXPENSE_PROJECT_CLOSED: Reason(
        Fixer.ADMINISTRATOR,
        "Kostnader er bokført på prosjekt {number} i Xledger, men prosjektet er avsluttet i Moment. De venter. Åpne det igjen i Moment, så kommer de av seg selv, eller flytt dem i Xledger.",
        "Costs are posted on project {number} in Xledger, but the project is closed in Moment. They wait. Open it again in Moment and they come by themselves, or move them in Xledger.",
    ),
    Code.EXPENSE_VAT_MISSING: Reason(
        Fixer.ACCOUNTANT,
        "Posteringen {number} (bilag {voucher}) i Xledger har MVA-kode {vat_code} og ikke noe MVA-beløp, og satsen for koden er ikke kjent. Utgiften venter. Skriv satsen i MVA-tabellen i innstillingene, eller rett koden i Xledger.",
        "The posted line {number} (voucher {voucher}) in Xledger has VAT code {vat_code} and no VAT amount, and the rate of that code is not known. The expense waits. Write the rate into the table of VAT rates in the settings, or correct the code in Xledger.",
    ),
    Code.EXPENSE_AMOUNT_UNSURE: Reason(
        Fixer.ACCOUNTANT,
        "Posteringen {number} (bilag {voucher}) i Xledger venter, fordi verken MVA-koden ({vat_code}) eller leverandørens faktura viser sikkert hva leverandøren fikk medregnet MVA. Er satsen for koden ikke kjent, så skriv den i MVA-tabellen i innstillingene: 0 når selskapet beregner avgiften selv.",
        "The posted line {number} (voucher {voucher}) in Xledger waits, because neither its VAT code ({vat_code}) nor the supplier's bill shows for certain what the supplier was owed with VAT. If the rate of the code is not known, write it into the table of VAT rates in the settings: 0 where the company reckons the VAT itself.",
    ),
    Code.EXPENSE_RATE_MISSING: Reason(
        Fixer.ACCOUNTANT,
        "Posteringen {number} (bilag {voucher}) i Xledger er i {currency} uten kurs, så beløpet i kroner er ukjent. Legg inn kursen i Xledger; utgiften kommer da av seg selv.",
        "The posted line {number} (voucher {voucher}) in Xledger is in {currency} without a rate, so its amount in kroner is not known. Enter the rate in Xledger; the expense then comes by itself.",
    ),
    Code.EXPENSE_LINE_UNUSABLE: Reason(
        Fixer.OPERATOR,
        "En postering fra Xledger kan ikke brukes ({number}: {fault}). Resten er hentet. Sjekk bilaget i Xledger, og meld fra til driftsansvarlig hvis det ser riktig ut.",
        "A posted line from Xledger cannot be used ({number}: {fault}). The others were taken. Check the voucher in Xledger, and tell the operator if it looks right.",
    ),
    Code.EXPENSE_REFUSED: Reason(
        Fixer.ADMINISTRATOR,
        "Moment tar ikke imot utgiften fra posteringen {number} (bilag {voucher}). Les hva Moment svarer og rett det; den forsøkes igjen av seg selv.",
        "Moment does not take the expense from the posted line {number} (voucher {voucher}). Read what Moment answers and correct it; it is tried again by itself.",
    ),
    Code.EXPENSE_INVOICED: Reason(
        Fixer.ACCOUNTANT,
        "Posteringen {number} (bilag {voucher}) er endret eller tilbakeført i Xledger etter at utgiften er fakturert i Moment ({amount} kr). Utgiften står; rett fakturaen i Moment hvis det trengs.",
        "The posted line {number} (voucher {voucher}) was changed or reversed in Xledger after its expense was invoiced in Moment ({amount} NOK). The expense stands; correct the invoice in Moment if need be.",
    ),
    Code.EXPENSE_DELETED: Reason(
        Fixer.ADMINISTRATOR,
        "Posteringen {number} (bilag {voucher}) er endret i Xledger, men utgiften er slettet i Moment. Den lages ikke på nytt; før den inn for hånd i Moment hvis den skal faktureres.",
        "The posted line {number} (voucher {voucher}) was changed in Xledger, but its expense was deleted in Moment. It is not made again; enter it in Moment by hand if it is to be invoiced.",
    ),
    Code.EXPENSES_NOT_READ: Reason(
        Fixer.OPERATOR,
        "Utgifter er ikke hentet, fordi Xledger ikke ga et svar som kan brukes. Ingenting er borte; det forsøkes igjen hver time. Les hva Xledger svarer, og sjekk eierkode og tilganger for SOAP-brukeren.",
        "Expenses were not imported, because Xledger gave no usable answer. Nothing is lost; it is tried again every hour. Read what Xledger answers, and check the owner code and the rights of the SOAP user.",
    ),
    Code.EXPENSES_MINUTE_UNREADABLE: Reason(
        Fixer.OPERATOR,
        "Xledger gir ikke noe svar som kan leses, for det som ble endret i minuttet {number}. Kostnader fra dette minuttet mangler i Moment, eller mangler leverandør; resten er hentet. Det forsøkes igjen, og de kommer av seg selv når svaret kan leses. Finn bilagene i Xledger, og se etter uvanlige tegn i tekstene.",
        "Xledger gives no readable answer for what was changed in the minute {number}. Costs of that minute are missing in Moment, or lack their supplier; the others were taken. It is tried again, and they come by themselves when the answer can be read. Find the vouchers in Xledger, and look for unusual characters in their texts.",
    ),
    Code.EXPENSES_NOTHING_POSTED: Reason(
        Fixer.OPERATOR,
        "Xledger har aldri gitt noen postering for dette selskapet, så ingen utgifter er hentet. Sjekk eierkoden og hva SOAP-brukeren har tilgang til. Er det ikke bokført noe ennå, forsvinner dette av seg selv.",
        "Xledger has never given a posted line for this company, so no expenses were imported. Check the owner code and what the SOAP user has access to. If nothing is posted yet, this goes away by itself.",
    ),
    Code.EXPENSES_COLUMN_MISSING: Reason(
        Fixer.OPERATOR,
        "Xledger ga {lines} {lines:postering, og den er ikke hel: {column} mangler|posteringer, og ingen av dem er hele: {column} mangler i alle}. Kolonnen heter trolig noe annet i dette Xledger. Meld fra til driftsansvarlig. Utgifter som venter, kommer av seg selv når det er rettet; se over beløpene på dem som alt er kommet.",
        "Xledger gave {lines} {lines:posted line, and it is not whole: {column} is missing|posted lines, and none is whole: {column} is missing in all of them}. The column probably has another name in this Xledger. Tell the operator. Expenses that wait come by themselves when that is corrected; check the amounts of those that have come already.",
    ),
    Code.EXPENSES_AMOUNTS_UNCLEAR: Reason(
        Fixer.OPERATOR,
        "Bilagene fra Xledger viser ulike ting: {net} av dem at beløp er uten MVA, og {gross} at MVA er med. Kostnader med MVA venter når fakturaen ikke viser beløpet; resten er hentet. Finn ut hva Xledger gir, og meld fra til driftsansvarlig. Når flere bilag viser det samme, hentes de av seg selv.",
        "The vouchers from Xledger disagree: {net} of them show that amounts are without VAT, and {gross} that VAT is included. Costs with VAT wait where the bill does not show the amount; the others were taken. Find out what Xledger gives, and tell the operator. When more vouchers show the same, they come by themselves.",
    ),
    Code.EXPENSES_AMOUNTS_OTHERWISE: Reason(
        Fixer.ACCOUNTANT,
        "Nyere bilag fra Xledger viser noe annet om MVA enn de første gjorde: {net} viser at beløp er uten MVA, og {gross} at MVA er med. Kostnadene leses derfor på nytt, og beløp i Moment rettes. Det som alt er fakturert, rettes ikke; se over fakturaene med utgifter fra Xledger, og hopp så over dette.",
        "Later vouchers from Xledger show something else about VAT than the first ones did: {net} show that amounts are without VAT, and {gross} that VAT is included. So the costs are read again, and amounts in Moment are corrected. What is invoiced already is not corrected; look through the invoices with expenses from Xledger, then skip this.",
    ),
    Code.EXPENSES_WITHOUT_PROJECTS: Reason(
        Fixer.ADMINISTRATOR,
        "Xledger ga {lines} {lines:postering|posteringer} på kontoene for utgifter, {lines:uten|og ingen av dem har} prosjekt i GL-objekt {slot}. Sjekk hvilket GL-objekt som er prosjekt i Xledger, og skriv det i innstillingene.",
        "Xledger gave {lines} posted {lines:line|lines} on the accounts of expenses, {lines:without|and none has} a project in GL object {slot}. Check which GL object holds projects in Xledger, and write it into the settings.",
    ),
    Code.EXPENSES_PROJECTS_UNKNOWN: Reason(
        Fixer.ADMINISTRATOR,
        "Xledger ga posteringer på {projects} {projects:verdi|ulike verdier} i GL-objekt {slot}, {projects:som ikke er noe prosjekt|og ingen av dem er et prosjekt} i Moment. Sjekk hvilket GL-objekt som er prosjekt i Xledger, og skriv det i innstillingene.",
        "Xledger gave posted lines on {projects} {projects:value|different values} of GL object {slot}, {projects:which is no project|and none of them is a project} in Moment. Check which GL object holds projects in Xledger, and write it into the settings.",
    ),
    Code.EXPENSES_PAGE_INSTEAD: Reason(
        Fixer.OPERATOR,
        "Utgifter er ikke hentet de siste gangene, fordi en nettside svarer i stedet for Xledgers tjeneste. Ingenting er borte; det forsøkes igjen hver time. Sjekk adressen til tjenesten, og om en mellomtjener eller vedlikehold hos Xledger står i veien.",
        "Expenses were not imported the last times, because a web page answers instead of Xledger's service. Nothing is lost; it is tried again every hour. Check the address of the service, and whether a proxy or maintenance at Xledger stands in the way.",
    ),
    Code.SOAP_ACCESS_REFUSED: Reason(
        Fixer.ADMINISTRATOR,
        "Xledger avviser tilgangen (HTTP {status}), så ingen utgifter hentes. Enten mangler klientsertifikatet eller er utløpt, eller så mangler SOAP-brukeren tilgang til tjenesten. Last opp et gyldig sertifikat i innstillingene, eller gi brukeren tilgang i Xledger (Administrasjon, Tilgangskontroll). Alt kommer av seg selv etterpå.",
        "Xledger refuses access (HTTP {status}), so no expenses are imported. Either the client certificate is missing or has expired, or the SOAP user lacks the right to the service. Upload a valid certificate in the settings, or grant the right in Xledger (Administration, Access control). All comes by itself afterwards.",
    ),
    Code.SOAP_PATH_UNKNOWN: Reason(
        Fixer.OPERATOR,
        "Xledger har ingen tjeneste på adressen som brukes (HTTP {status}), så ingen utgifter hentes. Sjekk adressen og stien til eksporttjenesten. Alt kommer av seg selv etterpå.",
        "Xledger has no service at the address that is used (HTTP {status}), so no expenses are imported. Check the address and the path of the export service. All comes by itself afterwards.",
    ),
    Code.EXPENSES_KEY_REFUSED: Reason(
        Fixer.ADMINISTRATOR,
        "Moment godtar ikke API-nøkkelen, så ingen utgifter hentes. Lag en ny nøkkel i Moment og lim den inn i innstillingene. Alt som venter, kommer av seg selv etterpå.",
        "Moment does not accept the API key, so no expenses are imported. Make a new one in Moment and paste it into the settings. All that waits comes by itself afterwards.",
    ),
    Code.EXPENSES_DELAYED: Reason(
        Fixer.OPERATOR,
        "Utgifter er ikke hentet de siste gangene, fordi {system} ikke svarer. Ingenting er borte; det forsøkes igjen hver time. Sjekk om {system} er oppe.",
        "Expenses were not imported the last times, because {system} does not answer. Nothing is lost; it is tried again every hour. Check whether {system} is up.",
    ),
    Code.LATE_FROM_MOMENT: Reason(
        Fixer.OPERATOR,
        "Natt til {number} manglet {count} {count:ferdigstilt faktura fra Moment ({invoices}). Den|ferdigstilte fakturaer fra Moment (blant dem {invoices}). De} er tatt inn nå og går som andre. Finn ut hvorfor {count:hendelsen|hendelsene} ikke kom; dette forsvinner etter en uke.",
        "In the night to {number}, {count} finalized {count:invoice of Moment's was missing ({invoices}). It is taken in now and goes|invoices of Moment's were missing (among them {invoices}). They are taken in now and go} like others. Find out why {count:its event|their events} did not come; this goes away after a week.",
    ),
    Code.INVOICE_UNREADABLE: Reason(
        Fixer.OPERATOR,
        "Faktura {number} er ferdigstilt i Moment, men kan ikke overføres: feltet {field} kan ikke brukes ({fault}). En ferdigstilt faktura kan ikke rettes i Moment: Meld det til Moment. Sender Moment den rettet, kommer den av seg selv.",
        "Invoice {number} is finalized in Moment but cannot be carried over: field {field} cannot be used, it {fault}. A finalized invoice cannot be corrected in Moment: report it to Moment. If Moment sends it corrected, it comes by itself.",
    ),
    Code.RETIRED_ID_SAVED: Reason(
        Fixer.ADMINISTRATOR,
        "{kind} {number} er lagret i Moment under id {id}, som er erstattet av id {other}. Det er ikke sendt til Xledger. Bruk id {other} i Moment, eller åpne problemet og velg om de to likevel skal være hver for seg.",
        "The {kind} {number} was saved in Moment under id {id}, which was replaced by id {other}. It was not sent to Xledger. Use id {other} in Moment, or open the problem and choose whether the two are separate after all.",
    ),
    Code.MOMENT_WENT_BACK: Reason(
        Fixer.ADMINISTRATOR,
        "Moment har sendt eldre eller andre opplysninger enn før, uten et høyere versjonsnummer. Det skjer når Moment er gjenopprettet fra en sikkerhetskopi. Antall kunder og prosjekter: {many}, for eksempel {examples}. Ingenting av dette er sendt til Xledger. Åpne problemet, og ta over det Moment har nå, om det skal gjelde.",
        "Moment sent older or other data than before, without a higher version number. This happens when Moment was restored from a backup. Customers and projects concerned: {many}, for example {examples}. None of it was sent to Xledger. Open the problem, and take over what Moment has now if that is to count.",
    ),
}

_OF_INVOICES: dict[Code, Reason] = {
    Code.FIELD_MISSING: Reason(
        Fixer.OPERATOR,
        "Feltet {field} mangler i hendelsen for faktura {number}, så den er ikke mottatt. Hendelsen er tatt vare på i 14 dager. En ferdigstilt faktura kan ikke rettes i Moment: Meld det til Moment, og be om en ny hendelse.",
        "Field {field} is missing from the event for invoice {number}, so it was not received. The event is kept for 14 days. A finalized invoice cannot be corrected in Moment: report it to Moment, and ask for a new event.",
    ),
    Code.FIELD_INVALID: Reason(
        Fixer.OPERATOR,
        "Feltet {field} i hendelsen for faktura {number} kan ikke brukes ({fault}), så den er ikke mottatt. Hendelsen er tatt vare på i 14 dager. En ferdigstilt faktura kan ikke rettes i Moment: Meld det til Moment, og be om en ny hendelse.",
        "Field {field} of the event for invoice {number} cannot be used: it {fault}. It was not received. The event is kept for 14 days. A finalized invoice cannot be corrected in Moment: report it to Moment, and ask for a new event.",
    ),
}

# By what happened to the mail, where the usual sentence would be untrue.
_OF_MAILS: dict[tuple[Code, str], Reason] = {
    (Code.MAIL_BOUNCED, "rejected"): Reason(
        Fixer.ADMINISTRATOR,
        "E-posttjenesten vår sendte ikke e-posten med faktura {number} videre ({why}). Det er ikke mottaksadressen som svikter. "
        "Sjekk PDF-en i Moment, og velg «send på nytt», eller last den opp i Xledger for hånd og velg «den er kommet fram».",
        "Our mail service did not send the mail with invoice {number} on ({why}). The reception address is not at fault. "
        "Check the PDF in Moment and choose “send again”, or upload it in Xledger by hand and choose “it arrived”.",
    ),
    (Code.RECEPTION_ADDRESS_STOPPED, "complained"): Reason(
        Fixer.ADMINISTRATOR,
        "Det sendes ikke mer til {number}, fordi en e-post som kom fram dit, er meldt som søppelpost ({why}). Fakturaene venter. "
        "Finn ut hvem som meldte det, og bekreft adressen i innstillingene.",
        "Nothing more is mailed to {number}, because a mail that arrived there was reported as spam ({why}). The invoices wait. "
        "Find out who reported it, and confirm the address in the settings.",
    ),
    (Code.NOTICE_ADDRESS_STOPPED, "complained"): Reason(
        Fixer.ADMINISTRATOR,
        "Det sendes ikke flere varsler til {number}, fordi mottakeren har meldt et varsel som søppelpost ({why}). "
        "Spør om varslene er ønsket. Bekreft adressen, eller ta den bort under Varsler i innstillingene.",
        "No more notices are mailed to {number}, because the reader reported a notice as spam ({why}). "
        "Ask whether the notices are wanted. Confirm the address, or remove it under Notices in the settings.",
    ),
}


def fixer_of(code: Code) -> Fixer:
    """The operator for a reason that only a newer release knows."""
    return REASONS[code].fixer if code in REASONS else Fixer.OPERATOR
