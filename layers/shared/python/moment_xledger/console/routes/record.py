"""One customer, project or invoice, found by its number in Moment."""

from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from moment_xledger.console.answers import Answer, answer
from moment_xledger.console.desk import desk_of, new_router
from moment_xledger.console.record_page import KINDS, record_page
from moment_xledger.console.visits import query, signed_in
from moment_xledger.domain.sessions import Right

router = new_router()

LONGEST_NUMBER = 100


@router.get("/record")
def show_record() -> Answer:
    visit = signed_in(router.current_event, desk_of(router), Right.SEE_RECORDS)
    kind = query(router.current_event, "kind") or KINDS[0]
    number = query(router.current_event, "number").strip()[:LONGEST_NUMBER]
    if kind not in KINDS:
        raise NotFoundError("not a kind")
    facts = record_page(visit, desk_of(router), kind, number)
    return answer(router.current_event, visit, "record.html", facts, kinds=KINDS)
