"""
Expenses in Moment's API, for one company.

The address, the authentication and the lists are as in `moment_api`. Assumed, since no public description was found:
what an expense's fields are called, that Moment keeps a reference of ours (`externalId`) which a `query` finds, and
that an expense on an invoice names it (`invoiceId`) and refuses to be changed with 409.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, TypeVar

import requests
from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel

from moment_xledger.adapters.http_deadlines import within
from moment_xledger.adapters.moment_answers import refuses_the_key
from moment_xledger.adapters.moment_api import MOST_PAGES, PAGE_SIZE, TIMEOUT
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.errors import RefusedByMoment, RunStopped, Unreachable
from moment_xledger.domain.expenses import Expense, InMoment, ProjectState
from moment_xledger.domain.followed import path_of, with_active
from moment_xledger.domain.problems import Code

FIELDS: Mapping[str, str] = {
    "external_id": "externalId",
    "description": "description",
    "amount": "amount",
    "currency": "currency",
    "supplier": "supplier",
    "invoice_number": "supplierInvoiceNumber",
    "invoice_date": "invoiceDate",
    "account": "accountNumber",
    "project": "projectNumber",
    "billable": "billable",
}
# It says no to what was sent, and did nothing. Any other answer that is no success may come after it was done.
REFUSALS = {400, 404, 405, 409, 413, 415, 422}
MOST_WORDS = 500


Model = TypeVar("Model", bound=BaseModel)


class Stored(BaseModel, alias_generator=to_camel):
    id: int
    external_id: str | None = None
    invoice_id: int | str | None = None

    def seen(self) -> InMoment:
        return InMoment(self.id, self.invoice_id is not None)


class _PageInfo(BaseModel, alias_generator=to_camel):
    total_elements: int


class _Page(BaseModel):
    content: list[dict[str, Any]]
    page: _PageInfo


class _Project(BaseModel, alias_generator=to_camel):
    project_number: str
    active: bool


class MomentExpenses:
    """Raises `Unreachable` where there is no usable answer: what was sent may then have been done, or not."""

    def __init__(
        self,
        session: requests.Session,
        url: str,
        company: CompanyId,
        key: Token,
        timeout: timedelta = TIMEOUT,
        follows: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`follows`: see `domain.followed`."""
        self._follows = follows
        self._session, self._timeout = session, timeout
        self._url = f"{url.rstrip('/')}/companies/{company}"
        self._key = key

    def find(self, external_id: str) -> InMoment | None:
        """The oldest, should there be several."""
        found = [_read(Stored, each) for each in self._every("expenses", external_id)]
        mine = [each for each in found if each.external_id == external_id]
        return min(mine, key=lambda each: each.id).seen() if mine else None

    def get(self, moment_id: int) -> InMoment | None:
        answer = self._send("GET", f"expenses/{moment_id}")
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        return _read(Stored, _json(_sound(answer))).seen()

    def add(self, expense: Expense) -> int:
        """Raises `RefusedByMoment` where Moment says no, and did nothing."""
        answer = self._send("POST", "expenses", json=_body(dict(expense)))
        return _read(Stored, _json(_accepted(answer))).id

    def change(self, moment_id: int, changes: Mapping[str, object]) -> None:
        _accepted(self._send("PATCH", f"expenses/{moment_id}", json=_body(changes)))

    def project(self, number: str) -> ProjectState:
        for content in self._every("projects", number):
            if content.get("projectNumber") == number:
                project = _read(_Project, with_active(content, self._follows))
                return ProjectState.OPEN if project.active else ProjectState.CLOSED
        return ProjectState.UNKNOWN

    def _every(self, resource: str, query: str) -> Iterator[dict[str, Any]]:
        """All that the query finds, or `Unreachable`: part of it would look like nothing."""
        for number in range(1, MOST_PAGES):
            wanted: dict[str, Any] = {"query": query, "page": number, "size": PAGE_SIZE}
            path = path_of(resource, self._follows)
            page = _read(_Page, _json(_sound(self._send("GET", path, params=wanted))))
            yield from page.content
            if number * PAGE_SIZE >= page.page.total_elements:
                return
        raise Unreachable("Moment")

    def _send(self, method: str, path: str, **given: Any) -> requests.Response:
        try:
            with within(self._timeout, self._session):
                answer = self._session.request(
                    method,
                    f"{self._url}/{path}",
                    auth=("apikey", self._key.secret),
                    timeout=self._timeout.total_seconds(),
                    allow_redirects=False,
                    **given,
                )
        except requests.RequestException:
            raise Unreachable("Moment") from None  # its text holds the address
        if refuses_the_key(answer):
            raise RunStopped(Code.EXPENSES_KEY_REFUSED)
        return answer


def _body(fields: Mapping[str, object]) -> dict[str, object]:
    return {FIELDS[name]: _spelt(value) for name, value in fields.items() if value is not None}


def _spelt(value: object) -> object:
    """An amount as text: no float ever stands for money."""
    return value if isinstance(value, bool) else str(value)


def _accepted(answer: requests.Response) -> requests.Response:
    if answer.status_code in REFUSALS:
        raise RefusedByMoment(_words(answer), is_locked=answer.status_code == HTTPStatus.CONFLICT)
    return _sound(answer)


def _sound(answer: requests.Response) -> requests.Response:
    if not HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
        raise Unreachable("Moment")
    return answer


def _words(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])[:MOST_WORDS]
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status_code}"


def _json(answer: requests.Response) -> object:
    try:
        return answer.json(parse_float=Decimal)
    except ValueError:
        raise Unreachable("Moment") from None


def _read(model: type[Model], content: object) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError:
        raise Unreachable("Moment") from None
