"""What nobody but a person can know, such as whether a mail arrived or which of two records is meant."""

import re
from urllib.parse import urlencode

from moment_xledger.console.answers import Answer, see_other
from moment_xledger.console.desk import desk_of, new_router
from moment_xledger.console.routes.problems import LONGEST
from moment_xledger.console.visits import form, submitted
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code
from moment_xledger.domain.relinking import NumberInUse
from moment_xledger.domain.sessions import Right
from moment_xledger.flows.decide_problem import decide_problem

router = new_router()

_GIVEN = re.compile(r"[1-9][0-9]{0,18}")  # a file's key or a record's id


@router.post("/problems/choose")
def choose() -> Answer:
    """The accountant or the administrator says so: an operator cannot know."""
    visit = submitted(router.current_event, desk_of(router), Right.SKIP_PROBLEMS)
    asked = form(router.current_event)
    kind, number, code = asked.get("kind", ""), asked.get("number", ""), asked.get("code", "")
    choice, given = asked.get("choice", ""), (asked.get("given") or asked.get("file_key", "")).strip()
    is_well_formed = len(kind + number) <= LONGEST and (not given or _GIVEN.fullmatch(given))
    if choice not in tuple(Choice) or code not in tuple(Code) or not is_well_formed:
        return _back("choose")
    resolver = desk_of(router).resolver(visit.who)
    try:
        decide_problem(visit.company.id, kind, number, Code(code), Choice(choice), resolver, given)
    except NumberInUse:
        return _back("in_use")
    except (LookupError, ValueError, Conflict):
        return _back("gone")
    return _back(choice)


def _back(did: str) -> Answer:
    return see_other(f"/problems?{urlencode({'did': did})}")
