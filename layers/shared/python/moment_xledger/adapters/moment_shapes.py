"""What Moment's lists look like, for a probe: whether their records have the fields that are read of them.

That a list shows more with `/include/a+b` behind its name, `base` being one of the parts, is from public clients.
Assumed is that a part is called as the field that it adds, as `email` is.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import requests
from pydantic import BaseModel, ValidationError

from moment_xledger.adapters.http_deadlines import within
from moment_xledger.adapters.moment_answers import refuses_the_key
from moment_xledger.adapters.moment_api import TIMEOUT, Page
from moment_xledger.adapters.moment_expenses import Stored
from moment_xledger.domain.assumptions import Unread, WhyUnread
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.errors import KeyRefused, Unreachable
from moment_xledger.domain.moment import Customer, Invoice, Project
from moment_xledger.domain.probes import Listed, NoSuchList

A_PAGE = 100
MODELS: Mapping[str, type[BaseModel]] = {
    "customers": Customer,
    "projects": Project,
    "invoices": Invoice,
    "expenses": Stored,
}
# Not every record must have them. That none has is a sign that the list does not show them.
WISHED: Mapping[str, tuple[str, ...]] = {
    "customers": ("organizationNumber", "email", "address"),
    "projects": ("customerNumber",),
    "invoices": (),
    "expenses": ("externalId",),
}
STATE = "projectState"
NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE)

Records = list[dict[str, Any]]


class MomentShapes:
    def __init__(self, session: requests.Session, url: str, timeout: timedelta = TIMEOUT) -> None:
        self._session, self._url, self._timeout = session, url.rstrip("/"), timeout

    def listed(
        self, company: CompanyId, key: Token, resource: str
    ) -> tuple[Listed | NoSuchList | Unread, frozenset[str]]:
        """One request, and another one with includes where fields are missing. With the numbers of projects."""
        try:
            answer = self._page(company, key, resource)
        except KeyRefused as refused:
            return Unread(WhyUnread.REFUSED, str(refused)), frozenset()
        except Unreachable as unreachable:
            return Unread(WhyUnread.NO_ANSWER, str(unreachable)), frozenset()
        if isinstance(answer, NoSuchList):
            return answer, frozenset()
        found = _described(resource, answer)
        wanted = (*found.lacking, *found.not_seen)
        numbers = frozenset(str(each["projectNumber"]) for each in answer if "projectNumber" in each)
        if not wanted or not found.count:
            return found, numbers
        return self._with_includes(company, key, resource, found, wanted), numbers

    def _with_includes(
        self, company: CompanyId, key: Token, resource: str, found: Listed, wanted: Collection[str]
    ) -> Listed:
        include = "+".join(("base", *wanted))
        try:
            answer = self._page(company, key, f"{resource}/include/{include}")
        except (KeyRefused, Unreachable):
            return found
        if isinstance(answer, NoSuchList):
            return found
        more = _described(resource, answer)
        adds = tuple(each for each in wanted if each not in (*more.lacking, *more.not_seen))
        return Listed(
            found.count, found.lacking, found.not_seen, include, adds, found.state_field, found.state_words
        )

    def _page(self, company: CompanyId, key: Token, path: str) -> Records | NoSuchList:
        try:
            with within(self._timeout, self._session):
                answer = self._session.get(
                    f"{self._url}/companies/{company}/{path}",
                    params={"page": "1", "size": str(A_PAGE), "sort": "id,desc"},
                    auth=("apikey", key.secret),
                    timeout=self._timeout.total_seconds(),
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            raise Unreachable(f"Moment: {type(error).__name__}") from None  # its text holds the address
        if refuses_the_key(answer):
            raise KeyRefused("Moment: the API key is refused")
        if answer.status_code in NOT_THERE:
            return NoSuchList(answer.status_code)
        if answer.status_code != HTTPStatus.OK:
            raise Unreachable(f"Moment: HTTP {answer.status_code}")
        try:
            return Page.model_validate_json(answer.content).content
        except ValidationError:
            raise Unreachable("Moment: the answer is not a page of records") from None


def _described(resource: str, records: Records) -> Listed:
    finished = _finalized(records) if resource == "invoices" else records
    lacking: dict[str, None] = {}
    for each in finished:
        try:
            MODELS[resource].model_validate(each)
        except ValidationError as invalid:
            lacking |= dict.fromkeys(str(fault["loc"][0]) for fault in invalid.errors() if fault["loc"])
    not_seen = tuple(
        name for name in WISHED[resource] if finished and not any(each.get(name) for each in finished)
    )
    states = sorted({str(each[STATE]) for each in records if each.get(STATE)})
    return Listed(len(finished), tuple(lacking), not_seen, state_field=STATE, state_words=tuple(states))


def _finalized(invoices: Records) -> Records:
    """A draft says so, or has no number where others have one."""
    numbered = any(each.get("invoiceNumber") for each in invoices)
    return [
        each
        for each in invoices
        if each.get("status") != "DRAFT" and (each.get("invoiceNumber") or not numbered)
    ]
