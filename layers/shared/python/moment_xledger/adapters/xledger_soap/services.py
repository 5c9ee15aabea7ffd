"""Requests, made by zeep from the WSDLs in this package and from nowhere else."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from lxml import etree
from zeep import Client, Settings
from zeep.exceptions import ExternalReferenceForbidden

from moment_xledger.adapters.xledger_soap.assumed import assumed
from moment_xledger.domain.errors import Misconfigured

Names = tuple[tuple[str, str], ...]
WSDLS = Path(__file__).parent / "wsdl"
OUTSIDE = "a WSDL of this package wants another document: put that into the same file"


class Version(StrEnum):
    SOAP_11 = "1.1"
    SOAP_12 = "1.2"


@dataclass(frozen=True)
class Service:
    wsdl: str
    path: str
    port: str  # of SOAP 1.1; that of 1.2 ends in 12, as ASP.NET names them
    version: Version = Version.SOAP_12


AUTHENTICATION = Service("Authentication.wsdl", "/WS/Common/Lib/Authentication.asmx", "AuthenticationSoap")
FILE_UPLOAD = Service("FileUpload.wsdl", "/WS/Common/Lib/FileUpload.asmx", "FileUploadSoap")


@cache
def export() -> Service:
    known = assumed().service
    return Service(known["wsdl"], known["path"], known["port"] + "Soap", Version(known["soap"]))


@dataclass(frozen=True)
class Request:
    """`body` holds the password or key."""

    path: str
    operation: str
    body: bytes = field(repr=False)
    headers: dict[str, str]


class _Offline:
    """Stands where zeep has its transport: a WSDL that imports an address is refused, not followed."""

    def load(self, url: object) -> NoReturn:
        raise Misconfigured(OUTSIDE)


@cache
def _client(wsdl: str, names: Names = ()) -> Any:
    """Once for each process and WSDL: reading one takes some 25 ms. Holds nothing of any company."""
    settings = Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    with io.BytesIO(_renamed((WSDLS / wsdl).read_text("utf-8"), dict(names)).encode()) as document:
        client: Any = Client  # zeep has no types
        try:
            return client(document, transport=_Offline(), settings=settings)
        except ExternalReferenceForbidden:
            raise Misconfigured(OUTSIDE) from None


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """With what a probe has found to be called otherwise."""
    if not names:
        return text
    words = "|".join(map(re.escape, names))
    ends = r"(?=(?:Response|Result|SoapIn|SoapOut)?\b)"
    return re.sub(rf"\b({words}){ends}", lambda word: names[word[1]], text)


def request(
    service: Service, operation: str, version: Version, names: Names = (), **fields: object
) -> Request:
    """Where a WSDL says that the service stands is not looked at. `operation` and `fields` as they are called there;
    `names`: what they are called in our document, and there."""
    client = _client(service.wsdl, names)
    port = service.port + ("12" if version is Version.SOAP_12 else "")
    binding = next(iter(client.wsdl.services.values())).ports[port].binding
    proxy = client.create_service(binding.name.text, address="")
    try:
        envelope = client.create_message(proxy, operation, **fields)
    except ValueError:
        # lxml's: its words, and the values it was given, stay here.
        raise Misconfigured(f"a value for {operation} holds a control character: type it again") from None
    body = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
    return Request(service.path, operation, body, _headers(version, binding.get(operation).soapaction))


def _headers(version: Version, action: str) -> dict[str, str]:
    if version is Version.SOAP_11:
        return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
    return {"Content-Type": f'application/soap+xml; charset=utf-8; action="{action}"'}
