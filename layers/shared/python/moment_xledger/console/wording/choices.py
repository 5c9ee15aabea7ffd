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
    "choice_same_customer": ("Det er samme kunde", "It is the same customer"),
    "about_same_customer": (
        "Fakturaen er utstedt til kunden som har kundenummeret nå. Det gjelder alle med samme kundenummer og navn.",
        "It was issued to the customer that has the number now. This counts for all with the same number and name.",
    ),
    "did_same_customer": (
        "Notert. Fakturaen overføres med neste eksport eller e-post.",
        "Noted. The invoice is transferred with the next export or email.",
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
            "Velg dette bare når Xledger har avvist filen. Fakturaer som ses i Xledger, går ikke på nytt. "
            "De andre kontrolleres og går i mindre filer, så en faktura som Xledger avviser, blir stående alene. "
            "Kan API-nøkkelen ikke lese fakturaene i Xledger, går alle på nytt: da må ingen av dem være der."
        ),
        (
            "Choose this only if Xledger refused the file. Invoices that can be seen in Xledger do not go again. "
            "The others are checked and go in smaller files, so that one that Xledger refuses is left alone. "
            "Where the API key may not read invoices in Xledger, all go again: then none of them may be there."
        ),
    ),
    # of an export's page, about a file that Xledger's import took
    "tell_title": ("Har Xledger avvist filen?", "Did Xledger refuse the file?"),
    "tell_how": (
        (
            "Vi leter etter fakturaene i Xledger av oss selv, og sier fra etter en virkedag hvis de mangler. "
            "Ser du allerede i Xledger at importen har avvist filen, kan du si fra nå."
        ),
        (
            "We look for the invoices in Xledger by ourselves, and tell you after a working day if they are missing. "
            "If you already see in Xledger that the import refused the file, you can say so now."
        ),
    ),
    "tell_sure": (
        (
            "Jeg har sett i Xledger (Forsystem → Importer → Filimport) at filen er avvist, og den står ikke "
            "til ny kjøring der. Ellers kan fakturaene bli bokført to ganger."
        ),
        (
            "I have seen in Xledger (Forsystem → Importer → Filimport) that the file was refused, and it does not wait "
            "to be run there again. Otherwise the invoices could be posted twice."
        ),
    ),
    "tell_arrived": (
        "Står alle fakturaene i kundereskontroen i Xledger, kan du si det her.",
        "If all the invoices are in the customer ledger in Xledger, you can say so here.",
    ),
    "did_not_sure": (
        "Ingenting er gjort. Kryss av for at du har sett i Xledger at filen er avvist.",
        "Nothing was done. Tick that you have seen in Xledger that the file was refused.",
    ),
    "did_decided": (
        "Ingenting er gjort. Det er allerede kjent hva som ble av filen.",
        "Nothing was done. It is known already what became of the file.",
    ),
    "did_apart": (
        "Filen deles opp i løpet av noen minutter.",
        "The file is taken apart within some minutes.",
    ),
    "choice_try_all": ("Prøv alle på nytt", "Try all again"),
    "about_try_all": (
        "Det koster høyst {0} {0:forespørsel|forespørsler} av timens kvote hos Xledger.",
        "It costs at most {0} {0:request|requests} of the hour's allowance at Xledger.",
    ),
    "did_try_all": (
        "Alle prøves på nytt om et par minutter.",
        "All are tried again in a minute or two.",
    ),
    "choice_export_again": ("Prøv igjen", "Try again"),
    "about_export_again": (
        "Fakturaen går i en fil for seg selv med neste eksport.",
        "The invoice goes in a file of its own with the next export.",
    ),
    "did_export_again": ("Fakturaen går med neste eksport.", "The invoice goes with the next export."),
    "choice_take_over": ("Ta over det Moment har nå", "Take over what Moment has now"),
    "about_take_over": (
        (
            "Det Moment har nå om hver av dem, gjelder, også om det er eldre. Moment spørres; svarer ikke Moment, "
            "gjelder det Moment sendte sist. Det sendes til Xledger i løpet av noen minutter."
        ),
        (
            "What Moment has of each of them now counts, also if it is older. Moment is asked; if it does not answer, "
            "what it sent last counts. It is sent to Xledger within some minutes."
        ),
    ),
    "did_take_over": (
        "Det Moment har nå, tas over. Problemet går bort når alt er tatt over.",
        "What Moment has now is being taken over. The problem goes away when all of it is.",
    ),
    # of a button: 0 what is given, 1 the other id, 2 Xledger's number
    # about a choice: 0 what is given, 1 the record, 2 the other id, 3 Xledger's number, 4 the old number
    "choice_changed_on_both": ("Nummeret er det samme begge steder nå", "The number is the same in both now"),
    "about_changed_on_both": (
        (
            "{1} skal ha dette nummeret, og har det både i Moment og i Xledger nå. Vi slår det opp i Xledger først. "
            "Stemmer det, går alt som venter, av seg selv. Hvis ikke, blir problemet stående med det Xledger har."
        ),
        (
            "{1} is to have this number, and has it in Moment and in Xledger now. We look it up in Xledger first. "
            "If it is so, all that waits goes by itself. If not, the problem stays and says what Xledger has."
        ),
    ),
    "did_changed_on_both": (
        "Nummeret slås opp i Xledger om et par minutter. Problemet går bort om det stemmer.",
        "The number is looked up in Xledger in a minute or two. The problem goes away if it is so.",
    ),
    "choice_put_back": ("Nummeret er satt tilbake i Xledger", "The number is put back in Xledger"),
    "about_put_back": (
        "Du har satt nummeret tilbake i Xledger. Vi slår det opp, og sender det som venter om det er riktig nå.",
        "You put the number back in Xledger. We look it up, and send what waits if it is right now.",
    ),
    "did_put_back": (
        "Nummeret slås opp i Xledger om et par minutter. Problemet går bort om det er satt tilbake.",
        "The number is looked up in Xledger in a minute or two. The problem goes away if it is put back.",
    ),
    "choice_take_number": ("Nummer {2} er riktig", "Number {2} is right"),
    "about_take_number": (
        (
            "Nummeret er endret med vilje i Xledger. Bruk nummer {3} i Moment også. "
            "Det som venter, går av seg selv når Moment har det samme nummeret."
        ),
        (
            "The number was changed on purpose in Xledger. Use number {3} in Moment, too. "
            "What waits goes by itself when Moment has the same number."
        ),
    ),
    "did_take_number": (
        "Notert. Gi det samme nummeret i Moment; da går det som venter, av seg selv.",
        "Noted. Give it the same number in Moment; what waits then goes by itself.",
    ),
    "choice_look_up_again": ("Slå opp på nytt etter nummeret", "Look up again by the number"),
    "about_look_up_again": (
        (
            "Det vi var koblet til i Xledger, er noe annet nå. Vi slår opp nummeret på nytt. "
            "Finnes det ikke i Xledger, legges det til."
        ),
        (
            "What we were linked to in Xledger is another record now. We look up the number again. "
            "If the number is not in Xledger, it is added."
        ),
    ),
    "did_look_up_again": (
        "Det slås opp på nytt etter nummeret om et par minutter.",
        "It is looked up again by its number in a minute or two.",
    ),
    "choice_same_record": ("Id {0} er den samme som id {1}", "Id {0} is the same as id {1}"),
    "about_same_record": (
        (
            "{1} har fått en ny id i Moment, for eksempel etter en gjenoppretting. Id {0} overtar nummeret, "
            "koblingen til Xledger og alt som venter. Id {2} sendes aldri mer."
        ),
        (
            "{1} has a new id in Moment, for example after a restore. Id {0} takes over the number, the link to "
            "Xledger and all that waits. Id {2} is never sent again."
        ),
    ),
    "did_same_record": (
        "Notert. Den nye id-en har overtatt, og sendes om et par minutter.",
        "Noted. The new id has taken over, and is sent in a minute or two.",
    ),
    "choice_separate": ("De er hver for seg likevel", "They are separate after all"),
    "about_separate": (
        "Den gamle id-en tas i bruk igjen med sitt eget nummer i Moment, og sendes til Xledger som noe for seg.",
        "The old id is used again with its own number in Moment, and is sent to Xledger as a record of its own.",
    ),
    "did_separate": (
        "Notert. Den tas i bruk igjen. Er nummeret opptatt, står det som et problem.",
        "Noted. It is used again. If its number is taken, that is listed as a problem.",
    ),
    "did_in_use": (
        "Ingenting er gjort: nummeret tilhører noe annet i Moment. Rett numrene i Moment først.",
        "Nothing was done: the number belongs to something else in Moment. Correct the numbers in Moment first.",
    ),
}
