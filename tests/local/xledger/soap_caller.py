"""Calls the SOAP services with envelopes written by hand, at a time that the test chooses."""

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from local.xledger.answering import Answer
from local.xledger.engine import Xledger
from local.xledger.plan import parse_plan
from local.xledger.soap.front import Streamed
from local.xledger.soap.plan import PASSWORD, USER
from tests.local.xledger.caller import Clock

NAMESPACE = "http://ws.xledger.net/"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
FOLDER = "/WS/Common/Lib/"
SERVICE_OF = {
    "LogonKey": "Authentication",
    "LogonTicket": "Authentication",
    "LogonRoleAccess": "Authentication",
    "GetGLTransactionsData": "Export",
    "GetSupplierTransactionsData": "Export",
    "GetAttachment": "Export",
}
OWNER_CODE = 99168


def envelope(operation: str, fields: dict[str, Any], namespace: str = SOAP_12) -> bytes:
    cells = "".join(f"<{name}>{_cell(value)}</{name}>" for name, value in fields.items() if value is not None)
    request = f'<{operation} xmlns="{NAMESPACE}">{cells}</{operation}>'
    return f'<e:Envelope xmlns:e="{namespace}"><e:Body>{request}</e:Body></e:Envelope>'.encode()


def _cell(value: Any) -> str:
    return b64encode(value).decode() if isinstance(value, bytes) else escape(str(value))


def content_of(answer: Answer) -> bytes:
    return b"".join(answer.parts) if isinstance(answer, Streamed) else answer.body


@dataclass
class SoapCaller:
    """`plan` is the `soap` section of one."""

    plan: dict[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    others: dict[str, Any] = field(default_factory=dict)  # of the plan

    def __post_init__(self) -> None:
        self.xledger = Xledger(parse_plan({**self.others, "soap": self.plan}), clock=self.clock)
        self.key = ""

    def send(self, operation: str, **fields: Any) -> Answer:
        path = f"{FOLDER}{SERVICE_OF.get(operation, 'FileUpload')}.asmx"
        headers = {"Content-Type": "application/soap+xml; charset=utf-8"}
        return self.xledger.soap.answer(path, headers, envelope(operation, fields))

    def result(self, operation: str, **fields: Any) -> etree._Element | None:
        answer = self.send(operation, **fields)
        content = content_of(answer)
        assert answer.status == 200, content
        return etree.fromstring(content).find(f".//{{{NAMESPACE}}}{operation}Result")

    def text(self, operation: str, **fields: Any) -> str | None:
        result = self.result(operation, **fields)
        return None if result is None else result.text

    def refusal(self, operation: str, **fields: Any) -> str:
        """What a fault says."""
        answer = self.send(operation, **fields)
        assert answer.status == 500, answer.body
        reason = etree.fromstring(answer.body).findtext(f".//{{{SOAP_12}}}Text")
        assert reason is not None
        return reason

    def log_on(self) -> "SoapCaller":
        fields = {"sLogonID": USER, "sPassword": PASSWORD, "sApplication": "XLEDGERTEST"}
        self.key = self.text("LogonKey", **fields) or ""
        return self

    @property
    def known(self) -> dict[str, str]:
        """What every call after the logon begins with."""
        return {"sUserName": USER, "sKey": self.key, "sApplication": "XLEDGERTEST"}

    def upload_fields(self, content: bytes, code: str = "AR10", entity: int = OWNER_CODE) -> dict[str, Any]:
        file = {"sFileName": "faktura.csv", "aFile": content}
        return self.known | file | {"sImportCode": code, "iEntityCode": entity}

    def upload(self, content: bytes, code: str = "AR10", entity: int = OWNER_CODE) -> int:
        return int(self.text("ReceiveFile", **self.upload_fields(content, code, entity)) or 0)

    def export_fields(self, condition: str | None = None, option: str = "All", **more: Any) -> dict[str, Any]:
        asked = {"sFreeText": more.get("text"), "sFilter": condition, "eDataOption": option}
        return self.known | asked | {"iEntityCode": more.get("entity", OWNER_CODE)}

    def rows(self, operation: str, *arguments: Any, **more: Any) -> list[dict[str, str]]:
        """Of an XML fragment, by column."""
        result = self.result(operation, **self.export_fields(*arguments, **more))
        assert result is not None
        return [{cell.tag: cell.text or "" for cell in row} for row in result[0]]

    def general_ledger(self, *arguments: Any, **more: Any) -> list[dict[str, str]]:
        return self.rows("GetGLTransactionsData", *arguments, **more)

    def supplier_ledger(self, *arguments: Any, **more: Any) -> list[dict[str, str]]:
        return self.rows("GetSupplierTransactionsData", *arguments, **more)


def logged_on(**plan: Any) -> SoapCaller:
    return SoapCaller(plan).log_on()
