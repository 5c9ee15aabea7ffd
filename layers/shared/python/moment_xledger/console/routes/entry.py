"""In, by a link that is good once; and out."""

from aws_lambda_powertools.event_handler.exceptions import UnauthorizedError
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from moment_xledger.console.answers import Answer, plain, see_other
from moment_xledger.console.desk import desk_of, new_router
from moment_xledger.console.visits import COOKIE, language_of, ours_alone, submitted
from moment_xledger.console.visits import token as checked
from moment_xledger.console.words import Words
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.sessions import SESSION_LIFETIME
from moment_xledger.flows.open_session import open_session

router = new_router()
HOME = "/overview"


@router.get("/")
def home() -> Answer:
    return see_other(HOME)


@router.get("/in/<token>")
def knock(token: str) -> Answer:
    """Looking does not use the link up: mail scanners and previews look, people press the button."""
    person = desk_of(router).ledger.sessions.offered(checked(token), desk_of(router).clock())
    if person is None:
        raise UnauthorizedError("no entry")
    company = desk_of(router).company(person.company).name
    return plain("enter.html", Words(person.language), person=person, company=company)


@router.post("/in/<token>")
def enter(token: str) -> Answer:
    ours_alone(router.current_event)
    session = open_session(checked(token), desk_of(router).ledger, desk_of(router).clock())
    if session is None:
        raise UnauthorizedError("no entry")
    return see_other(HOME, [_cookie(session, int(SESSION_LIFETIME.total_seconds()))])


@router.post("/out")
def leave() -> Answer:
    visit = submitted(router.current_event, desk_of(router))
    desk_of(router).ledger.sessions.end(visit.session, visit.company.id)
    desk_of(router).ledger.audit.note(
        Deed(visit.company.id, desk_of(router).clock(), visit.who, What.SIGNED_OUT)
    )
    return see_other("/out", [_cookie("", 0)])


@router.get("/out")
def outside() -> Answer:
    return plain("out.html", Words(language_of(router.current_event)))


def _cookie(session: str, seconds: int) -> Cookie:
    """Lax: with Strict, whoever comes from a link in Moment would seem to be signed out."""
    return Cookie(
        COOKIE,
        session,
        path="/",
        secure=True,
        http_only=True,
        max_age=seconds,
        same_site=SameSite.LAX_MODE,
    )
