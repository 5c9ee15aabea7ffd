"""The page of one export for whoever has its link: to look and to download, and nothing besides."""

from aws_lambda_powertools.event_handler.exceptions import UnauthorizedError

from moment_xledger.console.answers import Answer
from moment_xledger.console.desk import desk_of, new_router
from moment_xledger.console.sharing import hand_out, show
from moment_xledger.console.visits import Visit, by_link, ours_alone
from moment_xledger.console.visits import token as checked
from moment_xledger.domain.exports import Export

router = new_router()


@router.get("/e/<token>")
def show_linked(token: str) -> Answer:
    visit, export = _linked(token)
    return show(router.current_event, visit, export, desk_of(router), f"/e/{token}", may_fetch=True)


@router.post("/e/<token>/files/<piece>")
def fetch_linked(token: str, piece: str) -> Answer:
    ours_alone(router.current_event)
    visit, export = _linked(token)
    return hand_out(visit, export, piece, desk_of(router))


def _linked(token: str) -> tuple[Visit, Export]:
    desk = desk_of(router)
    link = desk.ledger.links.read(checked(token), desk.clock())
    export = desk.ledger.exports.get(link.company, link.export) if link else None
    if link is None or export is None:
        raise UnauthorizedError("no such link")
    return by_link(link.company, desk), export
