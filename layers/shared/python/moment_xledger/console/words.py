"""The console's words, in both languages. A page asks for them by name; a test holds that each has both."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from moment_xledger.console.wording import (
    choices,
    day,
    expenses,
    log,
    overview,
    probe,
    problems,
    record,
    report,
    settings,
    settings_form,
)
from moment_xledger.domain.companies import Language
from moment_xledger.domain.counted import filled
from moment_xledger.domain.deeds import What
from moment_xledger.domain.releases import is_known
from moment_xledger.domain.settings_faults import FIELDS, limits

if TYPE_CHECKING:
    from moment_xledger.domain.control import Place

_WORDS: Mapping[str, tuple[str, str]] = {
    **choices.WORDS,
    **day.WORDS,
    **expenses.WORDS,
    **log.WORDS,
    **overview.WORDS,
    **probe.WORDS,
    **problems.WORDS,
    **record.WORDS,
    **report.WORDS,
    **settings.WORDS,
    **settings_form.WORDS,
    # every page
    "product": ("Moment til Xledger", "Moment to Xledger"),
    "skip": ("Til innholdet", "Skip to content"),
    "menu": ("Sider", "Pages"),
    "exports": ("Eksporter", "Exports"),
    "sign_out": ("Logg ut", "Sign out"),
    "accountant": ("regnskapsfører", "accountant"),
    "administrator": ("administrator", "administrator"),
    "operator": ("driftsansvarlig", "operator"),
    # signing in
    "enter": ("Logg inn", "Sign in"),
    "enter_as": ("Du logger inn som", "You are signing in as"),
    "enter_for": ("for", "for"),
    "enter_how": (
        "Lenken virker én gang. Du er logget inn i åtte timer, eller til du logger ut.",
        "The link works once. You stay signed in for eight hours, or until you sign out.",
    ),
    "signed_out": ("Du er logget ut", "You are signed out"),
    "signed_out_how": (
        "Gå inn fra Moment når du vil hit igjen.",
        "Enter from Moment when you want to come back.",
    ),
    # the list
    "list_caption": ("Alle eksporter, nyeste først", "All exports, newest first"),
    "number": ("Nr.", "No."),
    "export": ("Eksport", "Export"),
    "made": ("Laget", "Made"),
    "by": ("Av", "By"),
    "invoices": ("Fakturaer", "Invoices"),
    "numbers": ("Fra–til", "From–to"),
    "total": ("Sum", "Total"),
    "status": ("Status", "Status"),
    "ready": ("Klar", "Ready"),
    "frozen": ("Lages nå", "Being made"),
    "gathering": ("Lages nå", "Being made"),
    "schedule": ("Tidsplanen", "The schedule"),
    "older": ("Eldre eksporter", "Older exports"),
    "newest": ("Nyeste eksporter", "Newest exports"),
    "no_exports": ("Ingen eksporter ennå.", "No exports yet."),
    "refresh": ("Oppdater siden", "Refresh the page"),
    "export_now": ("Eksporter nå", "Export now"),
    "waiting": (
        "{0} {0:ny faktura|nye fakturaer} venter på neste eksport.",
        "{0} new {0:invoice waits|invoices wait} for the next export.",
    ),
    "waiting_more": (
        "Over {0} nye fakturaer venter på neste eksport.",
        "More than {0} new invoices wait for the next export.",
    ),
    "nothing_new": (
        "Ingen nye fakturaer venter på eksport. Den siste var eksport {0}, {1}.",
        "No new invoices wait for an export. The last was export {0}, {1}.",
    ),
    "nothing_yet": ("Ingen fakturaer venter på eksport.", "No invoices wait for an export."),
    "being_made": (
        "Eksport {0} lages nå. Det tar vanligvis under et minutt.",
        "Export {0} is being made. It usually takes less than a minute.",
    ),
    "takes_long": (
        "Denne har svært mange fakturaer, så den kan ta en time.",
        "This one has very many invoices, so it may take an hour.",
    ),
    "asked": (
        "Eksporten er bestilt. Oppdater siden om litt. Er det ingenting nytt, lages det ingen fil.",
        "The export has been ordered. Refresh the page in a moment. If there is nothing new, no file is made.",
    ),
    "asked_paused": (
        "Eksporten er bestilt. Arbeidet er satt på pause; den lages av seg selv når pausen er over.",
        "The export has been ordered. The work is paused; it is made by itself when the pause is over.",
    ),
    "asked_ready": ("Eksporten du bestilte, er klar:", "The export you ordered is ready:"),
    "asked_making": ("Eksporten du bestilte, lages nå:", "The export you ordered is being made:"),
    # one export
    "rows": ("Linjer i filen", "Lines in the file"),
    "first_last": ("Fakturanumre", "Invoice numbers"),
    "format": ("Filformat", "File format"),
    "upload": ("Opplasting til Xledger", "Upload to Xledger"),
    "upload_pending": ("Venter, og går av seg selv", "Waits, and goes by itself"),
    "upload_sending": ("Sendes nå", "Being sent"),
    "upload_uploaded": ("Levert til Xledgers filimport", "Handed to Xledger's file import"),
    "upload_arrived": ("Fakturaene er sett i Xledger", "The invoices were seen in Xledger"),
    "upload_blind": (
        "Levert til Xledgers filimport; herfra kan ingen se om fakturaene er bokført",
        "Handed to Xledger's file import; nobody can see from here whether the invoices are booked",
    ),
    "upload_taken_apart": (
        "Avvist av Xledger; fakturaene går på nytt når de er i orden",
        "Refused by Xledger; its invoices go again when they are sound",
    ),
    "upload_overtaken": (
        (
            "Ikke levert: innstillingene eller et kundenummer ble endret imens. Fakturaene går i en ny fil. "
            "Ikke bruk denne."
        ),
        (
            "Not handed over: the settings or a customer number changed meanwhile. Its invoices go in a new file. "
            "Do not use this one."
        ),
    ),
    "upload_unsound": (
        (
            "Ikke levert: {0} {0:faktura|fakturaer} i filen kunne ikke lenger gå. {0:Den|De} overføres ikke, eller "
            "holdes tilbake med sin grunn, og resten går i en ny fil. Ikke bruk denne filen."
        ),
        (
            "Not handed over: {0} {0:invoice|invoices} in the file could no longer go. {0:It is|They are} not "
            "transferred, or held back with the reason, and the rest goes in a new file. Do not use this file."
        ),
    ),
    "upload_refused": ("Ikke tatt imot: se problemene", "Not taken: see the problems"),
    "upload_uncertain": ("Kanskje tatt imot: se problemene", "Perhaps taken: see the problems"),
    "file_key": ("Filnøkkel i Xledger", "File key in Xledger"),
    "repeats": ("Gjentar", "Repeats"),
    "sums_caption": ("Sum per MVA-kode, inkl. MVA", "Totals per VAT code, incl. VAT"),
    "vat_code": ("MVA-kode", "VAT code"),
    "currency": ("Valuta", "Currency"),
    "amount": ("Beløp", "Amount"),
    "series": ("Nummerserien", "The number series"),
    "series_whole": (
        "Ingen numre mangler siden forrige eksport.",
        "No numbers are missing since the export before.",
    ),
    "series_unknown": (
        "Følgeseddelen mangler, så hull i nummerserien kan ikke vises.",
        "The manifest is missing, so gaps in the number series cannot be shown.",
    ),
    "gaps_caption": ("Numre som ikke er med", "Numbers that are not in it"),
    "reason": ("Grunn", "Reason"),
    "late_caption": ("Numre som kom for sent", "Numbers that came late"),
    "late_belongs": ("Hører foran", "Belongs before"),
    "not_listed": ("… og {0} til", "… and {0} more"),
    "files": ("Filer", "Files"),
    "files_how": (
        "Filene er de samme hver gang. Hver nedlasting blir ført i loggen.",
        "The files are the same every time. Each download is noted in the log.",
    ),
    "file": ("Fil til Xledger", "File for Xledger"),
    "review": ("Kontrollfil for Excel", "Review file for Excel"),
    "manifest": ("Følgeseddel", "Manifest"),
    "file_about": ("importeres i Xledger", "to import in Xledger"),
    "file_about_uploaded": (
        "leveres til Xledger av seg selv; importer den ikke i tillegg",
        "is handed to Xledger by itself; do not import it as well",
    ),
    "seen_in_xledger": ("Sett i Xledger", "Seen in Xledger"),
    "seen_of": ("{0} av {1} {1:faktura|fakturaer}", "{0} of {1} {1:invoice|invoices}"),
    "review_about": ("de samme fakturaene, til å lese", "the same invoices, to read"),
    "manifest_about": ("innhold og kontrollsummer, for maskiner", "content and checksums, for machines"),
    "fetch": ("Last ned", "Download"),
    "files_how_not_yours": (
        "Filene kan lastes ned av regnskapsfører og administrator.",
        "The files can be downloaded by the accountant and the administrator.",
    ),
    "checksum": ("SHA-256 av filen til Xledger", "SHA-256 of the file for Xledger"),
    "again": ("Eksporter på nytt", "Export again"),
    "again_title": ("Eksportere de samme fakturaene på nytt?", "Export the same invoices again?"),
    "again_what": (
        "Det lages en ny eksport med {0:den samme fakturaen|de samme {0} fakturaene} som i eksport {1}.",
        "A new export is made with the same {0:invoice|{0} invoices} as in export {1}.",
    ),
    "again_careful": (
        (
            "Er eksport {0} alt importert i Xledger, blir fakturaene ført dobbelt. "
            "Har du bare mistet filen, kan du laste den ned igjen: den er uendret."
        ),
        (
            "If export {0} is already imported in Xledger, the invoices will be booked twice. "
            "If you only lost the file, download it again: it has not changed."
        ),
    ),
    "again_yes": ("Ja, lag en ny eksport", "Yes, make a new export"),
    "again_no": ("Nei, tilbake", "No, go back"),
    # refusals
    "to_overview": ("Til oversikten", "To the overview"),
    "refused_400": ("Forespørselen kan ikke leses", "The request cannot be read"),
    "refused_400_what": ("Gå tilbake og prøv igjen.", "Go back and try again."),
    "refused_401": ("Lenken virker ikke", "This link does not work"),
    "refused_401_what": (
        "Den er brukt, utløpt eller ikke riktig, eller du er logget ut. Gå inn fra Moment på nytt.",
        "It has been used, has expired or is not right, or you are signed out. Enter from Moment again.",
    ),
    "refused_403": ("Ikke tillatt", "Not allowed"),
    "refused_403_what": (
        "Ingenting er gjort. Åpne siden på nytt og prøv igjen; rollen din kan også mangle denne rettigheten.",
        "Nothing was done. Open the page anew and try again; your role may also lack this right.",
    ),
    "refused_404": ("Siden finnes ikke", "There is no such page"),
    "refused_404_what": (
        "Adressen er feil, eller det den viser til, finnes ikke.",
        "The address is wrong, or what it leads to does not exist.",
    ),
    "refused_409": ("Ingenting er utlevert", "Nothing was handed out"),
    "refused_409_what": (
        (
            "Den lagrede filen er borte eller endret, og en lik kan ikke lages på nytt. "
            "Driftsansvarlig har fått beskjed og henter den fra en sikkerhetskopi."
        ),
        (
            "The stored file is gone or changed, and the same cannot be made again. "
            "The operator has been told and restores it from an older version."
        ),
    ),
    "refused_415": ("Ikke et skjema", "Not a form"),
    "refused_415_what": (
        "Det som ble sendt, kommer ikke fra et skjema på disse sidene. Gå tilbake og prøv igjen.",
        "What was sent does not come from a form of these pages. Go back and try again.",
    ),
    "refused_500": ("Noe gikk galt hos oss", "Something went wrong on our side"),
    "refused_500_what": (
        "Feilen er ført i loggen. Prøv igjen om litt.",
        "The fault is in the log. Try again in a moment.",
    ),
    "refused_503": ("Akkurat nå er det for mye å gjøre", "Too busy at this moment"),
    "refused_503_what": (
        "Siden kunne ikke hentes eller endringen ikke lagres. Vent et halvt minutt og prøv igjen.",
        "The page could not be read, or the change not be saved. Wait half a minute and try again.",
    ),
}


OF_STORED_VALUES = (
    *("about", "gate", "kind", "mail", "one", "outcome", "route"),
    *("sent", "state", "status", "step", "tried", "upload", "way"),
)


class Words:
    """What only some pages say is loaded where it is said."""

    def __init__(self, language: Language) -> None:
        self.language = language if is_known(language) else Language.ENGLISH
        self._side = 0 if language is Language.NORWEGIAN else 1

    def __call__(self, name: str, *values: object) -> str:
        kind, _, value = name.partition("_")
        if name not in _WORDS and kind in OF_STORED_VALUES:  # only a newer release knows its word
            return value
        return filled(_WORDS[name][self._side], *values)

    def stored(self, value: str) -> str:
        """A stored value that is its own name; as it stands where it is not known here."""
        return self(value) if value in _WORDS else value

    def reason(self, given: str) -> str:
        """Why a number is missing, out of the manifest, whose own words are English for machines."""
        from moment_xledger.domain.absences import in_words

        return in_words(given, self.language)

    def kind(self, kind: str) -> str:
        """What a problem is about; as it stands where it is not known here."""
        known = _WORDS.get(f"kind_{kind}")
        return known[self._side] if known else kind

    def one(self, kind: str, number: str) -> str:
        """What one problem is about."""
        known = _WORDS.get(f"one_{kind}")
        return f"{known[self._side] if known else self.kind(kind)} {number}".strip()

    def field(self, name: str) -> str:
        """Of the settings, as its form calls it."""
        known = FIELDS.get(name)
        return known[self._side] if known else name

    def setting(self, value: object) -> str:
        match value:
            case None | "" | () | []:
                return self("empty")
            case bool():
                return self("on" if value else "off")
            case list():
                return "\n".join(map(str, value))
            case dict():
                return ", ".join(f"{ours}\u00a0→\u00a0{theirs}" for ours, theirs in value.items())
        known = _WORDS.get(f"value_{value}")
        return known[self._side] if known else str(value)

    def month(self, month: str) -> str:
        """2026-10 as people say it."""
        year, _, number = month.partition("-")
        return f"{self(f'month_{number}')} {year}"

    def place(self, place: "Place") -> str:
        """Where invoices are, in the control report."""
        from moment_xledger.domain.control import place_name

        name = place_name(place, self.language)
        return name[:1].upper() + name[1:]

    def route(self, route: str) -> str:
        from moment_xledger.domain.absences import in_short

        return in_short(route, self.language)

    def detail(self, detail: str) -> str:
        """Of a line of the control report."""
        from moment_xledger.domain.control import detail_name

        return detail_name(detail, self.language)

    def option(self, value: str) -> str:
        """Of a field where one chooses."""
        known = _WORDS.get(f"value_{value}")
        return known[self._side] if known else value

    def hint(self, field: str) -> str:
        """What to write there."""
        known = _WORDS.get(f"hint_{field.replace('.', '_')}")
        return known[self._side] if known else limits(field, self.language)

    def deed(self, what: What) -> str:
        return log.NORWEGIAN.get(what, str(what)) if self.language is Language.NORWEGIAN else str(what)

    def made_by(self, by: str) -> str:
        return self("schedule") if by in ("schedule", "sweep") else by


def late(sentence: str) -> tuple[str, str] | None:
    """The numbers, and the export that they belong before, out of the manifest's sentence."""
    found = re.fullmatch(r"([\d-]+) belongs? before export (\d+)", sentence)
    return (found[1].replace("-", "–"), found[2]) if found else None
