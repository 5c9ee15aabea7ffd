"""
The three services without a network: a request in, the answer and how it should be delivered out.

A request is read, then meets its fault if one is due, then is executed; so a fault can be had for one operation.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree
from werkzeug.http import parse_options_header

from local.xledger.answering import Answer, answer_page, delivered
from local.xledger.faults import Fault, Faults, Met
from local.xledger.plan import Plan
from local.xledger.soap.description import NAMESPACE, PATHS, Description, Values, describe, renamed
from local.xledger.soap.envelope import (
    SOAP_11,
    VERSIONS,
    SoapFault,
    Version,
    fault_envelope,
    read_envelope,
)
from local.xledger.soap.ledger.shapes import result_envelope
from local.xledger.soap.pages import FORBIDDEN, GATEWAY_ERROR, UNSUPPORTED, WEB_PAGE, overview
from local.xledger.soap.plan import RATES, Scheduled
from local.xledger.soap.services import Services
from local.xledger.state import State

WITH_CERTIFICATE = ("FileUpload", "Export")
STREAMED = ("GetGLTransactionsData", "GetSupplierTransactionsData")


@dataclass(frozen=True)
class Streamed(Answer):
    """An answer whose body is made while it is sent."""

    parts: Iterator[bytes] = field(default_factory=lambda: iter(()))


@dataclass(frozen=True)
class Call:
    version: Version
    description: Description
    operation: str
    asked: Values


class Soap:
    """Many threads may call it; `lock` lets one at a time into what it shares with the rest of Xledger."""

    def __init__(
        self,
        plan: Plan,
        state: State,
        clock: Callable[[], datetime],
        lock: AbstractContextManager[Any],
    ) -> None:
        self._services = Services(plan, state, clock)
        self.ledger, self.uploads = self._services.ledger, self._services.uploads
        self._faults = Faults(plan.seed, RATES)
        self.next_faults = self._faults.ordered
        self.schedule(plan.soap.scheduled)
        self._counts: Counter[str] = Counter()
        self._lock = lock

    def replan(self, plan: Plan) -> None:
        if plan.seed != self._services.plan.seed:
            self._faults.seed(plan.seed)
        self._services.plan = plan

    def schedule(self, faults: tuple[Scheduled, ...]) -> None:
        """Instead of what is left of an earlier schedule."""
        self.next_faults[:] = [Fault(each.what, each.seconds, each.only) for each in faults]

    def seen(self) -> dict[str, Any]:
        return self._services.shown() | {"soapRequests": dict(self._counts)}

    def describe(self, path: str, query: str, base: str) -> Answer:
        """What a GET is answered with; `base` is the address that the caller used."""
        description = describe(PATHS[path])
        if query.casefold() == "wsdl":
            soap = self._services.plan.soap
            text = description.served(base, text_results=soap.result_shape == "string")
            if description.name == "Export":
                text = renamed(text, soap.export_names)
            return Answer(200, text.encode(), SOAP_11.headers)
        return answer_page(200, overview(description))

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        given = {name.lower(): value for name, value in headers.items()}
        media_type, options = parse_options_header(given.get("content-type", ""))
        version = VERSIONS.get(media_type.lower())
        if version is None:
            return answer_page(415, UNSUPPORTED)
        action = given.get("soapaction") if version is SOAP_11 else options.get("action")
        with self._lock:
            if self._services.plan.soap.client_certificate and PATHS[path] in WITH_CERTIFICATE:
                return answer_page(403, FORBIDDEN)
            try:
                call = self._read(path, version, action, body)
            except SoapFault as fault:
                return _refusal(fault, version)
            return self._answer(call)

    def _read(self, path: str, version: Version, action: str | None, body: bytes) -> Call:
        if len(body) > self._services.plan.soap.largest_request:
            raise SoapFault("Maximum request length exceeded.", "sender")
        description = describe(PATHS[path])
        request = read_envelope(body, version)
        if description.name == "Export" and (names := self._services.plan.soap.export_names):
            _refuse_old_names(request, names)
            action = _known_by(request, names, action)
        operation = _named(description, version, action, request)
        return Call(version, description, operation, description.decode(version, request))

    def _answer(self, call: Call) -> Answer:
        self._counts[call.operation] += 1
        met = self._faults.meet(self._services.plan.soap, "mutation", [call.operation])
        return delivered(_instead(met, call) or self._executed(call, met), met)

    def _executed(self, call: Call, met: Met) -> Answer:
        try:
            result = self._services.operations[call.operation](call.asked)
        except SoapFault as fault:
            return _refusal(fault, call.version)
        if "errors_503_after" in met:
            return answer_page(503, GATEWAY_ERROR)
        if call.operation in STREAMED:
            soap = self._services.plan.soap
            named = soap.export_names.get(call.operation, call.operation)
            parts = result_envelope(call.version, named, result, soap)
            return Streamed(200, b"", call.version.headers, parts=parts)
        body = call.description.encode(call.version, call.operation, result)
        return Answer(200, body, call.version.headers)


def _named(description: Description, version: Version, action: str | None, request: etree._Element) -> str:
    """The operation: SOAP 1.1 names it in a header, which 1.2 may leave out."""
    name = etree.QName(request)
    wanted = (action or "").strip('"')
    if wanted != f"{NAMESPACE}{name.localname}" and (wanted or version is SOAP_11):
        raise SoapFault(f"Server did not recognize the value of HTTP Header SOAPAction: {wanted}.", "sender")
    if name.namespace != NAMESPACE or name.localname not in description.operations:
        raise SoapFault(f"{description.name} has no operation {name.localname}.", "sender")
    return name.localname


def _refuse_old_names(request: etree._Element, names: Mapping[str, str]) -> None:
    for each in request.iter():
        if (name := etree.QName(each).localname) in names:
            raise SoapFault(f"There is an error in XML document: {name} is not expected.", "sender")


def _known_by(request: etree._Element, names: Mapping[str, str], action: str | None) -> str | None:
    """The request in the names that our description has; and its action in them."""
    known = {theirs: ours for ours, theirs in names.items()}
    for each in request.iter():
        name = etree.QName(each)
        if name.localname in known:
            each.tag = f"{{{name.namespace}}}{known[name.localname]}"
    word = (action or "").strip('"').removeprefix(NAMESPACE)
    return f"{NAMESPACE}{known.get(word, word)}" if word else action


def _instead(met: Met, call: Call) -> Answer | None:
    """What is answered without anything being done."""
    if "lost_requests" in met or "errors_503" in met:
        return answer_page(503, GATEWAY_ERROR)
    if "soap_faults" in met:
        return _refusal(SoapFault("The service is not available at the moment."), call.version)
    return answer_page(200, WEB_PAGE) if "html_pages" in met else None


def _refusal(fault: SoapFault, version: Version) -> Answer:
    return Answer(500, fault_envelope(fault, version), version.headers)
