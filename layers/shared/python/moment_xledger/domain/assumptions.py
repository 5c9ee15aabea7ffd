# ruff: noqa: E501 -- sentences for people, one a line
"""What is assumed about an Xledger and a Moment that nobody has published, and what a probe can find about each.

A `Finding` is one assumption and what came of it. The texts, Norwegian and English, are here with the verdicts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from moment_xledger.domain.companies import Language
from moment_xledger.domain.connection_tests import in_words


class Verdict(StrEnum):
    AS_ASSUMED = "as_assumed"
    FOLLOWED = "followed"  # different, and the product goes by what was found
    STOP = "stop"  # different, and going on would do harm
    UNKNOWN = "unknown"


class Work(StrEnum):
    """What a stop concerns."""

    CUSTOMERS = "customers"
    PROJECTS = "projects"
    INVOICES = "invoices"
    EXPENSES = "expenses"
    NIGHTS = "nights"  # the nightly comparisons


class Assumption(StrEnum):
    ANSWERS = "answers"
    SCHEMA = "schema"
    ENTITY = "entity"
    RIGHTS = "rights"
    ALL_CUSTOMERS = "all_customers"
    ALL_PROJECTS = "all_projects"
    DIMENSIONS = "dimensions"
    SALES_VAT = "sales_vat"
    PURCHASE_VAT = "purchase_vat"
    ACCOUNTS = "accounts"
    LEDGER_SETUP = "ledger_setup"
    EXPORT_WSDL = "export_wsdl"
    EXPORT_COLUMNS = "export_columns"
    EXPORT_PROJECT = "export_project"
    EXPORT_IDS = "export_ids"
    EXPORT_FILTER = "export_filter"
    MOMENT_CUSTOMERS = "moment_customers"
    MOMENT_PROJECTS = "moment_projects"
    MOMENT_INVOICES = "moment_invoices"
    MOMENT_EXPENSES = "moment_expenses"
    NULL_CLEARS = "null_clears"
    ATOMIC_LISTS = "atomic_lists"
    RESET_AT = "reset_at"


class Unread(NamedTuple):
    """Why something was not read. `words`: the other side's own."""

    why: "WhyUnread"
    words: str = ""


class WhyUnread(StrEnum):
    REFUSED = "refused"
    CLOSED = "closed"  # the gate
    NO_ANSWER = "no_answer"
    STRANGE = "strange"  # an answer of another form
    NOTHING_THERE = "nothing_there"
    REQUESTS_USED = "requests_used"  # the probe's own
    TIME_USED = "time_used"  # likewise
    NO_KEY = "no_key"
    NEEDS_ANOTHER = "needs_another"  # of what could not be read either
    BY_WRITING = "by_writing"


@dataclass(frozen=True)
class Finding:
    """`case` names the sentence, `details` fill it. `stops`: what must not begin, where the verdict is to stop."""

    assumption: Assumption
    case: str
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    stops: frozenset[Work] = frozenset()

    @property
    def name(self) -> str:
        """By which a person lets it be. Another case of the same assumption, or one that stops more, is another matter."""
        return ":".join([str(self.assumption), self.case, *sorted(map(str, self.stops))])

    @property
    def verdict(self) -> Verdict:
        return _case(self).verdict

    def assumed(self, language: Language = Language.ENGLISH) -> str:
        return ASSUMED[self.assumption][language is Language.ENGLISH]

    def evidence(self, language: Language = Language.ENGLISH) -> str:
        """What was found, or why nothing was."""
        _, *texts = _case(self)
        details = dict(self.details)
        if self.case == UNKNOWN:
            reason = WHY_UNREAD[WhyUnread(details["why"])][language is Language.ENGLISH]
            words = details.get("words", "")
            said = in_words(words, language) if details["why"] == WhyUnread.CLOSED else words
            return reason.format(words=said).strip()
        if self.stops:
            details["stops"] = ", ".join(
                WORK[each][language is Language.ENGLISH] for each in Work if each in self.stops
            )
        return str(texts[language is Language.ENGLISH]).format_map(_Filled(details))


class _Filled(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "–"


class Case(NamedTuple):
    verdict: Verdict
    norwegian: str
    english: str


FITS, UNKNOWN = "fits", "unknown"


def unknown(assumption: Assumption, unread: Unread) -> Finding:
    return Finding(assumption, UNKNOWN, {"why": str(unread.why), "words": unread.words})


def _case(finding: Finding) -> Case:
    if finding.case == UNKNOWN:
        return Case(Verdict.UNKNOWN, "", "")
    return CASES[finding.assumption][finding.case]


VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.AS_ASSUMED: ("som antatt", "as assumed"),
    Verdict.FOLLOWED: ("annerledes, og vi følger det", "different: we follow it"),
    Verdict.STOP: ("annerledes, og vi stanser", "different: stop"),
    Verdict.UNKNOWN: ("kan ikke vites", "cannot be known"),
}

WORK: Mapping[Work, tuple[str, str]] = {
    Work.CUSTOMERS: ("kunder", "customers"),
    Work.PROJECTS: ("prosjekter", "projects"),
    Work.INVOICES: ("fakturaer", "invoices"),
    Work.EXPENSES: ("utlegg", "expenses"),
    Work.NIGHTS: ("nattens sammenligninger", "the nightly comparisons"),
}

WHY_UNREAD: Mapping[WhyUnread, tuple[str, str]] = {
    WhyUnread.REFUSED: ("Svaret var nei: {words}", "It was refused: {words}"),
    WhyUnread.CLOSED: (
        "Xledger kan ikke spørres nå: {words}. Prøv igjen senere.",
        "Xledger cannot be asked now: {words}. Try again later.",
    ),
    WhyUnread.NO_ANSWER: ("Det kom ikke noe brukbart svar. {words}", "There was no usable answer. {words}"),
    WhyUnread.STRANGE: (
        "Svaret har en annen form enn vi kan lese ({words}).",
        "The answer has another form than can be read ({words}).",
    ),
    WhyUnread.NOTHING_THERE: (
        "Det finnes ikke noe der å se på ennå.",
        "There is nothing there to look at yet.",
    ),
    WhyUnread.REQUESTS_USED: (
        "Det ble ikke spurt om: undersøkelsens forespørsler var brukt.",
        "It was not asked: the probe's requests were used.",
    ),
    WhyUnread.TIME_USED: (
        "Det ble ikke spurt om: undersøkelsen hadde tatt for lang tid.",
        "It was not asked: the probe had taken too long.",
    ),
    WhyUnread.NO_KEY: ("Nøkkelen til det er ikke lagt inn.", "The key for it has not been entered."),
    WhyUnread.NEEDS_ANOTHER: (
        "Det bygger på noe ovenfor som ikke kunne leses.",
        "It rests on something above that could not be read.",
    ),
    WhyUnread.BY_WRITING: (
        "Det vises først når noe skrives eller avslås. Vi tåler begge deler.",
        "It shows only when something is written or refused. Either is handled.",
    ),
}

ASSUMED: Mapping[Assumption, tuple[str, str]] = {
    Assumption.ANSWERS: (
        "Xledger svarer, og godtar API-nøkkelen.",
        "Xledger answers, and accepts the API key.",
    ),
    Assumption.SCHEMA: (
        "Xledgers skjema har det forespørslene våre bruker.",
        "Xledger's schema has what our requests use.",
    ),
    Assumption.ENTITY: (
        "Eierkoden i innstillingene er selskapet som API-nøkkelen når.",
        "The owner code in the settings is the company that the API key reaches.",
    ),
    Assumption.RIGHTS: (
        "API-nøkkelen har alle rettene som forespørslene våre trenger.",
        "The API key has every right that our requests need.",
    ),
    Assumption.ALL_CUSTOMERS: (
        "Vårt oppslag ser hver kunde som noe oppslag ser, også avsluttede og i andre selskaper.",
        "Our look-up sees every customer that any list shows, closed ones and other companies' too.",
    ),
    Assumption.ALL_PROJECTS: (
        "Vårt oppslag ser hvert prosjekt som noe oppslag ser, også avsluttede og i andre selskaper.",
        "Our look-up sees every project that any list shows, closed ones and other companies' too.",
    ),
    Assumption.DIMENSIONS: (
        "Prosjektet er dimensjon 2 i hovedboken.",
        "The project is dimension 2 of the general ledger.",
    ),
    Assumption.SALES_VAT: (
        "Hver MVA-kode i innstillingene finnes i Xledger, med samme sats som i Moment.",
        "Each VAT code in the settings exists in Xledger, at the same rate as in Moment.",
    ),
    Assumption.PURCHASE_VAT: (
        "MVA-kode 1 og 11 for kjøp er 25 og 15 prosent.",
        "VAT codes 1 and 11 of purchases are 25 and 15 percent.",
    ),
    Assumption.ACCOUNTS: (
        "Kontoene i innstillingene finnes i Xledger.",
        "The accounts in the settings exist in Xledger.",
    ),
    Assumption.LEDGER_SETUP: (
        "Perioder og importnivåer kan leses.",
        "Periods and levels of imports can be read.",
    ),
    Assumption.EXPORT_WSDL: (
        "SOAP-tjenesten Export heter det vi kaller den, med de samme feltene.",
        "The SOAP service Export has the operations and fields that we call.",
    ),
    Assumption.EXPORT_COLUMNS: (
        "Bokførte linjer har kolonnene vi leser.",
        "Posted lines have the columns that we read.",
    ),
    Assumption.EXPORT_PROJECT: (
        "Prosjektnummeret på bokførte linjer står i dimensjonen vi leser.",
        "The project number of posted lines stands in the dimension that we read.",
    ),
    Assumption.EXPORT_IDS: (
        "Hver bokført linje har sin egen id.",
        "Each posted line has an id of its own.",
    ),
    Assumption.EXPORT_FILTER: (
        "Filteret på tid gir de linjene som ble endret da, og ingen andre.",
        "The filter by time gives the lines that were changed then, and no others.",
    ),
    Assumption.MOMENT_CUSTOMERS: (
        "Moments API viser kunder med feltene vi leser.",
        "Moment's API shows customers with the fields that we read.",
    ),
    Assumption.MOMENT_PROJECTS: (
        "Moments API viser prosjekter med feltene vi leser.",
        "Moment's API shows projects with the fields that we read.",
    ),
    Assumption.MOMENT_INVOICES: (
        "Moments API viser fakturaer med feltene vi leser.",
        "Moment's API shows invoices with the fields that we read.",
    ),
    Assumption.MOMENT_EXPENSES: (
        "Moments API har utlegg, med feltene vi leser.",
        "Moment's API has expenses, with the fields that we read.",
    ),
    Assumption.NULL_CLEARS: ("Et tomt felt tømmes i Xledger.", "An empty field is emptied in Xledger."),
    Assumption.ATOMIC_LISTS: (
        "En liste med én feil post avvises hel.",
        "A list with one bad record is refused whole.",
    ),
    Assumption.RESET_AT: (
        "Xledger sier når timens forespørsler er tilbake.",
        "Xledger says when the hour's requests are back.",
    ),
}

_A, _F, _S = Verdict.AS_ASSUMED, Verdict.FOLLOWED, Verdict.STOP
_LOOK_UP: Mapping[str, Case] = {
    FITS: Case(
        _A,
        "{seen} av {shown} ble sett, både etter id og etter nummer. Uten oppgitt utvalg viser Xledger {unstated}.",
        "{seen} of {shown} were seen, by id and by number. Without a stated selection Xledger shows {unstated}.",
    ),
    "missed": Case(
        _S,
        "Oppslaget ser ikke {missed}, som en annen liste viser. De ville blitt laget en gang til. Stanser: {stops}.",
        "The look-up does not see {missed}, which another list shows. They would be made a second time. Stops: {stops}.",
    ),
    "by_number": Case(
        _S,
        "Oppslaget finner ikke {missed} etter nummer, bare etter id. De ville blitt laget en gang til. Stanser: {stops}.",
        "The look-up does not find {missed} by number, only by id. They would be made a second time. Stops: {stops}.",
    ),
}
_OF_MOMENT: Mapping[str, Case] = {
    FITS: Case(
        _A, "{count} lest, alle med feltene vi leser.", "{count} read, all with the fields that we read."
    ),
    "include": Case(
        _F,
        "Uten /include/ mangler {lacking}. Vi henter med /include/{include} fra nå av.",
        "Without /include/, {lacking} is missing. They are read with /include/{include} from now on.",
    ),
    "not_seen": Case(
        _A,
        "{count} lest. Ingen av dem har {lacking}, som ikke alle må ha.",
        "{count} read. None of them has {lacking}, which not all need.",
    ),
    "state": Case(
        _F,
        "Prosjekter sier {field} ({words}) i stedet for active. Vi leser det fra nå av.",
        "Projects say {field} ({words}) in place of active. That is read from now on.",
    ),
    "state_unknown": Case(
        _S,
        "Prosjekter sier {field}, og vi vet ikke om dette betyr åpent eller lukket: {words}. Stanser: {stops}.",
        "Projects say {field}, and it is not known whether this means open or closed: {words}. Stops: {stops}.",
    ),
    "lacking": Case(
        _S,
        "{lacking} mangler eller har en annen form, også med /include/. Stanser: {stops}.",
        "{lacking} is missing or has another form, also with /include/. Stops: {stops}.",
    ),
    "absent": Case(
        _S,
        "Moment har ikke en slik liste (HTTP {status}). Stanser: {stops}.",
        "Moment has no such list (HTTP {status}). Stops: {stops}.",
    ),
}

CASES: Mapping[Assumption, Mapping[str, Case]] = {
    Assumption.ANSWERS: {
        FITS: Case(_A, "{answered} forespørsler ble besvart.", "{answered} requests were answered."),
        "token": Case(
            _S,
            "Xledger godtar ikke API-nøkkelen: {words}. Stanser: {stops}.",
            "Xledger does not accept the API key: {words}. Stops: {stops}.",
        ),
    },
    Assumption.SCHEMA: {
        FITS: Case(
            _A,
            "Skjemaet har alt som {operations} forespørsler bruker.",
            "The schema has all that {operations} requests use.",
        ),
        "goes_without": Case(
            _F,
            "Skjemaet er annerledes her: {places}. Vi klarer oss uten: {operations}.",
            "The schema differs here: {places}. We do without: {operations}.",
        ),
        "lacks": Case(
            _S,
            "Skjemaet er annerledes her: {places}. Det gjelder {operations}. Stanser: {stops}.",
            "The schema differs here: {places}. It concerns {operations}. Stops: {stops}.",
        ),
    },
    Assumption.ENTITY: {
        FITS: Case(_A, "API-nøkkelen når {entity}.", "The API key reaches {entity}."),
        "learnt": Case(
            _F,
            "Ingen eierkode er lagt inn; API-nøkkelen når bare {entity}, og vi bruker det.",
            "No owner code has been entered; the API key reaches {entity} only, and that is used.",
        ),
        "typed": Case(
            _F,
            "Xledger viser ikke hvilke selskaper API-nøkkelen når. Eierkoden i innstillingene teller, og sammenlignes med hver post.",
            "Xledger does not show which companies the API key reaches. The owner code in the settings counts, and is compared with each record.",
        ),
        "needed": Case(
            _S,
            "Eierkoden mangler. API-nøkkelen når: {entity}. Stanser: {stops}.",
            "The owner code is missing. The API key reaches: {entity}. Stops: {stops}.",
        ),
        "not_reached": Case(
            _S,
            "API-nøkkelen når ikke {owner_code}. Den når: {entity}. Stanser: {stops}.",
            "The API key does not reach {owner_code}. It reaches: {entity}. Stops: {stops}.",
        ),
    },
    Assumption.RIGHTS: {
        FITS: Case(_A, "{operations} forespørsler ble besvart.", "{operations} requests were answered."),
        "goes_without": Case(
            _F,
            "Disse ble avvist, og vi klarer oss uten: {operations}. Xledger svarer: {words}",
            "These were refused, and we do without: {operations}. Xledger says: {words}",
        ),
        "lacks": Case(
            _S,
            "Disse ble avvist: {operations}. Xledger svarer: {words} Stanser: {stops}.",
            "These were refused: {operations}. Xledger says: {words} Stops: {stops}.",
        ),
        "hidden": Case(
            _S,
            "Xledger viser ikke {fields} på noen post. Gi API-nøkkelen rett til å lese det. Stanser: {stops}.",
            "Xledger shows {fields} on no record. Give the API key the right to read it. Stops: {stops}.",
        ),
    },
    Assumption.ALL_CUSTOMERS: _LOOK_UP,
    Assumption.ALL_PROJECTS: _LOOK_UP,
    Assumption.DIMENSIONS: {
        FITS: Case(_A, "Xledger sier dimensjon {slot}.", "Xledger says dimension {slot}."),
        "other": Case(
            _F,
            "Xledger sier dimensjon {slot}. Vi bruker det.",
            "Xledger says dimension {slot}. That is used.",
        ),
        "typed": Case(
            _S,
            "Innstillingene sier dimensjon {typed}, Xledger sier {slot}. Rett innstillingen. Stanser: {stops}.",
            "The settings say dimension {typed}, Xledger says {slot}. Correct the setting. Stops: {stops}.",
        ),
    },
    Assumption.SALES_VAT: {
        FITS: Case(
            _A, "{count} koder finnes, og satsene er like.", "{count} codes exist, and their rates agree."
        ),
        "unrated": Case(
            _F,
            "{count} koder finnes. Xledger viser ikke satsene, så bedriftens egen tabell eller de publiserte satsene gjelder.",
            "{count} codes exist. Xledger does not show the rates, so the company's own table or the published rates count.",
        ),
        "differ": Case(
            _S,
            "Satsene er ulike: {pairs}. Rett kodene i innstillingene. Stanser: {stops}.",
            "The rates differ: {pairs}. Correct the codes in the settings. Stops: {stops}.",
        ),
        "absent": Case(
            _S,
            "Xledger har ikke {codes}. Rett kodene i innstillingene. Fakturaer med dem stanser; Xledger har: {offered}",
            "Xledger does not have {codes}. Correct the codes in the settings. Invoices with them stop; Xledger has: {offered}",
        ),
    },
    Assumption.PURCHASE_VAT: {
        FITS: Case(_A, "Xledger sier: {rates}.", "Xledger says: {rates}."),
        "other": Case(
            _F,
            "Xledger sier: {rates}. Vi regner med det.",
            "Xledger says: {rates}. That is used.",
        ),
    },
    Assumption.ACCOUNTS: {
        FITS: Case(
            _A,
            "{count} kontoer er lest, og våre er blant dem.",
            "{count} accounts were read, and ours are among them.",
        ),
        "absent": Case(
            _S,
            "Xledger har ikke, eller kan ikke bokføre på: {accounts}. Fakturaer som bruker dem stanser.",
            "Xledger does not have, or cannot post to: {accounts}. Invoices that use them stop.",
        ),
    },
    Assumption.LEDGER_SETUP: {
        FITS: Case(
            _A,
            "{periods} perioder er lest; om de er åpne, sier Xledger ikke. Importnivåer i bruk: {levels}.",
            "{periods} periods were read; whether they are open, Xledger does not say. Import levels in use: {levels}.",
        ),
    },
    Assumption.EXPORT_WSDL: {
        FITS: Case(
            _A, "{operations} funksjoner, med feltene våre.", "{operations} operations, with our fields."
        ),
        "renamed": Case(
            _F,
            "Noe heter noe annet: {names}. Vi kaller det slik fra nå av.",
            "Some of it has other names: {names}. It is called so from now on.",
        ),
        "lacks": Case(
            _S,
            "Tjenesten har ikke {lacking}. Den har: {offered}. Stanser: {stops}.",
            "The service does not have {lacking}. It has: {offered}. Stops: {stops}.",
        ),
    },
    Assumption.EXPORT_COLUMNS: {
        FITS: Case(
            _A,
            "{count} linjer, {account} med konto og {project} med prosjekt.",
            "{count} lines, {account} with an account and {project} with a project.",
        ),
        "renamed": Case(
            _F,
            "{count} linjer. Noen kolonner heter noe annet: {names}. Vi leser dem slik fra nå av.",
            "{count} lines. Some columns have other names: {names}. They are read so from now on.",
        ),
        "lacks": Case(
            _S,
            "{count} linjer uten {lacking}. Kolonnene er: {columns}. Stanser: {stops}.",
            "{count} lines without {lacking}. The columns are: {columns}. Stops: {stops}.",
        ),
    },
    Assumption.EXPORT_PROJECT: {
        FITS: Case(
            _A,
            "{known} av {count} linjer har et kjent prosjektnummer i dimensjon {slot}.",
            "{known} of {count} lines have a known project number in dimension {slot}.",
        ),
        "other": Case(
            _F,
            "Kjente prosjektnumre står i dimensjon {slot}. Vi leser dem der fra nå av.",
            "Known project numbers stand in dimension {slot}. They are read there from now on.",
        ),
        "typed": Case(
            _S,
            "Kjente prosjektnumre står i dimensjon {slot}, men vi leser {reads}. Rett innstillingen. Stanser: {stops}.",
            "Known project numbers stand in dimension {slot}, but {reads} is read. Correct the setting. Stops: {stops}.",
        ),
    },
    Assumption.EXPORT_IDS: {
        FITS: Case(_A, "{count} linjer, {ids} ulike id-er.", "{count} lines, {ids} different ids."),
        "voucher": Case(
            _F,
            "{count} linjer, men {ids} ulike id-er: id-en er bilagets. Vi skiller linjene ved bilag og linjenummer.",
            "{count} lines, but {ids} different ids: the id is the voucher's. Lines are told apart by voucher and line number.",
        ),
    },
    Assumption.EXPORT_FILTER: {
        FITS: Case(
            _A,
            "{inside} linjer kom for tiden vi spurte om.",
            "{inside} lines came for the time that was asked for.",
        ),
        "empty": Case(
            _S,
            "Filteret gir ikke linjen som ble endret da. Ingen utlegg ville kommet. Stanser: {stops}.",
            "The filter does not give the line that was changed then. No expense would ever come. Stops: {stops}.",
        ),
        "ignored": Case(
            _S,
            "Filteret gir også linjer som ble endret til andre tider. Alt ville blitt lest hver gang. Stanser: {stops}.",
            "The filter also gives lines that were changed at other times. Everything would be read each time. Stops: {stops}.",
        ),
        "refused": Case(
            _S,
            "Xledger tar ikke imot filteret: {words} Stanser: {stops}.",
            "Xledger does not take the filter: {words} Stops: {stops}.",
        ),
    },
    Assumption.MOMENT_CUSTOMERS: _OF_MOMENT,
    Assumption.MOMENT_PROJECTS: _OF_MOMENT,
    Assumption.MOMENT_INVOICES: _OF_MOMENT,
    Assumption.MOMENT_EXPENSES: _OF_MOMENT,
    Assumption.NULL_CLEARS: {},
    Assumption.ATOMIC_LISTS: {},
    Assumption.RESET_AT: {},
}
