"""What came of a file that was handed to Xledger's import, in sentences; instead of how to import it by hand."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from moment_xledger.domain.companies import Language
from moment_xledger.domain.problems import Problem
from moment_xledger.domain.uploads import State

if TYPE_CHECKING:
    from moment_xledger.flows.tell_accountant import News

_HEADING = {
    Language.NORWEGIAN: {
        State.UPLOADED: "Filen er levert til Xledger",
        State.REFUSED: "Filen er IKKE tatt imot av Xledger",
        State.UNCERTAIN: "Filen er kanskje tatt imot av Xledger",
        State.OVERTAKEN: "Filen brukes ikke: fakturaene går i en ny fil",
    },
    Language.ENGLISH: {
        State.UPLOADED: "The file was handed to Xledger",
        State.REFUSED: "The file was NOT taken by Xledger",
        State.UNCERTAIN: "The file may have been taken by Xledger",
        State.OVERTAKEN: "The file is not used: its invoices go in a new one",
    },
}
_KEY = {
    Language.NORWEGIAN: "Filnøkkelen i Xledger er {}.",
    Language.ENGLISH: "Its file key in Xledger is {}.",
}
_NEXT = {
    Language.NORWEGIAN: (
        (
            "Du trenger ikke å importere noe. Xledger kjører vanligvis filimporter kl. 05.00, 09.00 og 17.00, og fører "
            "bilagene omtrent hver halve time på dagtid. Se Forsystem → Importer → Filimport og GL-Importer."
        ),
        "Sammenlign antall og sum med tallene over når importen er kjørt.",
    ),
    Language.ENGLISH: (
        (
            "You need not import anything. Xledger usually runs file imports at 05:00, 09:00 and 17:00, and posts the "
            "vouchers about every half hour in the daytime. See Forsystem → Importer → Filimport, and GL-Importer."
        ),
        "Compare the number of invoices and the total with the figures above when the import has run.",
    ),
}
_TOO_EARLY = {
    Language.NORWEGIAN: ("Filen venter på å bli levert til Xledger", "Den leveres av seg selv."),
    Language.ENGLISH: ("The file waits to be handed to Xledger", "It goes by itself."),
}


def handed_over(news: "News") -> tuple[str, tuple[str, ...]] | None:
    """A heading and what stands below it; None where the accountant imports the file by hand."""
    upload, language = news.upload, news.company.language
    if upload is None:
        return None
    heading = _HEADING[language].get(upload.state)
    if heading is None:  # sent again by a person's word, before this mail could go
        waits, how = _TOO_EARLY[language]
        return waits, (how,)
    if upload.state is not State.UPLOADED:
        problem = news.upload_problem
        return heading, tuple(_asked_of_a_person(problem, language)) if problem else ()
    key = (_KEY[language].format(upload.file_key),) if upload.file_key else ()
    return heading, (*key, *_NEXT[language])


def _asked_of_a_person(problem: Problem, language: Language) -> Iterator[str]:
    yield problem.sentence(language)
    if problem.their_words:
        yield f"Xledger: «{problem.their_words}»"
