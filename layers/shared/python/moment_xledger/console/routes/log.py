"""Who did what here, and whom we have told, for those who must answer for the books."""

import re

from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from moment_xledger.console.answers import Answer, answer
from moment_xledger.console.desk import desk_of, new_router
from moment_xledger.console.log_pages import log_page
from moment_xledger.console.visits import query, signed_in
from moment_xledger.domain.sessions import Right

router = new_router()

_PLACE = re.compile(r"[0-9TZ:.-]{27}#[0-9a-f]{32}")


@router.get("/log")
def show_log() -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_LOG)
    before = query(router.current_event, "before")
    if before and not _PLACE.fullmatch(before):
        raise NotFoundError("not a place in the log")
    facts = log_page(visit, desk_of(router), before)
    return answer(router.current_event, visit, "log.html", facts, is_first_page=not before)
