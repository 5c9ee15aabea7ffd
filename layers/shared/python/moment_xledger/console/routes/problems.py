"""What needs a person, and what a person can do about it here."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from moment_xledger.console.answers import Answer, answer, see_other
from moment_xledger.console.desk import desk_of, new_router
from moment_xledger.console.problem_list import groups, one_group, one_problem
from moment_xledger.console.visits import Visit, form, query, signed_in, submitted
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.resolutions import Way, can_be_skipped
from moment_xledger.domain.sessions import Right
from moment_xledger.flows.resolve_problem import retry_all, retry_problem, skip_problem

router = new_router()

_KIND = re.compile(r"[a-z]{1,20}")
LONGEST = 300  # of what a problem is about, such as an address; a key of the table holds a few times that
_DID = {way.name.lower() for way in Way} | set(Choice) | {"skip", "gone", "left", "in_use"}


@router.get("/problems")
def show_problems() -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_STATUS)
    did = query(router.current_event, "did")
    did = did if did in _DID else ""
    return answer(router.current_event, visit, "problems.html", groups(visit, desk_of(router)), did=did)


@router.get("/problems/group")
def show_group() -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_STATUS)
    kind, code = _kind(query(router.current_event, "kind")), _code(query(router.current_event, "code"))
    after = query(router.current_event, "after")
    if after and not (after.startswith(f"{kind}#{code}#") and len(after) <= LONGEST):
        raise NotFoundError("not a place in this group")
    facts = one_group(visit, desk_of(router), kind, code, after)
    return answer(router.current_event, visit, "problem_group.html", facts)


@router.get("/problems/one")
def show_problem() -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_STATUS)
    given = {name: query(router.current_event, name) for name in ("kind", "code", "number")}
    facts = one_problem(_problem(visit, given), visit, desk_of(router))
    return answer(router.current_event, visit, "problem.html", facts, fault="")


@router.post("/problems/retry")
def retry() -> Answer:
    visit = submitted(router.current_event, desk_of(router), Right.RETRY_PROBLEMS)
    given = form(router.current_event)
    kind, code = _kind(given.get("kind", "")), _code(given.get("code", ""))
    resolver = desk_of(router).resolver(visit.who)
    try:
        way = retry_problem(visit.company.id, kind, _number(given.get("number", "")), code, resolver)
    except LookupError:
        return _back("gone")
    return _back(way.name.lower())


@router.post("/problems/retry-all")
def retry_group() -> Answer:
    visit = submitted(router.current_event, desk_of(router), Right.RETRY_PROBLEMS)
    given = form(router.current_event)
    kind, code = _kind(given.get("kind", "")), _code(given.get("code", ""))
    done = retry_all(visit.company.id, desk_of(router).resolver(visit.who), kind=kind, code=code)
    return _back(next(iter(done)).name.lower() if done else "gone")


@router.post("/problems/skip")
def skip() -> Answer:
    visit = submitted(router.current_event, desk_of(router), Right.SKIP_PROBLEMS)
    given = form(router.current_event)
    problem = _problem(visit, given)
    if not can_be_skipped(problem.code):
        return _back("choose")
    resolver = desk_of(router).resolver(visit.who)
    reason = given.get("reason", "")
    try:
        skip_problem(visit.company.id, problem.kind, problem.number, problem.code, reason, resolver)
    except ValueError:
        return _asked_again(visit, problem)
    except LookupError:
        return _back("gone")
    except Conflict:
        return _back("left")
    return _back("skip")


def _asked_again(visit: Visit, problem: Problem) -> Answer:
    fault = visit.words("skip_reason_fault")
    facts = {**one_problem(problem, visit, desk_of(router)), "error": fault}
    status = HTTPStatus.BAD_REQUEST
    return answer(router.current_event, visit, "problem.html", facts, status=status, fault=fault)


def _back(did: str) -> Answer:
    return see_other(f"/problems?{urlencode({'did': did})}")


def _problem(visit: Visit, given: Mapping[str, str]) -> Problem:
    """Of this company; another's is as unknown as one that never was."""
    kind, code = _kind(given.get("kind", "")), _code(given.get("code", ""))
    number = _number(given.get("number", ""))
    problem = desk_of(router).ledger.problems.get(visit.company.id, kind, number, code)
    if problem is None:
        raise NotFoundError("no such problem")
    return problem


def _kind(text: str) -> str:
    if not _KIND.fullmatch(text):
        raise NotFoundError("not a kind")
    return text


def _number(text: str) -> str:
    if len(text) > LONGEST:
        raise NotFoundError("longer than any number")
    return text


def _code(text: str) -> Code:
    if text not in Code.__members__:
        raise NotFoundError("not a reason")
    return Code(text)
