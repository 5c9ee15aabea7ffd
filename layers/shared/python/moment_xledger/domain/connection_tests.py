# ruff: noqa: E501 -- sentences for people, one a line
"""A connection test: which rights the switches need, and what came of trying each. Writing is never tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from moment_xledger.domain.companies import Company, Language, Route
from moment_xledger.domain.days import OSLO
from moment_xledger.domain.errors import Why

REMIND_BEFORE = (30, 7, 1)  # days
SOON = timedelta(days=7)


class Right(StrEnum):
    TOKEN = "token"  # noqa: S105 the right's name
    OWNER_CODE = "owner_code"
    CUSTOMERS = "customers"
    COMPANIES = "companies"
    PROJECTS = "projects"
    ACCOUNTS = "accounts"
    VAT_CODES = "objectValues"
    WRITING = "writing"
    SOAP = "soap"
    MOMENT = "moment"


# Read over GraphQL; the value is the root field that the token needs the right to.
READS = (Right.CUSTOMERS, Right.COMPANIES, Right.PROJECTS, Right.ACCOUNTS, Right.VAT_CODES)


class Outcome(StrEnum):
    PASSED = "passed"
    REFUSED = "refused"
    LATER = "later"  # it could not be tried now
    NOT_TRIED = "not tried"


@dataclass(frozen=True)
class Check:
    """`why`: for `REFUSED` the other side's words, for `LATER` the reason, of a closed gate as `closed` writes it."""

    right: Right
    outcome: Outcome
    why: str = ""

    def sentence(self, language: Language = Language.ENGLISH) -> str:
        reason, why = _reason_of(self)
        norwegian, english = reason or _SENTENCES.get((self.right, self.outcome)) or _ANY[self.outcome]
        names = _NAMES[self.right]
        text = norwegian if language is Language.NORWEGIAN else english
        why = in_words(why, language) if self.outcome is Outcome.LATER else why
        said = text.format(right=names[language is Language.ENGLISH], why=why).strip()
        return f"{said[:1].upper()}{said[1:]}"


def wrong_entity(code: str, named: str) -> str:
    """What `Check.why` says where the owner code is not in order. `code`: the problem's; `named`: entities."""
    return f"{code}; {named}"


def _reason_of(check: Check) -> tuple[tuple[str, str] | None, str]:
    """The sentence for why an owner code is not in order, and what stands in it."""
    code, _, named = check.why.partition("; ")
    reason = _WRONG_ENTITY.get(code) if check.right is Right.OWNER_CODE else None
    return reason, named if reason else check.why


def closed(why: Why, until: datetime) -> str:
    return f"{why}, {until.astimezone(UTC).isoformat()}"


def in_words(later: str, language: Language) -> str:
    name, _, until = later.partition(", ")
    if name not in _CLOSED:
        return later
    words = _CLOSED[Why(name)][language is Language.ENGLISH]
    return words.format(until=f"{datetime.fromisoformat(until).astimezone(OSLO):%H:%M}" if until else "")


@dataclass(frozen=True)
class ConnectionTest:
    when: datetime
    by: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Nothing was refused, and nothing that can be tried is still to be."""
        cannot_be_tried = {(Right.WRITING, Outcome.NOT_TRIED), (Right.OWNER_CODE, Outcome.NOT_TRIED)}
        return all(
            check.outcome is Outcome.PASSED or (check.right, check.outcome) in cannot_be_tried
            for check in self.checks
        )


def needed(company: Company) -> tuple[Right, ...]:
    """In the order in which they are tried and shown."""
    in_files = company.route in (Route.FILE, Route.UPLOAD)
    wanted = {
        Right.TOKEN: True,
        Right.OWNER_CODE: company.owner_code is not None or company.writes_to_xledger,
        Right.CUSTOMERS: company.export_customers,
        Right.COMPANIES: company.export_customers,
        Right.PROJECTS: company.export_projects,
        Right.ACCOUNTS: in_files,
        Right.VAT_CODES: in_files,
        Right.WRITING: company.export_customers or company.export_projects,
        Right.SOAP: company.needs_soap,
        Right.MOMENT: True,
    }
    return tuple(right for right, is_needed in wanted.items() if is_needed)


def reminder(expires: date | None, today: date) -> int | None:
    """Which reminder is the one to stand now: the fewest days that are left or have passed; None before the first."""
    if expires is None:
        return None
    left = (expires - today).days
    return min((days for days in REMIND_BEFORE if left <= days), default=None)


def expires_soon(expires: date | None, today: date) -> bool:
    """So soon that the operator should hear of it as well: nobody may have read the reminders."""
    return expires is not None and expires - today <= SOON


_NAMES: Mapping[Right, tuple[str, str]] = {
    Right.TOKEN: ("API-nøkkelen til Xledger", "the Xledger API key"),
    Right.OWNER_CODE: ("eierkoden", "the owner code"),
    Right.CUSTOMERS: ("lese kunder (customers)", "read customers"),
    Right.COMPANIES: ("lese selskaper (companies)", "read companies"),
    Right.PROJECTS: ("lese prosjekter (projects)", "read projects"),
    Right.ACCOUNTS: ("lese kontoplanen (accounts)", "read the chart of accounts (accounts)"),
    Right.VAT_CODES: (
        "lese MVA-koder (objectKinds, objectValues)",
        "read the VAT codes (objectKinds, objectValues)",
    ),
    Right.WRITING: ("opprette og endre", "create and change"),
    Right.SOAP: ("SOAP-innloggingen", "the SOAP login"),
    Right.MOMENT: ("API-nøkkelen til Moment", "the Moment API key"),
}

# Whoever shows a sentence shows the outcome beside it, so none says that again.
_ANY: Mapping[Outcome, tuple[str, str]] = {
    Outcome.PASSED: ("API-nøkkelen har rett til å {right}.", "The API key has the right to {right}."),
    Outcome.REFUSED: (
        "API-nøkkelen har ikke rett til å {right}. Gi den retten i Xledger (Administrasjon, Systemtilgang, GraphQL), og test igjen. Xledger svarer: {why}",
        "The API key does not have the right to {right}. Give it that right in Xledger (Administration, System Access, GraphQL), and test again. Xledger says: {why}",
    ),
    Outcome.LATER: (
        "{right}: {why}. Test igjen om litt.",
        "{right}: {why}. Test again in a while.",
    ),
    Outcome.NOT_TRIED: (
        "{right}: prøves når det ovenfor er i orden.",
        "{right}: will be tried when what stands above works.",
    ),
}

_CLOSED: Mapping[Why, tuple[str, str]] = {
    Why.HELD: ("en annen jobb bruker nøkkelen akkurat nå", "another job is using the key right now"),
    Why.ALLOWANCE: (
        "vår andel av timens forespørsler er brukt til kl. {until}",
        "our share of the hour's requests is used until {until}",
    ),
    Why.CREDITS: (
        "timens forespørsler er brukt opp til kl. {until}",
        "the hour's requests are used up until {until}",
    ),
    Why.AUTH: ("Xledger godtar ikke API-nøkkelen", "Xledger does not accept the API key"),
    Why.IN_DOUBT: (
        "et svar fra Xledger uteble; det avklares til kl. {until}",
        "an answer of Xledger's never came; that is cleared up by {until}",
    ),
    Why.DOWN: ("Xledger svarer ikke", "Xledger does not answer"),
    Why.BARRED: (
        "vi får avslag uten grunn (HTTP 401 eller 403). Enten stanser en brannmur eller mellomtjener oss, eller så godtar ikke Xledger API-nøkkelen. Sjekk i Xledger om nøkkelen finnes og er gyldig; er den det, skal den ikke byttes",
        "we are refused without a reason (HTTP 401 or 403). Either a firewall or a proxy stops us, or Xledger does not accept the API key. Check in Xledger whether the key exists and is valid; if it is, do not replace it",
    ),
    Why.STOPPED: ("Xledger tar ikke imot forespørselen", "Xledger does not accept the request"),
    Why.SLICE: ("Xledger bruker for lang tid på å svare", "Xledger takes too long to answer"),
}

# By the problem's code.
_WRONG_ENTITY: Mapping[str, tuple[str, str]] = {
    "OWNER_CODE_NEEDED": (
        "Eierkoden mangler, og vi kan ikke vite hvilket selskap i Xledger kunder og prosjekter hører til. Skriv den inn. API-nøkkelen når: {why}",
        "The owner code is missing, so it is not known which company in Xledger customers and projects belong to. Enter it. The API key reaches: {why}",
    ),
    "ENTITY_TAKEN": (
        "Et annet selskap hos oss skriver allerede til selskap {why} i Xledger. Rett eierkoden eller API-nøkkelen, eller be driften tillate at begge skriver dit.",
        "Another company set up here already writes to company {why} in Xledger. Correct the owner code or the API key, or ask the operator to allow that both write there.",
    ),
}

_SENTENCES: Mapping[tuple[Right, Outcome], tuple[str, str]] = {
    (Right.TOKEN, Outcome.PASSED): ("Xledger godtar API-nøkkelen.", "Xledger accepts the API key."),
    (Right.OWNER_CODE, Outcome.PASSED): (
        "Kunder, prosjekter og filer går til selskap {why} i Xledger.",
        "Customers, projects and files go to company {why} in Xledger.",
    ),
    (Right.OWNER_CODE, Outcome.NOT_TRIED): (
        "Om API-nøkkelen når selskapet med denne eierkoden, kan ikke prøves, fordi Xledger ikke viser hvilke selskaper den når. Vi sammenligner eierkoden med hver kunde og hvert prosjekt vi leser.",
        "Whether the API key reaches the company with this owner code cannot be tried, because Xledger does not show which companies it reaches. The owner code is compared with each customer and project that is read.",
    ),
    (Right.SOAP, Outcome.PASSED): (
        "Xledger godtar SOAP-brukeren og passordet.",
        "Xledger accepts the SOAP user and its password.",
    ),
    (Right.MOMENT, Outcome.PASSED): (
        "Moment godtar API-nøkkelen for dette selskapet.",
        "Moment accepts the API key for this company.",
    ),
    (Right.SOAP, Outcome.LATER): (
        "Xledgers SOAP-tjeneste svarer ikke som den skal ({why}). Test igjen om litt.",
        "Xledger's SOAP service does not answer as it should ({why}). Test again in a while.",
    ),
    (Right.MOMENT, Outcome.LATER): (
        "Moment svarer ikke som det skal ({why}). Test igjen om litt.",
        "Moment does not answer as it should ({why}). Test again in a while.",
    ),
    (Right.TOKEN, Outcome.REFUSED): (
        "Xledger godtar ikke API-nøkkelen. Lag en ny i Xledger (Administrasjon, Systemtilgang, GraphQL) og lim den inn. Xledger svarer: {why}",
        "Xledger does not accept the API key. Make a new one in Xledger (Administration, System Access, GraphQL) and paste it. Xledger says: {why}",
    ),
    (Right.OWNER_CODE, Outcome.REFUSED): (
        "API-nøkkelen når ikke selskapet med denne eierkoden. Den når: {why}. Rett eierkoden, eller lag nøkkelen i det selskapet.",
        "The API key does not reach the company with this owner code. It reaches: {why}. Correct the owner code, or make the key in that company.",
    ),
    (Right.WRITING, Outcome.NOT_TRIED): (
        "Retten til å opprette og endre kan ikke prøves uten å skrive i regnskapet. Den første kunden eller det første prosjektet viser det; mangler retten, får dere beskjed.",
        "The right to create and change cannot be tried without writing into the books. The first customer or project will show it; if the right is missing, you will be told.",
    ),
    (Right.SOAP, Outcome.REFUSED): (
        "Xledger godtar ikke SOAP-brukeren eller passordet. Sjekk begge i Xledger og skriv dem inn på nytt. {why}",
        "Xledger does not accept the SOAP user or its password. Check both in Xledger and type them in again. {why}",
    ),
    (Right.MOMENT, Outcome.REFUSED): (
        "Moment godtar ikke API-nøkkelen for dette selskapet. Lag en ny i Moment og lim den inn.",
        "Moment does not accept the API key for this company. Make a new one in Moment and paste it.",
    ),
}
