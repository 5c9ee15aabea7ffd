"""A stand-in for Xledger's SOAP services that says what a test tells it to, and remembers what it was asked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import requests
from lxml import etree
from werkzeug.wrappers import Request, Response

from local.serving import CloseConnection, start
from moment_xledger.adapters.xledger_soap.client import XledgerSoap
from moment_xledger.adapters.xledger_soap.hosts import host
from moment_xledger.adapters.xledger_soap.posting import Line
from moment_xledger.adapters.xledger_soap.services import Version
from moment_xledger.domain.companies import SoapLogin

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

NAMESPACE = "http://ws.xledger.net/"
ENVELOPE = {
    Version.SOAP_11: "http://schemas.xmlsoap.org/soap/envelope/",
    Version.SOAP_12: "http://www.w3.org/2003/05/soap-envelope",
}
SOAP_11_FAULT = "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>{}</faultstring></soap:Fault>"
SOAP_12_FAULT = (
    "<soap:Fault><soap:Code><soap:Value>soap:Receiver</soap:Value></soap:Code>"
    '<soap:Reason><soap:Text xml:lang="en">{}</soap:Text></soap:Reason></soap:Fault>'
)


def envelope(content: str, version: Version = Version.SOAP_12) -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{ENVELOPE[version]}">'
        f"<soap:Body>{content}</soap:Body></soap:Envelope>"
    )


def says(operation: str, result: str | None) -> Response:
    """A SOAP answer; without a result, one that lacks its element."""
    inside = "" if result is None else f"<{operation}Result>{result}</{operation}Result>"
    content = f'<{operation}Response xmlns="{NAMESPACE}">{inside}</{operation}Response>'
    return Response(envelope(content), content_type="application/soap+xml; charset=utf-8")


def fault(text: str, version: Version = Version.SOAP_12) -> Response:
    shape = SOAP_12_FAULT if version is Version.SOAP_12 else SOAP_11_FAULT
    return Response(
        envelope(shape.format(text), version), 500, content_type="application/soap+xml; charset=utf-8"
    )


def cut(response: Response, kept: int) -> Response:
    """Promises the whole answer and hangs up after `kept` bytes."""

    def body() -> Iterator[bytes]:
        yield response.get_data()[:kept]
        raise CloseConnection

    headers = {"Content-Length": str(len(response.get_data()))}
    return Response(body(), headers=headers, content_type="text/xml", direct_passthrough=True)


@dataclass(frozen=True)
class Call:
    path: str
    operation: str
    fields: dict[str, str]
    content_type: str
    soap_action: str | None
    accepted_encodings: str


Answer = Response | Callable[[], Response]


@dataclass
class FakeXledger:
    """`answers`: for each operation in turn; the last one stays."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        call = _read(Request(environ))
        self.calls.append(call)
        waiting = self.answers[call.operation]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        response = answer if isinstance(answer, Response) else answer()
        return response(environ, start_response)

    @property
    def asked(self) -> list[str]:
        return [call.operation for call in self.calls]

    def keys_used(self, operation: str) -> list[str]:
        return [call.fields["sKey"] for call in self.calls if call.operation == operation]


def _read(request: Request) -> Call:
    asked = etree.fromstring(request.get_data())[0][0]
    fields = {etree.QName(part).localname: part.text or "" for part in asked}
    return Call(
        request.path,
        etree.QName(asked).localname,
        fields,
        request.headers["Content-Type"],
        request.headers.get("SOAPAction"),
        request.headers["Accept-Encoding"],
    )


@dataclass
class Connected:
    """Our client and the service that it talks to; `kept` are the keys it gave us to store."""

    fake: FakeXledger
    url: str
    kept: list[str] = field(default_factory=list)

    def fresh(self) -> "Connected":
        """As at the beginning, for the next test."""
        self.fake.answers, self.fake.calls, self.kept = {}, [], []
        return self

    def client(
        self,
        login: SoapLogin,
        *,
        timeout: float = 5,
        largest: int = 20 * 1024 * 1024,
        version: Version | None = None,
    ) -> XledgerSoap:
        session = requests.Session()
        session.trust_env = False
        line = Line(host("test", self.url), session, timedelta(seconds=timeout), largest)
        return XledgerSoap(login, line, keep_key=self.kept.append, version=version)


def connected() -> Iterator[Connected]:
    fake = FakeXledger()
    with start(fake) as running:
        yield Connected(fake, running.url)
