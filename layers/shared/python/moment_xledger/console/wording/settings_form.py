from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "xledger_has": ("Xledger har:", "Xledger has:"),
    "vat_pair_wrong": (
        "Momentkode {0} ({1} %) blir {2} ({3} %) i Xledger. Det er ikke det samme, eller koden finnes ikke.",
        "Moment code {0} ({1} %) becomes {2} ({3} %) in Xledger. It is not the same, or the code does not exist.",
    ),
    "change_settings": ("Endre innstillingene", "Change the settings"),
    "save": ("Lagre og test forbindelsen", "Save and test the connection"),
    "save_how": (
        "Det tar vanligvis noen sekunder. Det som er lagret, blir stående også om testen viser en feil.",
        "It usually takes a few seconds. What is saved stays saved, also if the test shows a fault.",
    ),
    "test_again": ("Test på nytt", "Test again"),
    "test_now": ("Test nå", "Test now"),
    "test_is_old": (
        "Innstillingene er endret etter denne testen.",
        "The settings have been changed since this test.",
    ),
    "did_saved_well": (
        "Lagret. Alt som kan prøves, er i orden.",
        "Saved. All that can be tried is in order.",
    ),
    "did_saved_ill": (
        "Lagret, men testen viser noe som må rettes: se nedenfor.",
        "Saved, but the test shows something to put right: see below.",
    ),
    "did_saved_later": (
        "Lagret. Noe kunne ikke prøves nå: se nedenfor.",
        "Saved. Something could not be tried now: see below.",
    ),
    "did_tested_later": (
        "Testet. Noe kunne ikke prøves nå: se nedenfor.",
        "Tested. Something could not be tried now: see below.",
    ),
    "did_tested_well": (
        "Testet. Alt som kan prøves, er i orden.",
        "Tested. All that can be tried is in order.",
    ),
    "did_tested_ill": (
        "Testet. Noe må rettes: se nedenfor.",
        "Tested. Something has to be put right: see below.",
    ),
    "nothing_saved": ("Ingenting er lagret ennå.", "Nothing is saved yet."),
    "put_right": ("Rett dette, og lagre på nytt:", "Put this right, and save again:"),
    "keys_again": (
        "Nøkler vises ikke igjen: lim dem inn på nytt.",
        "Keys are not shown again: paste them once more.",
    ),
    "overtaken": (
        (
            "Noen andre lagret mens du fylte ut skjemaet. Det du har skrevet, står her ennå. "
            "Lagrer du nå, gjelder det, også for det som ble endret i mellomtiden:"
        ),
        (
            "Somebody else saved while you filled out the form. What you have typed still stands here. "
            "If you save now, it counts, also for what was changed meanwhile:"
        ),
    ),
    "group_soap": ("SOAP-tilgang til Xledger", "SOAP access to Xledger"),
    "about_soap": (
        "Trengs bare for opplasting og for utgifter.",
        "Needed only for uploads and for expenses.",
    ),
    "about_file": (
        "Det meste gjelder bare formatene ar10 og gl02b.",
        "Most of it concerns the formats ar10 and gl02b only.",
    ),
    "key_stored": ("Lagret: {0}.", "Stored: {0}."),
    "key_unseen": ("Lagret.", "Stored."),
    "key_tested": ("Testet {0}: {1}.", "Tested {0}: {1}."),
    "key_kept": ("La feltet stå tomt for å beholde den.", "Leave the field empty to keep it."),
    "key_missing": ("Ikke lagret.", "Not stored."),
    "hint_xledger_token": (
        "Fra Xledger: Administrasjon, Systemtilgang, GraphQL.",
        "From Xledger: Administration, System Access, GraphQL.",
    ),
    "hint_token_expires": (
        "Datoen som Xledger viser ved nøkkelen, som 2027-12-31. Dere varsles 30 dager, en uke og en dag før.",
        "The date that Xledger shows beside the key, such as 2027-12-31. We tell you 30 days, a week and a day before.",
    ),
    "hint_moment_key": (
        "Lages i Moment, for dette selskapet.",
        "Made in Moment, for this company.",
    ),
    "hint_requests_per_hour": (
        "Som i avtalen med Xledger. Tomt betyr at vi retter oss etter det Xledger svarer.",
        "As agreed with Xledger. Empty means that we go by what Xledger answers.",
    ),
    "hint_requests_per_month": (
        "Hvor mange som er med i prisen. Oversikten viser hvor mange som er brukt, og hvor mange det ser ut til å bli.",
        "How many the price includes. The overview shows how many are used, and how many it is likely to be.",
    ),
    "hint_price_per_request": (
        "Det Xledger tar for én forespørsel over det, som 0,12. Tomt betyr at prisen ikke er kjent.",
        "What Xledger charges for one request over that, such as 0.12. Empty means that the price is not known.",
    ),
    "hint_notify": (
        "Høyst 20 e-postadresser, én på hver linje.",
        "At most 20 e-mail addresses, one a line.",
    ),
    "hint_language": ("Språket i e-poster til selskapet.", "The language of mails to the company."),
    "hint_route": (
        "Gjelder fakturaer som ferdigstilles fra nå av; de som alt er kommet, går som før.",
        "Counts for invoices that are finalized from now on; those that have come go as before.",
    ),
    "hint_reception_address": (
        "Bare for e-post, som mb.00000@xledger.net.",
        "For mail only, such as mb.00000@xledger.net.",
    ),
    "hint_import_code": (
        "Bare for opplasting: deres egen importdefinisjon i Xledger. Tomt betyr den som heter som formatet.",
        "For upload only: your own import definition in Xledger. Empty means the one named as the format.",
    ),
    "hint_owner_code": (
        "Fem sifre. Trengs for opplasting, utgifter og gl02b, og når API-nøkkelen når flere selskaper.",
        "Five digits. Needed for uploads, expenses, gl02b, and if the key reaches several companies.",
    ),
    "hint_project_dimension": (
        (
            "1 til 5: hvilket GL-objekt i Xledger som er prosjekt. Tomt betyr det som Xledger selv oppgir. "
            "Det som skrives her, går foran."
        ),
        (
            "1 to 5: which GL object of Xledger's holds projects. Empty means what Xledger says. "
            "What is typed here goes first."
        ),
    ),
    "hint_department_dimension": (
        "1 til 5, eller tomt, som for prosjekt.",
        "1 to 5, or empty, as for projects.",
    ),
    "hint_vat_codes": (
        "Moments kode = Xledgers kode, ett par på hver linje. Fakturaer med andre koder stoppes.",
        "Moment's code = Xledger's code, one pair a line. Invoices with other codes are stopped.",
    ),
    "hint_vat_rates": (
        (
            "Xledgers kode = prosent, én på hver linje, som 22 = 12. En ny sats skrives med dagen den gjelder fra: "
            "22 = 13 2027-01-01. Trengs bare for koder der Xledger ikke gir satsen."
        ),
        (
            "Xledger's code = percentage, one a line, such as 22 = 12. A new rate has the day from which it counts: "
            "22 = 13 2027-01-01. Needed only for codes whose rate Xledger does not give."
        ),
    ),
    "hint_invoice_months_back": (
        "Fakturaer med eldre dato holdes tilbake.",
        "Invoices with an older date are held back.",
    ),
    "hint_invoice_days_ahead": (
        "Fakturaer datert lenger fram holdes tilbake.",
        "Invoices dated further ahead are held back.",
    ),
    "hint_file_revenue_accounts": (
        "Moments MVA-kode = konto, ett par på hver linje.",
        "Moment's VAT code = account, one pair a line.",
    ),
    "hint_file_department": ("Kan være tomt.", "May be empty."),
    "hint_expense_accounts": (
        "Kontoer og intervaller med komma mellom, som 4000-4999,6550.",
        "Accounts and ranges with commas between, such as 4000-4999,6550.",
    ),
    "hint_expenses_from": (
        "Det som er bokført på en tidligere dato, blir der det er. Som 2027-01-01, eller tomt.",
        "What was posted on an earlier date stays where it is. Such as 2027-01-01, or empty.",
    ),
    "hint_soap_logon_key": (
        "Kan være tom: da hentes den med bruker og passord.",
        "May be empty: then it is fetched with the user and password.",
    ),
    "hint_soap_certificate": (
        "Bare om deres Xledger krever det: PEM-tekst med sertifikat og privat nøkkel.",
        "Only if your Xledger wants it: PEM text with the certificate and its private key.",
    ),
    "hint_remove_soap_logon_key": (
        "Da hentes en ny med bruker og passord.",
        "A new one is then fetched with the user and password.",
    ),
    "hint_remove_soap_certificate": (
        "Om deres Xledger krever sertifikat, svarer den ikke uten.",
        "If your Xledger wants a certificate, it does not answer without one.",
    ),
    "hint_remove_soap_user": (
        (
            "Bruker, passord, nøkkel og sertifikat tas ikke lenger i bruk. Uten dem kan fakturaer ikke lastes opp "
            "og utgifter ikke hentes; filer som alt venter på opplasting, blir stående."
        ),
        (
            "User, password, key and certificate are no longer used. Without them invoices cannot be uploaded "
            "nor expenses imported; files that already wait for their upload stay where they are."
        ),
    ),
    "value_": ("som vanlig for formatet", "as usual for the format"),
    "value_on": ("ja", "yes"),
    "value_standard": ("standard: Moments feltliste", "standard: Moment's list of fields"),
    "value_ar10": ("ar10: Xledgers ferdige import", "ar10: Xledger's ready-made import"),
    "value_gl02b": (
        "gl02b: Xledgers ferdige import, med valuta",
        "gl02b: Xledger's ready-made import, with currency",
    ),
    "value_gross": ("med MVA", "with VAT"),
    "value_net": ("uten MVA, og MVA på egne linjer", "without VAT, and VAT on lines of its own"),
}
