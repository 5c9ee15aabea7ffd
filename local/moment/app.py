"""The API's addresses, and who may use them."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response
from werkzeug.exceptions import (
    BadRequest,
    Conflict,
    Forbidden,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    Unauthorized,
)
from werkzeug.routing import Map, Rule

from local.moment.expenses import read_expense
from local.moment.faults import Faults
from local.moment.listing import page
from local.moment.pdf import invoice_pdf
from local.moment.records import RESOURCES, Moment, Record
from local.moment.shape import AS_EVENTS, Shape

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BASE = "/api/1.0/companies/<company>"
ADDRESSES = Map(
    [
        Rule("/_state", endpoint="state", methods=["GET"]),
        Rule("/_events", endpoint="events", methods=["POST"]),
        Rule("/_faults", endpoint="faults", methods=["POST"]),
        Rule(f"{BASE}/<any({','.join(RESOURCES)}):resource>", endpoint="many"),
        Rule(
            f"{BASE}/<any({','.join(RESOURCES)}):resource>/include/<parts>", endpoint="many", methods=["GET"]
        ),
        Rule(f"{BASE}/<any({','.join(RESOURCES)}):resource>/<int:record_id>", endpoint="one"),
        Rule(f"{BASE}/invoices/<int:record_id>/pdf", endpoint="pdf", methods=["GET"]),
    ],
    strict_slashes=False,
)


def application(
    moment: Moment, keys: Mapping[str, Collection[str]], shape: Shape = AS_EVENTS
) -> "WSGIApplication":
    """`keys`: an API key → the companies it opens."""
    asked: Counter[str] = Counter()
    faults = Faults()
    beside: dict[str, Callable[[Request], Any]] = {
        "state": lambda _: {each: list(moment.state(each)) for each in RESOURCES} | {"requests": dict(asked)},
        "events": lambda request: {"taken": _take(moment, request)},
        "faults": lambda request: {"coming": _sound(faults.order, request.get_data(as_text=True).split())},
    }

    @Request.application
    def answer(request: Request) -> Response:
        try:
            endpoint, named = ADDRESSES.bind_to_environ(request.environ).match()
            if endpoint in beside:
                return _json(beside[endpoint](request))
            _admit(request, named["company"], keys)
            asked[f"{request.method} {named.get('resource', 'invoices/pdf')}"] += 1
            return faults.around(lambda: API[endpoint](moment, request, shape, **named))
        except HTTPException as refusal:
            return _refused(refusal)

    return answer


def _admit(request: Request, company: str, keys: Mapping[str, Collection[str]]) -> None:
    given = request.authorization
    key = given.password if given and given.type == "basic" and given.username == "apikey" else None
    if key is None or key not in keys:
        raise Unauthorized("Log in as apikey, with a valid API key as the password.")
    if company not in keys[key]:
        raise Forbidden("This API key does not open that company.")


def _many(
    moment: Moment, request: Request, shape: Shape, company: str, resource: str, parts: str = ""
) -> Response:
    if resource in shape.absent:
        raise NotFound(f"There are no {resource} here.")
    if request.method == "GET":
        found = _sound(page, moment.every(company, resource), request.args.to_dict())
        return _json(found | {"content": [shape.shown(resource, each, parts) for each in found["content"]]})
    _only_expenses(request, resource, allowed=("POST",))
    content = _sound(read_expense, request.get_data(), company, moment)
    return _json(moment.add_expense(company, content), HTTPStatus.CREATED)


def _one(
    moment: Moment, request: Request, _shape: Shape, company: str, resource: str, record_id: int
) -> Response:
    record = _found(moment, company, resource, record_id)
    if request.method == "GET":
        return _json(record)
    _only_expenses(request, resource, allowed=("PUT", "PATCH"))
    if "invoiceId" in record:
        raise Conflict(f"The expense {record_id} is on an invoice.")
    content = _sound(read_expense, _merged(record, request.get_data()), company, moment)
    return _json(moment.change_expense(company, record, content))


def _pdf(moment: Moment, _request: Request, _shape: Shape, company: str, record_id: int) -> Response:
    return Response(
        invoice_pdf(_found(moment, company, "invoices", record_id)), content_type="application/pdf"
    )


API: dict[str, Callable[..., Response]] = {"many": _many, "one": _one, "pdf": _pdf}


def _found(moment: Moment, company: str, resource: str, record_id: int) -> Record:
    record = moment.get(company, resource, record_id)
    if record is None:
        raise NotFound(f"There is no {resource.removesuffix('s')} with id {record_id}.")
    return record


def _only_expenses(request: Request, resource: str, allowed: tuple[str, ...]) -> None:
    if resource != "expenses" or request.method not in allowed:
        raise MethodNotAllowed(description=f"{request.method} is not simulated here.")


def _merged(record: Record, text: bytes) -> str:
    """The stored expense with what the request changes. Naming its project one way forgets the other."""
    changes = _sound(json.loads, text)
    if not isinstance(changes, dict):
        raise BadRequest("The body must be a JSON object.")
    named = {"projectId", "projectNumber"} & changes.keys()
    forgotten = {"id", "version"} | ({"projectId", "projectNumber"} if named else {"projectNumber"})
    return json.dumps({**{name: value for name, value in record.items() if name not in forgotten}, **changes})


def _take(moment: Moment, request: Request) -> int:
    events = [_sound(json.loads, line) for line in request.get_data().splitlines()]
    return sum(_sound(moment.take, event) for event in events)


def _sound(read: Any, *arguments: Any) -> Any:
    """What a reader cannot accept is the caller's fault."""
    try:
        return read(*arguments)
    except KeyError as missing:
        raise BadRequest(f"The field {missing} is missing.") from None
    except ValueError as problem:
        raise BadRequest(str(problem)) from None


def _json(content: Any, status: int = HTTPStatus.OK) -> Response:
    return Response(json.dumps(content, ensure_ascii=False), status, content_type="application/json")


def _refused(refusal: HTTPException) -> Response:
    status = HTTPStatus(refusal.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    body = {"status": status.value, "error": status.phrase, "message": refusal.description}
    answer = _json(body, status)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Moment"'
    return answer
