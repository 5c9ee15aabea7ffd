"""What a person can say about a problem: the button, what it means, and what the page says afterwards."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "decide": ("Hva er riktig?", "What is right?"),
    "decide_how": (
        "Se etter i Moment og Xledger først. Valget ditt føres i loggen.",
        "Look in Moment and Xledger first. Your choice is noted in the log.",
    ),
    "or_choose": ("Du kan også velge hva som er riktig.", "You can also choose what is right."),
    "choice_arrived": ("Den er kommet fram", "It arrived"),
    "did_arrived": ("Notert. Det står i loggen.", "Noted. It is in the log."),
    "choice_again": ("Send på nytt", "Send again"),
    "choice_let_through": ("Slipp fakturaen gjennom", "Let the invoice through"),
    "about_let_through": (
        "Fakturaen er riktig slik den er, og skal overføres. Det gjelder bare denne.",
        "The invoice is right as it is, and is to be transferred. This counts for this one only.",
    ),
    "did_let_through": (
        "Notert. Fakturaen går med neste overføring.",
        "Noted. The invoice goes with the next transfer.",
    ),
    "choice_by_hand": ("Fakturaen er ført for hånd", "The invoice was booked by hand"),
    "about_by_hand": (
        "Fakturaen står i Xledger, ført for hånd, og overføres ikke herfra. En kreditnota som retter den, overføres.",
        "It is in Xledger, booked by hand, and is not transferred from here. A credit note for it is transferred.",
    ),
    "did_by_hand": (
        "Notert. Fakturaen overføres ikke; kreditnotaen går med neste overføring.",
        "Noted. The invoice is not transferred; its credit note goes with the next transfer.",
    ),
    "choice_both_out": ("Utelat fakturaen og kreditnotaen", "Leave the invoice and its credit note out"),
    "about_both_out": (
        "Fakturaen krediteres i Moment, og ingen av de to overføres. Det gjelder også en kreditnota som kommer senere.",
        "It is credited in Moment, and neither is transferred. This counts for a credit note that comes later too.",
    ),
    "did_both_out": (
        "Notert. Verken fakturaen eller kreditnotaen overføres.",
        "Noted. Neither the invoice nor its credit note is transferred.",
    ),
    "choice_same_company": ("Det er samme selskap", "It is the same company"),
    "about_same_company": (
        "Kunden knyttes til selskapet som står i Xledger. Det gjelder bare denne kunden.",
        "The customer is linked to the company that is in Xledger. This counts for this customer only.",
    ),
    "did_same_company": (
        "Notert. Kunden sendes til Xledger om et par minutter.",
        "Noted. The customer is sent to Xledger in a minute or two.",
    ),
    "did_again": ("Sendes på nytt om et par minutter.", "It is sent again in a minute or two."),
    "choice_apart": ("Del den opp", "Take it apart"),
    "about_apart": (
        (
            "Xledger avviste filen. Det ses etter i Xledger én gang til; fakturaer som ikke er der, "
            "kontrolleres på nytt. De som er i orden, går i en ny fil, og de andre vises som problemer."
        ),
        (
            "Xledger refused the file. Xledger is looked through once more; invoices that are not there are checked "
            "anew. Those that are sound go in a new file, and the others are shown as problems."
        ),
    ),
    "did_apart": (
        "Filen deles opp i løpet av noen minutter.",
        "The file is taken apart within some minutes.",
    ),
    "choice_try_all": ("Prøv alle på nytt", "Try all again"),
    "about_try_all": (
        "Det koster høyst {0} forespørsler av timens kvote hos Xledger.",
        "It costs at most {0} requests of the hour's allowance at Xledger.",
    ),
    "did_try_all": (
        "Alle prøves på nytt om et par minutter.",
        "All are tried again in a minute or two.",
    ),
    "choice_take_over": ("Ta over det Moment har nå", "Take over what Moment has now"),
    "about_take_over": (
        (
            "Det Moment sendte sist om hver av dem, gjelder fra nå, også om det er eldre. "
            "Det sendes til Xledger i løpet av noen minutter."
        ),
        (
            "What Moment sent last about each of them counts from now on, also if it is older. "
            "It is sent to Xledger within some minutes."
        ),
    ),
    "did_take_over": (
        "Det Moment sendte sist, tas over. Problemet går bort når alt er tatt over.",
        "What Moment sent last is being taken over. The problem goes away when all of it is.",
    ),
}
