from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "probe": ("Sjekk av alt", "Check of everything"),
    "probe_how": (
        "Her ser du hva vi antar om selskapets Xledger og Moment, og hva vi fant. Ingenting skrives når vi sjekker, og det tar høyst 25 forespørsler.",  # noqa: E501
        "This is what is assumed of the company's Xledger and Moment, and what was found. Checking writes nothing, and takes at most 25 requests.",  # noqa: E501
    ),
    "probe_now": ("Sjekk alt", "Check everything"),
    "probe_again": ("Sjekk alt på nytt", "Check everything again"),
    "probed": (
        "Sjekket {0} av {1}, med {2} {2:forespørsel|forespørsler}.",
        "Checked {0} by {1}, in {2} {2:request|requests}.",
    ),
    "probed_never": ("Det er ikke sjekket ennå.", "It has not been checked yet."),
    "probe_passed": ("Ingenting er i veien.", "Nothing is in the way."),
    "probe_stops": ("Noe er i veien. Det står øverst.", "Something is in the way. It comes first."),
    "probe_held": ("Dette er stanset inntil videre:", "This is stopped for the time being:"),
    "probe_go_on": ("Gå videre likevel", "Go on all the same"),
    "probe_go_on_how": (
        "Den som velger det, tar ansvaret for det som er stanset ovenfor. Det føres i loggen.",
        "Whoever chooses it answers for what is stopped above. It is noted in the log.",
    ),
    "work_customers": ("kunder", "customers"),
    "work_projects": ("prosjekter", "projects"),
    "work_invoices": ("fakturaer", "invoices"),
    "work_expenses": ("utlegg", "expenses"),
    "work_nights": ("nattens sammenligninger", "the nightly comparisons"),
    "rights": ("Rettigheter API-nøkkelen trenger", "Rights that the API key needs"),
    "rights_how": (
        "Kryss av disse i Xledger når nøkkelen lages (Administrasjon, Systemtilgang, GraphQL, API-nøkler). Lag den som en felles integrasjonsbruker: en nøkkel slutter å virke når den som laget den, slutter.",  # noqa: E501
        "Tick these in Xledger when the key is made (Administration, System Access, GraphQL, API tokens). Make it as a shared integration user: a key stops working when the person who made it leaves.",  # noqa: E501
    ),
    "rights_area": ("Område", "Area"),
    "rights_elsewhere": ("ikke kjent; let i listen", "not known; look through the list"),
    "rights_name": ("Rettighet", "Right"),
    "rights_read": ("Lese", "Read"),
    "rights_write": ("Skrive", "Write"),
    "rights_yes": ("ja", "yes"),
    "rights_no": ("–", "–"),
    "rights_optional": ("valgfri", "optional"),
    "probe_first": (
        "Noe overføres ikke ennå: velg «Sjekk alt», og les hva som ble funnet.",
        "Something is not transferred yet: choose “Check everything”, and read what was found.",
    ),
    "probe_see": ("Se hva sjekken fant", "See what the check found"),
    "verdict_as_assumed": ("Som antatt", "As assumed"),
    "verdict_followed": ("Annerledes, og vi følger det", "Different: we follow it"),
    "verdict_stop": ("Annerledes, og vi stanser", "Different: stop"),
    "verdict_unknown": ("Kan ikke vites", "Cannot be known"),
}
