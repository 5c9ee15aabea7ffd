"""How a company has set it up, what the newest test of its keys showed, and what Xledger lacks; and changing that."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler.exceptions import BadRequestError

from moment_xledger.console.answers import Answer, answer, see_other
from moment_xledger.console.desk import desk_of, new_router
from moment_xledger.console.facts.settings import NotSaved
from moment_xledger.console.probe_page import probe_page
from moment_xledger.console.settings_form import FOLDED, FORM, GROUPS, KEYS, REMOVED_BY, TESTED_BY
from moment_xledger.console.settings_page import settings_page
from moment_xledger.console.visits import Visit, form, query, signed_in, submitted
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.sessions import Right
from moment_xledger.domain.settings_faults import BadSettings, FieldFault
from moment_xledger.domain.typed_settings import FIELDS, ON, as_settings, as_typed, typed
from moment_xledger.flows.probe_company import go_on_without, probe_company
from moment_xledger.flows.save_company import Form, save_form
from moment_xledger.flows.test_connection import try_connection

router = new_router()

MOST_BYTES = (
    6 * 1024 * 1024
)  # all that a function URL lets through: what is too long gets the form's own sentence
_VERSION = re.compile(r"[1-9][0-9]{0,5}")
_DID = ("saved", "tested")
_FORM: Mapping[str, Any] = {
    "groups": GROUPS,
    "form": FORM,
    "folded": FOLDED,
    "tested_by": TESTED_BY,
    "faults": {},
    "overtaken": False,
    "keys_typed": False,
    "did": "",
}


@router.get("/settings")
def show_settings() -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_SETTINGS)
    facts = settings_page(visit, desk_of(router))
    did = query(router.current_event, "did")
    did = did if did in _DID and facts["test"] else ""
    # By the version that the form carries: who was let in may have been read before somebody else saved.
    given = {**_FORM, "typed": typed(facts["settings"]), "did": did}
    return answer(router.current_event, visit, "settings.html", facts, **given)


@router.post("/settings")
def save_settings() -> Answer:
    """What is saved is tried at once, while one waits; nothing of that undoes the save. A new company, of which nothing
    goes before a probe was answered, is probed as well, once its keys are good."""
    visit = submitted(router.current_event, desk_of(router), Right.CHANGE_SETTINGS, MOST_BYTES)
    sent, desk = form(router.current_event, MOST_BYTES), desk_of(router)
    try:
        save_form(_filled_out(visit, sent), desk.ledger, desk.vault(), desk.clock, desk.xledger_url())
    except BadSettings as bad:
        return _refused(visit, sent, bad.faults)
    except Conflict:
        return _overtaken(visit, sent)
    tried = try_connection(visit.company.id, visit.who, desk.trial())
    if tried.passed and desk.ledger.probes.hold(visit.company.id).waits_for_probe:
        probe_company(visit.company.id, visit.who, desk.prober())
        return see_other("/settings/probe")
    return see_other("/settings?did=saved")


@router.post("/settings/test")
def test_again() -> Answer:
    visit = submitted(router.current_event, desk_of(router), Right.TEST_CONNECTION)
    try_connection(visit.company.id, visit.who, desk_of(router).trial())
    return see_other("/settings?did=tested")


@router.get("/settings/probe")
def show_probe() -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_SETTINGS)
    return answer(router.current_event, visit, "probe.html", probe_page(visit, desk_of(router)))


@router.post("/settings/probe")
def check_everything() -> Answer:
    visit = submitted(router.current_event, desk_of(router), Right.TEST_CONNECTION)
    probe_company(visit.company.id, visit.who, desk_of(router).prober())
    return see_other("/settings/probe")


@router.post("/settings/go-on")
def go_on_all_the_same() -> Answer:
    visit = submitted(router.current_event, desk_of(router), Right.CHANGE_SETTINGS)
    desk = desk_of(router)
    go_on_without(visit.company.id, visit.who, desk.ledger, desk.clock())
    return see_other("/settings/probe")


def _filled_out(visit: Visit, sent: Mapping[str, str]) -> Form:
    since = sent.get("since", "")
    if not _VERSION.fullmatch(since):
        raise BadRequestError("a form without the version that it was filled out from")
    keys = {name: sent.get(name, "") for name in KEYS}
    removed = [key for name, key in REMOVED_BY.items() if sent.get(name) == ON]
    return Form(visit.company.id, as_settings(sent), keys, int(since), visit.who, removed)


def _refused(visit: Visit, sent: Mapping[str, str], faults: Sequence[FieldFault]) -> Answer:
    """Each fault with its field. What was typed is kept, but for keys, which no page shows."""
    sentences = {fault.field: fault.sentence(visit.words.language) for fault in faults}
    is_too_long = "form" in sentences
    given = {"typed": as_typed(visit.company) if is_too_long else _typed(sent), "faults": sentences}
    return _again(visit, sent, HTTPStatus.BAD_REQUEST, sentences, given | {"since": sent["since"]})


def _overtaken(visit: Visit, sent: Mapping[str, str]) -> Answer:
    """Whoever saves the page that says so has read what the other one changed."""
    return _again(visit, sent, HTTPStatus.CONFLICT, {}, {"typed": _typed(sent), "overtaken": True})


def _again(
    visit: Visit,
    sent: Mapping[str, str],
    status: HTTPStatus,
    sentences: Mapping[str, str],
    given: Mapping[str, Any],
) -> Answer:
    facts: NotSaved = {
        **settings_page(visit, desk_of(router)),
        "error": visit.words("nothing_saved"),
        "faults": [{"field": name, "sentence": sentence} for name, sentence in sentences.items()],
    }
    meanwhile = facts["history"][: max(0, facts["version"] - int(sent["since"]))]
    keys_typed = any(sent.get(name) for name in KEYS)
    given = {**_FORM, "meanwhile": meanwhile, "keys_typed": keys_typed, **given}
    return answer(router.current_event, visit, "settings.html", facts, status=status, **given)


def _typed(sent: Mapping[str, str]) -> dict[str, str]:
    return {name: sent.get(name, "") for name in (*FIELDS, *REMOVED_BY)}
