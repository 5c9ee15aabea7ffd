"""Keeps what goes over HTTP while a probe runs."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import requests
import urllib3

from local.cassettes.cleaning import Cleaner
from moment_xledger.domain.companies import Company
from moment_xledger.domain.probes import Probe

LARGEST = 2 * 1024 * 1024  # of an answer; of a longer one the beginning is kept, and handed on
SETTINGS = ("export_customers", "export_projects", "route", "vat_codes", "import_expenses")
EXCHANGES, ABOUT = "exchanges.jsonl", "about.json"
_OPERATION = re.compile(r'action="?[^";]*/([A-Za-z]+)"?')
_COMPANY = re.compile(r"/companies/[^/]+/")


@dataclass
class Recording:
    cleaner: Cleaner
    exchanges: list[dict[str, Any]] = field(default_factory=list)

    def keep(self, folder: Path, company: Company, probe: Probe, made_by: str) -> None:
        """Overwrites what an earlier one left there."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(each, ensure_ascii=False) + "\n" for each in self.exchanges]
        (folder / EXCHANGES).write_text("".join(lines), "utf-8")
        settings = company.model_dump(mode="json", include=set(SETTINGS))
        if company.owner_code is not None:
            settings["owner_code"] = self.cleaner.owner(company.owner_code)
        found = {str(each.assumption): each.case for each in probe.findings}
        about = {"made_by": made_by, "settings": settings, "found": found}
        (folder / ABOUT).write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", "utf-8")


@contextmanager
def recording(company: Company) -> Iterator[Recording]:
    """Of all that this process asks over `requests` meanwhile; AWS is asked in another way."""
    kept, send = Recording(Cleaner(company.owner_code)), requests.Session.send

    def sent(session: requests.Session, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        answer = send(session, request, **how)
        body = answer.content[:LARGEST]
        text = body.decode("utf-8", "replace")
        ask = asked_for(str(request.method), str(request.url), request.headers, request.body)
        kept.exchanges.append(
            {
                "ask": ask,
                "status": answer.status_code,
                "type": answer.headers.get("Content-Type", ""),
                "body": kept.cleaner.answer(ask, text),
            }
        )
        return _unread(answer, body)

    with mock.patch.object(requests.Session, "send", sent):
        yield kept


def _unread(answer: requests.Response, body: bytes) -> requests.Response:
    """The same for whoever asked, to be read from its beginning."""
    for name in ("Content-Encoding", "Transfer-Encoding", "Content-Length"):
        answer.headers.pop(name, None)
    answer.raw = urllib3.HTTPResponse(io.BytesIO(body), status=answer.status_code, preload_content=False)
    answer._content = False  # type: ignore[assignment]
    answer._content_consumed = False  # type: ignore[attr-defined]
    return answer


def asked_for(method: str, url: str, headers: Mapping[str, str], body: bytes | str | None) -> str:
    """By which an answer is found again."""
    parts = urlsplit(url)
    path = _COMPANY.sub("/companies/*/", parts.path)
    if "include/" in path:
        path = path.partition("/include/")[0] + "/include"
    if parts.query.lower() == "wsdl":
        return f"{method} {path}?wsdl"
    if action := _OPERATION.search(headers.get("Content-Type", "")):
        return f"{method} {path} {action[1]}"
    if "json" in headers.get("Content-Type", "") and body:
        return f"{method} {path} {json.loads(body).get('operationName', '')}"
    return f"{method} {path}"
