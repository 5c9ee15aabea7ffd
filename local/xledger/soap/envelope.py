"""SOAP 1.1 and 1.2: envelopes in, envelopes and faults out."""

from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

from lxml import etree

DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>'


@dataclass(frozen=True)
class Version:
    namespace: str
    media_type: str
    suffix: str  # of the binding
    sender: str  # the code of a fault that the caller is to blame for
    receiver: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Type": f"{self.media_type}; charset=utf-8"}


SOAP_11 = Version("http://schemas.xmlsoap.org/soap/envelope/", "text/xml", "Soap", "Client", "Server")
SOAP_12 = Version(
    "http://www.w3.org/2003/05/soap-envelope", "application/soap+xml", "Soap12", "Sender", "Receiver"
)
VERSIONS = {version.media_type: version for version in (SOAP_11, SOAP_12)}


class SoapFault(Exception):
    """A refusal, told in ASP.NET's manner."""

    def __init__(self, reason: str, blame: Literal["sender", "receiver"] = "receiver") -> None:
        self.blame = blame
        tried = "process" if blame == "receiver" else "read"
        super().__init__(f"Server was unable to {tried} request. ---> {reason}")


def read_envelope(body: bytes, version: Version) -> etree._Element:
    """The request in the envelope's body. Document types are refused, and so is whatever needs one."""
    root = _parsed(body)
    if root.tag != f"{{{version.namespace}}}Envelope":
        raise SoapFault("Possible SOAP version mismatch: the envelope is not of this version.", "sender")
    requests = root.findall(f"{{{version.namespace}}}Body/*")
    if len(requests) != 1:
        raise SoapFault("The body of the envelope must hold one request.", "sender")
    return requests[0]


def _parsed(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as problem:
        raise SoapFault(f"There is an error in XML document: {problem.msg}.", "sender") from None
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs leave it open
        raise SoapFault("For security reasons DTD is prohibited in this XML document.", "sender")
    return root


def opening(version: Version) -> bytes:
    return DECLARATION + f'<soap:Envelope xmlns:soap="{version.namespace}"><soap:Body>'.encode()


CLOSING = b"</soap:Body></soap:Envelope>"


def fault_envelope(fault: SoapFault, version: Version) -> bytes:
    code = version.sender if fault.blame == "sender" else version.receiver
    told = _told_11 if version is SOAP_11 else _told_12
    return opening(version) + told(code, escape(str(fault))).encode() + CLOSING


def _told_11(code: str, reason: str) -> str:
    return (
        f"<soap:Fault><faultcode>soap:{code}</faultcode>"
        f"<faultstring>{reason}</faultstring><detail/></soap:Fault>"
    )


def _told_12(code: str, reason: str) -> str:
    return (
        f"<soap:Fault><soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code>"
        f'<soap:Reason><soap:Text xml:lang="en">{reason}</soap:Text></soap:Reason><soap:Detail/></soap:Fault>'
    )
