"""As strangers meet the SOAP services: zeep from the WSDL that is served, and XML by hand over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import zeep
from lxml import etree
from zeep.exceptions import Fault

from local.serving import Running
from local.xledger.plan import parse_plan
from local.xledger.server import start
from local.xledger.soap.plan import PASSWORD, USER
from tests.local.xledger.soap_caller import FOLDER, NAMESPACE, SOAP_11, SOAP_12, envelope

ENTITY = 99168
SINCE = '[Created] > "2026-11-10 00:00:00"'
LOGON = {"sLogonID": USER, "sPassword": PASSWORD, "sApplication": "XLEDGERDEMO"}


@pytest.fixture
def running() -> Iterator[Running]:
    with start(parse_plan({"soap": {"ledger": {"ends": "2026-11-20", "lines": 540}}})) as running:
        yield running


@pytest.fixture(params=["Soap", "Soap12"])
def binding(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def service(running: Running, name: str, binding: str) -> Any:
    new_client: Any = zeep.Client
    return new_client(f"{running.url}{FOLDER}{name}.asmx?wsdl", port_name=f"{name}{binding}").service


def replan(running: Running, **soap: Any) -> None:
    requests.post(f"{running.url}/_plan", json={"soap": soap}, timeout=5).raise_for_status()


def state(running: Running) -> Any:
    return requests.get(f"{running.url}/_state", timeout=5).json()


def test_a_stranger_logs_on_and_uploads_a_file(running: Running, binding: str) -> None:
    key = service(running, "Authentication", binding).LogonKey(USER, PASSWORD, "XLEDGER")
    files = service(running, "FileUpload", binding)
    assert files.GetFileUploadEntityCodes("XLEDGER") == str(ENTITY)
    assert files.AuthenticateConnection(USER, key, "XLEDGER") is True
    assert files.AuthenticateConnection(USER, "another", "XLEDGER") is False
    file_key = files.ReceiveFile(USER, key, "XLEDGER", "blåbær.csv", b"GBAT10;1\r\n", "AR10", ENTITY)
    (upload,) = state(running)["uploads"]
    assert (upload["fileKey"], upload["fileName"]) == (file_key, "blåbær.csv")
    assert upload["outcome"] == "refused"


def test_a_wrong_password_is_a_fault(running: Running, binding: str) -> None:
    with pytest.raises(Fault, match="Invalid user name or password") as fault:
        service(running, "Authentication", binding).LogonKey(USER, "guess", "XLEDGER")
    assert fault.value.code == ("soap:Server" if binding == "Soap" else "soap:Receiver")


@pytest.fixture
def export(running: Running, binding: str) -> Any:
    replan(running, users=[{"key": "lasting"}])
    return service(running, "Export", binding)


def ask(export: Any) -> Any:
    return export.GetGLTransactionsData(USER, "lasting", "XLEDGER", None, SINCE, "All", ENTITY)


def test_a_stranger_reads_the_ledger_as_elements(export: Any) -> None:
    (rows,) = ask(export)
    assert len(rows) > 5
    assert all(row.findtext("Created") > "2026-11-10" for row in rows)


def test_a_stranger_reads_the_ledger_as_a_data_set(running: Running, export: Any) -> None:
    replan(running, result_shape="dataset")
    _, data_set = ask(export)
    rows = [row["GLTransactions"] for row in data_set["_value_1"]]
    assert len(rows) > 5
    assert all(row["Created"] > "2026-11-10" for row in rows)


def test_a_stranger_reads_the_ledger_as_text(running: Running, binding: str) -> None:
    replan(running, users=[{"key": "lasting"}], result_shape="string")
    rows = etree.fromstring(ask(service(running, "Export", binding)))
    assert len(rows) > 5


def test_a_stranger_fetches_the_document_behind_a_line(export: Any) -> None:
    row = next(row for row in ask(export)[0] if row.findtext("FileKey"))
    pdf = export.GetAttachment(USER, "lasting", "XLEDGER", int(row.findtext("FileKey")), ENTITY)
    assert pdf.startswith(b"%PDF")


def post(
    running: Running, body: bytes, headers: dict[str, str], name: str = "Authentication"
) -> requests.Response:
    return requests.post(f"{running.url}{FOLDER}{name}.asmx", body, headers=headers, timeout=5)


OLD = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NAMESPACE}LogonKey"'}
NEW = {"Content-Type": f'application/soap+xml; charset=utf-8; action="{NAMESPACE}LogonKey"'}
WITHOUT_ACTION = {"Content-Type": "application/soap+xml"}


@pytest.mark.parametrize(
    ("namespace", "headers"),
    [
        pytest.param(SOAP_11, OLD, id="1.1"),
        pytest.param(SOAP_12, NEW, id="1.2"),
        pytest.param(SOAP_12, WITHOUT_ACTION, id="1.2 without an action"),
    ],
)
def test_an_answer_is_of_the_version_of_its_request(
    running: Running, namespace: str, headers: dict[str, str]
) -> None:
    answer = post(running, envelope("LogonKey", LOGON, namespace), headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].split(";")[0] == headers["Content-Type"].split(";")[0]
    root = etree.fromstring(answer.content)
    assert root.tag == f"{{{namespace}}}Envelope"
    assert root.findtext(f".//{{{NAMESPACE}}}LogonKeyResult")


DTD = b'<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
MISNAMED = {**OLD, "SOAPAction": f'"{NAMESPACE}LogonTicket"'}
WITHOUT = {"Content-Type": "text/xml"}
BAD_NUMBER = envelope("LogonRoleAccess", {"sLogonID": USER, "lRoleID": "many"}, SOAP_12)
UNKNOWN_FIELD = envelope("LogonKey", {**LOGON, "sColour": "red"}, SOAP_12)


@pytest.mark.parametrize(
    ("body", "headers", "says"),
    [
        pytest.param(DTD + envelope("LogonKey", LOGON), NEW, "DTD is prohibited", id="a document type"),
        pytest.param(envelope("LogonKey", LOGON)[:-9], NEW, "error in XML", id="half an envelope"),
        pytest.param(b"", NEW, "error in XML", id="nothing"),
        pytest.param(envelope("LogonKey", LOGON, SOAP_12), OLD, "version mismatch", id="another version"),
        pytest.param(envelope("LogonKey", LOGON, SOAP_11), MISNAMED, "SOAPAction", id="another action"),
        pytest.param(envelope("LogonKey", LOGON, SOAP_11), WITHOUT, "SOAPAction", id="no action in 1.1"),
        pytest.param(envelope("LogOff", {}), WITHOUT_ACTION, "no operation LogOff", id="no such operation"),
        pytest.param(BAD_NUMBER, WITHOUT_ACTION, "not a valid value", id="a number that is none"),
        pytest.param(UNKNOWN_FIELD, WITHOUT_ACTION, "sColour", id="a field that is not described"),
        pytest.param(b"<a>" + b" " * 9_000_000, NEW, "Maximum request length", id="too much"),
    ],
)
def test_what_cannot_be_read_is_the_callers_fault(
    running: Running, body: bytes, headers: dict[str, str], says: str
) -> None:
    answer = post(running, body, headers)
    assert answer.status_code == 500
    root = etree.fromstring(answer.content)
    assert says in str(root.xpath("string()"))
    assert (
        "soap:Client" if headers["Content-Type"].startswith("text/xml") else "soap:Sender"
    ) in root.itertext()


@pytest.mark.parametrize("name", ["Authentication", "FileUpload", "Export"])
def test_a_browser_sees_a_page_and_the_description_names_the_callers_address(
    running: Running, name: str
) -> None:
    url = f"{running.url}{FOLDER}{name}.asmx"
    page = requests.get(url, timeout=5)
    assert page.headers["Content-Type"].startswith("text/html")
    assert f"{name} Web Service" in page.text
    wsdl = requests.get(f"{url}?WSDL", headers={"Host": "ws.example:81"}, timeout=5)
    assert wsdl.headers["Content-Type"].startswith("text/xml")
    assert wsdl.text.count(f'location="http://ws.example:81{FOLDER}{name}.asmx"') == 2


@pytest.mark.parametrize(
    ("method", "content_type", "status"), [("PUT", "text/xml", 405), ("POST", "application/json", 415)]
)
def test_other_ways_to_ask_are_turned_away(
    running: Running, method: str, content_type: str, status: int
) -> None:
    url = f"{running.url}{FOLDER}Export.asmx"
    assert (
        requests.request(method, url, headers={"Content-Type": content_type}, timeout=5).status_code == status
    )


def test_a_long_answer_can_be_cut_in_the_middle_of_its_rows(running: Running) -> None:
    replan(running, users=[{"key": "lasting"}], cut_bodies=1)
    known = {"sUserName": USER, "sKey": "lasting", "sApplication": "XLEDGER"}
    asked = {"sFilter": None, "eDataOption": "All", "iEntityCode": ENTITY}
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        post(running, envelope("GetGLTransactionsData", known | asked), WITHOUT_ACTION, "Export")


def test_lines_are_added_to_the_ledger_over_http(running: Running) -> None:
    line = {"TransactionID": 1, "Account": "4510", "Amount": "100.00"}
    order = {"lines": [line], "replace": True}
    assert requests.post(f"{running.url}/_ledger", json=order, timeout=5).status_code == 204
    assert state(running)["ledger"] == {"lines": 0, "ends": "2026-11-20", "added": 1}


@pytest.mark.parametrize(
    ("order", "says"),
    [
        pytest.param([], "Write", id="no object"),
        pytest.param({"lines": [1]}, "A line is an object", id="no line"),
        pytest.param({"lines": [{"a b": "x"}]}, "'a b' cannot be the name", id="no name"),
        pytest.param({"lines": [{"Amount": 1.5}]}, "Amount:", id="a float"),
        pytest.param({"lines": [{"Open": "yes"}]}, "Open is true or false", id="open as text"),
        pytest.param({"lines": [{"Text": True}]}, "nothing else is", id="true as text"),
        pytest.param({"lines": [{"Text": "\x01"}]}, "Text:", id="what XML cannot hold"),
    ],
)
def test_lines_that_cannot_be_posted_are_refused_in_a_sentence(
    running: Running, order: Any, says: str
) -> None:
    answer = requests.post(f"{running.url}/_ledger", json=order, timeout=5)
    assert answer.status_code == 400
    assert says in answer.text
    assert answer.text.count("\n") == 1
