"""How a company has set it up, what the newest test of its keys showed, and what Xledger lacks."""

from moment_xledger.console.answers import Answer, answer
from moment_xledger.console.desk import desk_of, new_router
from moment_xledger.console.settings_page import GROUPS, settings_page
from moment_xledger.console.visits import signed_in
from moment_xledger.domain.sessions import Right

router = new_router()


@router.get("/settings")
def show_settings() -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_SETTINGS)
    facts = settings_page(visit, desk_of(router))
    return answer(router.current_event, visit, "settings.html", facts, groups=GROUPS)
