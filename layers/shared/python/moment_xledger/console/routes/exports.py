"""A company's exports, for those who are signed in."""

import re
from collections.abc import Mapping

from aws_lambda_powertools.event_handler.exceptions import BadRequestError, NotFoundError

from moment_xledger.console.answers import Answer, answer, see_other
from moment_xledger.console.desk import desk_of, new_router
from moment_xledger.console.sharing import hand_out, show
from moment_xledger.console.views import list_of_exports, one_export
from moment_xledger.console.visits import Visit, form, query, signed_in, submitted
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.exports import Export, Status
from moment_xledger.domain.problem_choices import Choice as ProblemChoice
from moment_xledger.domain.seen_invoices import can_be_told
from moment_xledger.domain.sessions import Right
from moment_xledger.domain.typed_settings import ON
from moment_xledger.domain.uploads import Choice, Upload
from moment_xledger.flows.decide_upload import resolve_upload

router = new_router()

_TOLD: Mapping[str, Choice] = {
    ProblemChoice.ARRIVED: Choice.IT_ARRIVED,
    ProblemChoice.APART: Choice.TAKE_APART,
}
_DID = (*_TOLD, "not_sure", "decided")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_REQUEST = re.compile(r"[A-Za-z0-9_-]{22}")


@router.get("/exports")
def show_exports() -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_EXPORTS)
    before, asked = query(router.current_event, "before"), query(router.current_event, "asked")
    asked = asked if _REQUEST.fullmatch(asked) else ""
    facts = list_of_exports(visit.company, desk_of(router), _number(before) if before else None, asked)
    return answer(router.current_event, visit, "exports.html", facts, is_first_page=not before, asked=asked)


@router.post("/exports")
def export_now() -> Answer:
    visit = submitted(router.current_event, desk_of(router), Right.MAKE_EXPORTS)
    return _ask(visit, What.ASKED_FOR_EXPORT)


@router.get("/exports/<number>")
def show_export(number: str) -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_EXPORTS)
    export = _export(visit, number)
    base, may_fetch = f"/exports/{export.number}", visit.may(Right.FETCH_FILES)
    may_tell = visit.may(Right.SKIP_PROBLEMS) and _upload_to_tell_of(export) is not None
    did = query(router.current_event, "did")
    did = did if did in _DID else ""
    return show(router.current_event, visit, export, desk_of(router), base, may_fetch, may_tell, did)


@router.post("/exports/<number>/files/<piece>")
def fetch(number: str, piece: str) -> Answer:
    visit = submitted(router.current_event, desk_of(router), Right.FETCH_FILES)
    return hand_out(visit, _export(visit, number), piece, desk_of(router))


@router.get("/exports/<number>/again")
def confirm_again(number: str) -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.MAKE_EXPORTS)
    facts = one_export(_finished(visit, number), desk_of(router))
    return answer(router.current_event, visit, "again.html", facts)


@router.post("/exports/<number>/again")
def export_again(number: str) -> Answer:
    visit = submitted(router.current_event, desk_of(router), Right.MAKE_EXPORTS)
    return _ask(visit, What.ASKED_FOR_EXPORT_AGAIN, _finished(visit, number))


@router.post("/exports/<number>/upload")
def tell_of_upload(number: str) -> Answer:
    """What a person has seen in Xledger of a file that its import took. The import may still be to run, so that it was
    refused is believed only of somebody who says that it will not."""
    visit = submitted(router.current_event, desk_of(router), Right.SKIP_PROBLEMS)
    export, asked = _finished(visit, number), form(router.current_event)
    choice = asked.get("choice", "")
    if desk_of(router).ledger.uploads.get(visit.company.id, export.members_of) is None:
        raise NotFoundError("not uploaded")
    if choice not in _TOLD:
        raise BadRequestError("not something that can be said of a file that was taken")
    if choice == ProblemChoice.APART and asked.get("sure") != ON:
        return _told(export, "not_sure")
    if _upload_to_tell_of(export) is None:
        return _told(export, "decided")
    ledger, clock = desk_of(router).ledger, desk_of(router).clock
    try:
        resolve_upload(visit.company.id, export.number, _TOLD[choice], visit.who, ledger, clock)
    except (ValueError, Conflict):
        return _told(export, "decided")
    return _told(export, choice)


def _told(export: Export, did: str) -> Answer:
    return see_other(f"/exports/{export.number}?did={did}")


def _upload_to_tell_of(export: Export) -> Upload | None:
    """Of this very file: what was seen of it says nothing of one that went in its place."""
    upload = desk_of(router).ledger.uploads.get(export.company, export.members_of)
    return upload if upload and upload.export == export.number and can_be_told(upload) else None


def _ask(visit: Visit, what: What, export: Export | None = None) -> Answer:
    """By the token that the page was made with: a double click asks for one export."""
    request = form(router.current_event).get("request", "")
    if not _REQUEST.fullmatch(request):
        raise BadRequestError("a form without its request token")
    repeats = export.members_of if export else None
    deed = Deed(visit.company.id, desk_of(router).clock(), visit.who, what, repeats)
    desk_of(router).ledger.audit.note(deed)
    desk_of(router).start_export(visit.company.id, request, visit.who, repeats)
    return see_other(f"/exports?asked={request}")


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise NotFoundError("not a number of an export")
    return int(text)


def _export(visit: Visit, number: str) -> Export:
    """Of this company; another's is as unknown as one that never was."""
    export = desk_of(router).ledger.exports.get(visit.company.id, _number(number))
    if export is None:
        raise NotFoundError("no such export")
    return export


def _finished(visit: Visit, number: str) -> Export:
    export = _export(visit, number)
    if export.status is not Status.READY:
        raise NotFoundError("not made yet")
    return export
