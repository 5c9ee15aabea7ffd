"""What nobody but a person can know: whether a mail or a file arrived, or is to be sent again."""

import re
from urllib.parse import urlencode

from moment_xledger.console.answers import Answer, see_other
from moment_xledger.console.desk import Desk, desk_of, new_router
from moment_xledger.console.visits import Visit, form, submitted
from moment_xledger.domain import invoice_mails, uploads
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.sessions import Right
from moment_xledger.flows.decide_mail import resolve_mail
from moment_xledger.flows.decide_upload import resolve_upload

router = new_router()

_NUMBER = re.compile(r"[1-9][0-9]{0,11}")
_FILE_KEY = re.compile(r"[1-9][0-9]{0,17}")
_CHOICES = {"again": "send again", "arrived": "it arrived"}


@router.post("/problems/choose")
def choose() -> Answer:
    """Who answers for the books says so: an operator cannot know."""
    visit = submitted(router.current_event, desk_of(router), Right.SKIP_PROBLEMS)
    given = form(router.current_event)
    kind, number, choice = given.get("kind", ""), given.get("number", ""), given.get("choice", "")
    file_key = given.get("file_key", "").strip()
    is_well_formed = _NUMBER.fullmatch(number) and (not file_key or _FILE_KEY.fullmatch(file_key))
    if choice not in _CHOICES or not is_well_formed:
        return _back("choose")
    try:
        _decide(visit, desk_of(router), kind, int(number), _CHOICES[choice], int(file_key or 0) or None)
    except (ValueError, Conflict):
        return _back("gone")
    return _back(choice)


def _decide(visit: Visit, desk: Desk, kind: str, number: int, choice: str, file_key: int | None) -> None:
    """Raises `ValueError` where there is nothing to decide."""
    if kind == uploads.EXPORT:
        resolve_upload(
            visit.company.id, number, uploads.Choice(choice), visit.who, desk.ledger, desk.clock, file_key
        )
    elif kind == "invoice":
        resolve_mail(
            visit.company.id, number, invoice_mails.Choice(choice), visit.who, desk.ledger, desk.clock
        )
    else:
        raise ValueError(f"{kind}: there is nothing to decide")


def _back(did: str) -> Answer:
    return see_other(f"/problems?{urlencode({'did': did})}")
