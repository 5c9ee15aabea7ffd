from collections.abc import Mapping

from moment_xledger.domain.deeds import What

WORDS: Mapping[str, tuple[str, str]] = {
    "log": ("Logg", "Log"),
    "log_caption": ("Hva som er gjort her, nyeste først", "What was done here, newest first"),
    "log_none": ("Ingenting er ført ennå.", "Nothing is noted yet."),
    "when": ("Når", "When"),
    "who": ("Hvem", "Who"),
    "what": ("Hva", "What"),
    "about": ("Om", "About"),
    "by_link": ("en som hadde lenken", "somebody with the link"),
    "notices": ("Varsler på e-post", "Notices by mail"),
    "notices_how": (
        "Det som haster, varsles med en gang og én gang; resten samles kl. 07 og 13 på hverdager.",
        "What is urgent is told at once and once; the rest is gathered at 07:00 and 13:00 on working days.",
    ),
    "notices_none": (
        "Ingen adresser står under Varsler i innstillingene.",
        "No addresses are listed under Notices in the settings.",
    ),
    "address": ("Adresse", "Address"),
    "last_urgent": ("Sist varslet med en gang", "Last told at once"),
    "last_digest": ("Siste samlevarsel", "Last digest"),
    "open_then": ("Problemer i det", "Problems in it"),
    "address_stopped": ("stoppet til adressen bekreftes", "stopped until the address is confirmed"),
    "earlier": ("Tidligere", "Earlier"),
    "latest": ("Nyeste", "Latest"),
}

# The deeds' own words are English.
NORWEGIAN: Mapping[What, str] = {
    What.SIGNED_IN: "logget inn",
    What.SIGNED_OUT: "logget ut",
    What.ASKED_FOR_EXPORT: "bestilte en eksport",
    What.ASKED_FOR_EXPORT_AGAIN: "bestilte en eksport på nytt",
    What.FETCHED_FILE: "lastet ned en fil",
    What.HAD_MAIL_SENT_AGAIN: "ba om at en faktura sendes på e-post igjen",
    What.SAID_MAIL_ARRIVED: "bekreftet at en faktura på e-post kom fram",
    What.HAD_FILE_UPLOADED_AGAIN: "ba om at en fil lastes opp igjen",
    What.SAID_FILE_ARRIVED: "bekreftet at en opplastet fil kom fram",
    What.HAD_FILE_TAKEN_APART: "ba om at en avvist fil deles opp",
    What.CONFIRMED_ADDRESS: "bekreftet en e-postadresse",
    What.CHANGED_SETTINGS: "endret innstillingene",
    What.TESTED_CONNECTION: "testet forbindelsen",
    What.PROBED: "sjekket alt",
    What.WENT_ON_WITHOUT: "gikk videre uten hensyn til sjekken av alt",
    What.RETRIED_PROBLEM: "ba om nytt forsøk på et problem",
    What.DECIDED_PROBLEM: "tok et valg om et problem",
    What.SKIPPED_PROBLEM: "hoppet over et problem",
    What.PAUSED: "satte arbeidet på pause",
    What.RESUMED: "lot arbeidet gå videre",
    What.SHARED_ENTITY: "tillot å skrive der et annet selskap skriver",
    What.FORGOT_PERSON: "slettet en persons opplysninger",
    What.UNSHARED_ENTITY: "tillot ikke lenger å skrive der et annet selskap skriver",
}
