"""What the page of an export does, whether one came by a session or by the export's link."""

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent

from moment_xledger.console.answers import Answer, answer, see_other
from moment_xledger.console.desk import Desk
from moment_xledger.console.views import one_export
from moment_xledger.console.visits import Visit
from moment_xledger.domain.exports import Export, Status
from moment_xledger.flows.fetch_file import Piece, fetch_file


def show(
    event: LambdaFunctionUrlEvent,
    visit: Visit,
    export: Export,
    desk: Desk,
    base: str,
    may_fetch: bool,
    may_tell: bool = False,
    did: str = "",
) -> Answer:
    """`base` is where its buttons lead. `may_tell`: the person may say what became of its file in Xledger."""
    facts = one_export(export, desk)
    origin = desk.files().origin
    return answer(
        event,
        visit,
        "export.html",
        facts,
        origin=origin,
        base=base,
        may_fetch=may_fetch,
        may_tell=may_tell,
        did=did,
    )


def hand_out(visit: Visit, export: Export, piece: str, desk: Desk) -> Answer:
    """To a fresh link, which is in this one answer and nowhere else."""
    if piece not in list(Piece) or export.status is not Status.READY:
        raise NotFoundError("no such file")
    link = fetch_file(export, Piece(piece), visit.who, desk.shelf)
    if link is None:
        raise NotFoundError("no such file")
    return see_other(link)
