"""
The WSDL files beside this one, as they are served and as they are obeyed.

zeep's model of the same file reads each request and writes each answer, so the services cannot stray from
what they say of themselves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree
from zeep import Transport
from zeep.wsdl import Document

from local.xledger.soap.envelope import SoapFault, Version

NAMESPACE = "http://ws.xledger.net/"
FOLDER = "/WS/Common/Lib/"
REAL_HOST = "https://ws.xledger.net"
SERVICES = ("Authentication", "FileUpload", "Export")
PATHS = {f"{FOLDER}{name}.asmx": name for name in SERVICES}
Values = dict[str, Any]


@dataclass(frozen=True)
class Description:
    name: str
    text: str
    document: Any  # zeep's model
    schema: etree.XMLSchema

    def served(self, base: str, *, text_results: bool = False) -> str:
        """With the address that the caller used; and with results of Export as text, if that is what comes."""
        quoted = escape(base.rstrip("/"), {'"': "&quot;"})
        placed = self.text.replace(f'location="{REAL_HOST}{FOLDER}', f'location="{quoted}{FOLDER}')
        return placed.replace('type="tns:ExportResult"', 'type="s:string"') if text_results else placed

    @property
    def operations(self) -> list[str]:
        return list(self._binding("Soap").all())

    def decode(self, version: Version, request: etree._Element) -> Values:
        """All the request's fields by name; None is one that was left out."""
        if not self.schema.validate(request):
            raise SoapFault(f"There is an error in XML document: {_first(self.schema)}", "sender")
        envelope = etree.Element(f"{{{version.namespace}}}Envelope")
        etree.SubElement(envelope, f"{{{version.namespace}}}Body").append(request)
        name = etree.QName(request).localname
        decoded = self._binding(version.suffix).get(name).input.deserialize(envelope)
        # zeep hands over the value itself where a request has but one field
        single = not hasattr(decoded, "__values__")
        fields = self._fields(name)
        return {fields[0]: decoded} if single else {field: getattr(decoded, field) for field in fields}

    def encode(self, version: Version, operation: str, result: Any) -> bytes:
        message = self._binding(version.suffix).get(operation).output
        envelope = message.serialize(**{f"{operation}Result": result}).content
        return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")

    def _fields(self, operation: str) -> list[str]:
        element = self.document.types.get_element(f"{{{NAMESPACE}}}{operation}")
        return [name for name, _ in element.type.elements]

    def _binding(self, suffix: str) -> Any:
        return self.document.bindings[f"{{{NAMESPACE}}}{self.name}{suffix}"]


def renamed(text: str, names: Mapping[str, str]) -> str:
    """A description in which some things are called otherwise."""
    if not names:
        return text
    words = "|".join(map(re.escape, names))
    return re.sub(
        rf"\b({words})(?=Response\b|Result\b|SoapIn\b|SoapOut\b|\b)", lambda word: names[word[1]], text
    )


@cache
def describe(service: str) -> Description:
    resource = files("local.xledger.soap").joinpath(f"{service}.wsdl")
    with as_file(resource) as path:
        document = Document(str(path), transport=Transport())  # type: ignore[no-untyped-call, arg-type]
    text = resource.read_text("utf-8")
    schema = etree.fromstring(text.encode()).find("{*}types/{*}schema")
    assert schema is not None  # noqa: S101 -- each of the files has one
    return Description(service, text, document, etree.XMLSchema(etree.fromstring(etree.tostring(schema))))


def _first(schema: etree.XMLSchema) -> str:
    return str(next(iter(schema.error_log)).message)  # type: ignore[call-overload]
