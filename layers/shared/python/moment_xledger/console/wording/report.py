from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "report": ("Kontroll", "Control report"),
    "report_title": ("Kontroll av en måned", "Control report of a month"),
    "report_how": (
        "Hver faktura i Moment med fakturadato i måneden, og hva som ble av den. Det kan ta opptil et minutt.",
        "Each invoice in Moment dated in the month, and what became of it. It can take up to a minute.",
    ),
    "report_month": ("Måned", "Month"),
    "report_show": ("Vis", "Show"),
    "report_csv": ("Last ned som CSV", "Download as CSV"),
    "report_whole": (
        "Hver faktura i Moment er gjort rede for: ingen mangler, og ingen er holdt tilbake.",
        "Each invoice in Moment is accounted for: none is missing, and none is held back.",
    ),
    "report_empty": (
        "Moment har ingen fakturaer fra denne måneden.",
        "Moment has no invoices of this month.",
    ),
    "report_missing": ("Mangler her", "Missing here"),
    "report_waiting": ("Venter", "Waiting"),
    "report_held": ("Holdt tilbake", "Held back"),
    "report_in_moment": ("I Moment", "In Moment"),
    "report_missing_what": (
        "Det som mangler, hentes av seg selv hver natt. Mangler det fortsatt i morgen, si fra til driftsansvarlig.",
        "What is missing is taken in by itself each night. If it is still missing tomorrow, tell the operator.",
    ),
    "report_held_what": ("Se problemene.", "See the problems."),
    "report_caption": (
        "Antall og sum inkl. MVA, etter hvor de er",
        "Count and sum incl. VAT, by where they are",
    ),
    "report_place": ("Hvor", "Where"),
    "report_route": ("Rute", "Route"),
    "report_detail": ("Detalj", "Detail"),
    "report_count": ("Antall", "Count"),
    "report_sum": ("Sum inkl. MVA", "Sum incl. VAT"),
    "report_key_refused": (
        "Moment godtar ikke API-nøkkelen, så det er ingen kontroll nå. En administrator må lagre en ny nøkkel.",
        "Moment does not accept the API key, so there is no report now. An administrator must save a new one.",
    ),
    "report_moment_down": (
        "Moment svarer ikke, og uten svaret er det ingen kontroll. Prøv igjen om litt.",
        "Moment does not answer, and without its answer there is no report. Try again in a while.",
    ),
    "report_too_long": (
        "Det er for mange fakturaer til å telle mens du venter. Driftsansvarlig kan lage rapporten fra kommandolinjen.",
        "There are too many invoices to count while you wait. The operator can make the report on the command line.",
    ),
    **{
        f"month_{number:02}": names
        for number, names in enumerate(
            (
                ("januar", "January"),
                ("februar", "February"),
                ("mars", "March"),
                ("april", "April"),
                ("mai", "May"),
                ("juni", "June"),
                ("juli", "July"),
                ("august", "August"),
                ("september", "September"),
                ("oktober", "October"),
                ("november", "November"),
                ("desember", "December"),
            ),
            start=1,
        )
    },
}
