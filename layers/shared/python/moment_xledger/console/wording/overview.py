from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "overview": ("Oversikt", "Overview"),
    "problems": ("Problemer", "Problems"),
    "gate": ("Veien til Xledger", "The way to Xledger"),
    "gate_open": ("Åpen", "Open"),
    "gate_closed": ("Stengt", "Closed"),
    "gate_closed_until": ("Stengt til {0}", "Closed until {0}"),
    "gate_allowance": (
        "fordi vi har brukt vår andel av timens forespørsler",
        "because we have used our share of the hour's requests",
    ),
    "gate_credits": (
        "fordi Xledger sier at timens forespørsler er brukt opp",
        "because Xledger says that the hour's requests are used up",
    ),
    "gate_auth": (
        "fordi Xledger ikke godtar API-nøkkelen. Lagre en ny i innstillingene. Den gamle prøves av og til",
        "because Xledger does not accept the API key. Save a new one in the settings. The old one is tried at times",
    ),
    "gate_in doubt": (
        "fordi et svar fra Xledger uteble; først ser vi etter hva som kom fram",
        "because an answer from Xledger never came; first we look up what arrived",
    ),
    "gate_down": (
        "fordi Xledger ikke svarer. Vi prøver igjen av oss selv",
        "because Xledger does not answer. We try again by ourselves",
    ),
    "gate_barred": (
        "fordi Xledger, eller en brannmur på veien, svarer nei uten grunn (HTTP 401 eller 403). Vi prøver igjen",
        "because Xledger, or a firewall on the way, says no without a reason (HTTP 401 or 403). We try again",
    ),
    "paused": ("Arbeidet er satt på pause.", "The work is paused."),
    "paused_by": ("Det er gjort av {0} {1}. Grunn: «{2}».", "By {0}, {1}. Reason: “{2}”."),
    "the_operator": ("driftsansvarlig", "the operator"),
    "paused_how": (
        "Imens sendes ingenting, og ingen eksport lages. Alt går av seg selv når pausen er over.",
        "Meanwhile nothing is sent, and no export is made. Everything goes by itself when the pause is over.",
    ),
    "requests_of": (
        "{0} av {1} {1:forespørsel|forespørsler} brukt den siste timen.",
        "{0} of {1} {1:request|requests} used in the last hour.",
    ),
    "requests_of_about": (
        (
            "{0} av omtrent {1} {1:forespørsel|forespørsler} brukt den siste timen. Så mange slapp Xledger gjennom "
            "sist de ble brukt opp."
        ),
        (
            "{0} of about {1} {1:request|requests} used in the last hour. Xledger let through so many when they were "
            "last used up."
        ),
    ),
    "requests": (
        "{0} {0:forespørsel|forespørsler} brukt den siste timen.",
        "{0} {0:request|requests} used in the last hour.",
    ),
    "nothing_is_lost": ("Det som venter, går av seg selv.", "What waits goes by itself."),
    "kinds_caption": ("Kunder og prosjekter", "Customers and projects"),
    "kind": ("Hva", "What"),
    "kind_customer": ("Kunder", "Customers"),
    "kind_project": ("Prosjekter", "Projects"),
    "kind_records": ("Kunder og prosjekter", "Customers and projects"),
    "kind_invoice": ("Fakturaer", "Invoices"),
    "kind_event": ("Hendelser", "Events"),
    "kind_export": ("Eksporter", "Exports"),
    "kind_mail": ("E-poster", "Mails"),
    "kind_expense": ("Utgifter", "Expenses"),
    "kind_expenses": ("Utgifter", "Expenses"),
    "kind_settings": ("Innstillinger", "Settings"),
    "is_off": ("slått av", "switched off"),
    "in_xledger": ("I Xledger", "In Xledger"),
    "waits": ("Venter", "Waiting"),
    "waits_since": ("Eldste har ventet siden", "The oldest has waited since"),
    "invoices_received": ("Mottatt fra Moment", "Received from Moment"),
    "to_go": ("Skal ut", "To go"),
    "to_go_none": ("Ingen venter.", "None is waiting."),
    "more_than": ("over {0}", "more than {0}"),
    "route_off": ("overføres ikke", "not transferred"),
    "route_file": ("i neste fil", "in the next file"),
    "route_email": ("med e-post", "by mail"),
    "route_upload": ("i neste opplasting", "in the next upload"),
    "last_export": ("Siste eksport", "Last export"),
    "all_well": ("Ingen problemer.", "No problems."),
    "so_many_problems": ("{0} {0:problem|problemer}", "{0} {0:problem|problems}"),
    "for_accountant": ("for regnskapsfører", "for the accountant"),
    "for_administrator": ("for administrator", "for the administrator"),
    "for_operator": ("for driftsansvarlig", "for the operator"),
    "as_of": ("Slik det var {0}.", "As it was at {0}."),
}
