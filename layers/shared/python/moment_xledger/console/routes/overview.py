"""How it goes: the page that one comes to first."""

from moment_xledger.console.answers import Answer, answer
from moment_xledger.console.chart import chart
from moment_xledger.console.desk import desk_of, new_router
from moment_xledger.console.overview import MOST_LOOKED_AT, overview
from moment_xledger.console.visits import signed_in
from moment_xledger.domain.sessions import Right

router = new_router()


@router.get("/overview")
def show_overview() -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_STATUS)
    facts = overview(visit.company, desk_of(router))
    drawn = chart(facts["day"])
    return answer(router.current_event, visit, "overview.html", facts, most=MOST_LOOKED_AT, chart=drawn)
