from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "problem": ("Problem", "Problem"),
    "no_problems": ("Ingen problemer. Alt som skal ut, går av seg selv.", "No problems. All goes by itself."),
    "solved_by": ("Løses av", "To be solved by"),
    "their_words": ("Svaret var", "The answer was"),
    "seen_once": ("Sett {0}", "Seen {0}"),
    "seen_often": (
        "Sett {0} {0:gang|ganger}, første gang {1}, sist {2}",
        "Seen {0} {0:time|times}, first {1}, last {2}",
    ),
    "show_all": ("Vis alle {0}", "Show all {0}"),
    "open_one": ("Åpne", "Open"),
    "all_groups": ("Alle problemer", "All problems"),
    "next_page": ("Neste side", "Next page"),
    "retry": ("Prøv på nytt", "Try again"),
    "retry_all": ("Prøv alle på nytt", "Try all again"),
    "skip_problem": ("Hopp over", "Skip it"),
    "skip_how": (
        (
            "Problemet blir borte herfra, og det det gjelder, blir stående som det er. En faktura som hoppes over, "
            "blir aldri overført; hullet i nummerserien forklares i neste eksport."
        ),
        (
            "The problem goes from here, and what it is about stays as it is. An invoice that is skipped is never "
            "transferred; the gap in the number series is explained in the next export."
        ),
    ),
    "skip_reason": (
        "Grunn, til den som leser loggen (3–300 tegn)",
        "Reason, for whoever reads the log (3–300 characters)",
    ),
    "skip_reason_fault": (
        "Skriv en grunn på 3 til 300 tegn. Ingenting er gjort.",
        "Write a reason of 3 to 300 characters. Nothing was done.",
    ),
    "choose": ("Kom det fram?", "Did it arrive?"),
    "choose_how": (
        "Se etter i Xledger først. Sendes det på nytt og det alt var kommet fram, blir det ført dobbelt.",
        "Look in Xledger first. If it is sent again and had arrived already, it will be booked twice.",
    ),
    "choose_file_key": (
        "Filnøkkelen i Xledger, om du har den",
        "The file key in Xledger, if you have it",
    ),
    "way_by_itself": ("Forsøkes på nytt av seg selv.", "It is tried again by itself."),
    "way_test": (
        "Test forbindelsen på nytt i innstillingene.",
        "Test the connection again, in the settings.",
    ),
    "way_choose": ("Krever et valg, se teksten.", "Needs a choice, see the text."),
    "way_decide": (
        "Åpne problemet og velg hva som er riktig.",
        "Open the problem and choose what is right.",
    ),
    "did_decide": (
        "Ingenting er gjort. Åpne problemet og velg hva som er riktig.",
        "Nothing was done. Open the problem and choose what is right.",
    ),
    "way_settle": (
        "Gjør det som står, og hopp så over problemet her.",
        "Do what it says, and then skip the problem here.",
    ),
    "did_settle": (
        "Ingenting er gjort. Gjør det som står, og hopp så over problemet her.",
        "Nothing was done. Do what it says, and then skip the problem here.",
    ),
    "way_correct": (
        "Rett det der det kom fra, og lagre; da går det av seg selv.",
        "Correct it where it came from and save; then it goes by itself.",
    ),
    "did_send": ("Sendes på nytt om et par minutter.", "It is sent again in a minute or two."),
    "did_offer": (
        "Vurdert på nytt. Det som fortsatt ikke stemmer, står her.",
        "Looked at again. What is still wrong is listed here.",
    ),
    "did_open_gate": (
        "Veien til Xledger er åpnet. Det som venter, går om et par minutter.",
        "The way to Xledger is open. What waits goes in a minute or two.",
    ),
    "did_confirm": ("Adressen er i bruk igjen.", "The address is in use again."),
    "did_mail": (
        "E-postene forsøkes på nytt om et par minutter.",
        "The mails are tried again in a minute or two.",
    ),
    "did_by_itself": ("Det forsøkes på nytt av seg selv.", "It is tried again by itself."),
    "did_test": (
        "Ingenting er gjort. Test forbindelsen i innstillingene.",
        "Nothing was done. Test the connection in the settings.",
    ),
    "did_choose": ("Ingenting er gjort. Her kreves et valg.", "Nothing was done. This needs a choice."),
    "did_correct": (
        "Ingenting er gjort. Rett det der det kom fra.",
        "Nothing was done. Correct it where it came from.",
    ),
    "did_skip": ("Hoppet over. Det står i loggen.", "Skipped. It is in the log."),
    "did_gone": ("Problemet er allerede løst.", "The problem has been solved already."),
    "did_left": (
        "Ingenting er gjort: fakturaen er overført eller overføres nå.",
        "Nothing was done: the invoice has left, or leaves now.",
    ),
}
