"""Moment's API: what we ask it when an event that we need has not come.

Base address, Basic authentication as `apikey`, the list parameters `query`, `page` and `size`, and `content` in the
answer are from Moment's own pages and public clients, and so are `ids` and `lastModifiedDateFrom`. Assumed is that
customers, projects and invoices look like the data of their events, and that a draft has no invoice number or `status`
`DRAFT`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import requests
from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel

from moment_xledger.adapters.http_deadlines import within
from moment_xledger.adapters.moment_answers import UNEXPLAINED, refuses_the_key
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.errors import KeyRefused, Unreachable, UnusableAnswer
from moment_xledger.domain.followed import path_of, with_active
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Customer, Project, Saved

TIMEOUT = timedelta(seconds=20)
PAGE_SIZE = 100
MOST_PAGES = 100


class _PageInfo(BaseModel, alias_generator=to_camel):
    total_elements: int


class Page(BaseModel):
    content: list[dict[str, Any]]
    page: _PageInfo


class MomentApi:
    """Raises `Unreachable` whenever there is no usable answer, whatever the reason."""

    def __init__(
        self,
        session: requests.Session,
        url: str,
        timeout: timedelta = TIMEOUT,
        follows: Callable[[CompanyId], Mapping[str, str]] = lambda _: {},
    ) -> None:
        """`follows`: what a probe has taught of a company's Moment; see `domain.followed`."""
        self._session, self._timeout = session, timeout
        self._url, self._follows = url.rstrip("/"), follows

    def record(self, company: CompanyId, key: Token, kind: Kind, number: str) -> Saved | None:
        """The customer or project of this number, if Moment has one. Raises `UnusableAnswer` where it would not pass as
        an event."""
        for page in range(1, MOST_PAGES):
            found = self._get(company, key, f"{kind}s", {"query": number, "page": page, "size": PAGE_SIZE})
            for content in found.content:
                if content.get(f"{kind}Number") == number:
                    return _record(kind, content)
            if page * PAGE_SIZE >= found.page.total_elements:
                break
        return None

    def records(self, company: CompanyId, key: Token, kind: Kind, ids: Collection[int]) -> dict[int, Saved]:
        """Those of these customers or projects that Moment has and that would pass as an event: at most a page of them,
        in one request."""
        listed = ",".join(map(str, ids))
        found = self._get(company, key, f"{kind}s", {"ids": listed, "page": 1, "size": PAGE_SIZE})
        read: dict[int, Saved] = {}
        for content in found.content:
            with suppress(UnusableAnswer):
                record = _record(kind, content)
                read[record.id] = record
        return {id_: record for id_, record in read.items() if id_ in ids}

    def invoice_pages(
        self, company: CompanyId, key: Token, since: datetime
    ) -> Iterator[list[dict[str, Any]]]:
        """Every invoice that was changed since then, as Moment has it, drafts too.

        In the order of their ids: what is changed meanwhile can push others to a later page, never to an earlier one.
        """
        wanted = {"lastModifiedDateFrom": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "sort": "id,asc"}
        seen = 0
        for page in count(1):
            found = self._get(company, key, "invoices", {**wanted, "page": page, "size": PAGE_SIZE})
            seen += len(found.content)
            yield found.content
            if seen >= found.page.total_elements:
                return
            if not found.content:
                raise Unreachable("Moment: the list of invoices ends before all were listed")

    def accepts(self, company: CompanyId, key: Token) -> bool:
        """Whether the key opens this company's data."""
        try:
            self._get(company, key, "customers", {"page": 1, "size": 1})
        except KeyRefused:
            return False
        return True

    def _get(self, company: CompanyId, key: Token, resource: str, wanted: dict[str, Any]) -> Page:
        follows = self._follows(company)
        page = self._read(company, key, path_of(resource, follows), wanted)
        if resource == "projects":
            page.content = [dict(with_active(each, follows)) for each in page.content]
        return page

    def _read(self, company: CompanyId, key: Token, resource: str, wanted: dict[str, Any]) -> Page:
        try:
            with within(self._timeout, self._session):
                answer = self._session.get(
                    f"{self._url}/companies/{company}/{resource}",
                    params=wanted,
                    auth=("apikey", key.secret),
                    timeout=self._timeout.total_seconds(),
                    allow_redirects=False,
                )
            if refuses_the_key(answer):
                raise KeyRefused("Moment: the API key is refused")
            if answer.status_code in UNEXPLAINED:
                raise Unreachable(
                    f"Moment: HTTP {answer.status_code} without a reason, perhaps from a firewall"
                )
            answer.raise_for_status()
            return Page.model_validate_json(answer.content)
        except requests.RequestException as error:
            raise Unreachable(f"Moment: {type(error).__name__}") from None  # its text holds the address
        except ValidationError:
            raise Unreachable("Moment: the answer is not a page of records") from None


def _record(kind: Kind, content: Any) -> Saved:
    try:
        return (Customer if kind is Kind.CUSTOMER else Project).model_validate(content)
    except ValidationError:
        raise UnusableAnswer(f"Moment: the {kind} would not pass as an event either") from None
