"""Where requests go and what they are made from: this package and the deployment, and nobody else."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree

from moment_xledger.adapters.xledger_soap import services
from moment_xledger.adapters.xledger_soap.assumed import assumed, says_key_refused
from moment_xledger.adapters.xledger_soap.client import XledgerSoap
from moment_xledger.adapters.xledger_soap.filters import modified
from moment_xledger.adapters.xledger_soap.hosts import Host, host
from moment_xledger.adapters.xledger_soap.posting import Line
from moment_xledger.adapters.xledger_soap.services import (
    AUTHENTICATION,
    FILE_UPLOAD,
    Service,
    Version,
    export,
    request,
)
from moment_xledger.domain.companies import SoapLogin
from moment_xledger.domain.errors import Misconfigured
from moment_xledger.domain.soap_outcomes import Accepted
from tests.adapters.xledger_soap_fake import connected, says

SCHEMA = "{http://www.w3.org/2001/XMLSchema}"


@pytest.mark.parametrize(
    ("installation", "expected"),
    [
        ("live", Host("https://ws.xledger.net", "XLEDGER")),
        ("demo", Host("https://wsdemo.xledger.net", "XLEDGERDEMO")),
        ("test", Host("https://wstest.xledger.net", "XLEDGERTEST")),
    ],
)
def test_each_installation_has_its_address_and_its_application(installation: str, expected: Host):
    assert host(installation) == expected


def test_a_run_on_one_machine_keeps_the_application():
    assert host("demo", "http://127.0.0.1:8080/") == Host("http://127.0.0.1:8080", "XLEDGERDEMO")


@pytest.mark.parametrize(
    "url",
    [
        "http://ws.xledger.net",
        "http://127.0.0.1.example.net",
        "https://user:password@ws.xledger.net",
        "https://ws.xledger.net?x=1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "ws.xledger.net",
        "https://",
    ],
)
def test_a_password_goes_to_no_address_that_is_not_safe(url: str):
    with pytest.raises(Misconfigured, match="must be https://") as refused:
        host("live", url)
    assert "password" not in str(refused.value)


def test_an_unknown_installation_is_told_which_there_are():
    with pytest.raises(Misconfigured, match="'prod': choose live, demo, test"):
        host("prod")


def test_a_wsdl_that_points_elsewhere_does_not_steer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The whole file is theirs, but for where our requests go."""
    for wsdl in services.WSDLS.iterdir():
        content = wsdl.read_text().replace("https://ws.xledger.net/WS", "http://127.0.0.1:9/elsewhere")
        assert "127.0.0.1:9" in content
        (tmp_path / wsdl.name).write_text(content)
    monkeypatch.setattr(services, "WSDLS", tmp_path)
    services._client.cache_clear()
    try:
        for xledger in connected():
            xledger.fake.answers["ReceiveFile"] = [says("ReceiveFile", "5")]
            client = xledger.client(SoapLogin("ws", "hush", "key"))
            assert client.upload("f.csv", b"1", "AR10", 1) == Accepted(5)
            assert xledger.fake.calls[0].path == "/WS/Common/Lib/FileUpload.asmx"
    finally:
        services._client.cache_clear()


IMPORTS = '<wsdl:import namespace="http://other.example/" location="{}"/>'
INCLUDES = '<wsdl:types><s:schema><s:include schemaLocation="{}"/></s:schema></wsdl:types>'


@pytest.mark.parametrize("reference", [IMPORTS, INCLUDES])
@pytest.mark.parametrize("location", ["http://127.0.0.1:9/other.wsdl", "file:///etc/hostname", "other.wsdl"])
def test_no_document_outside_the_package_is_ever_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reference: str, location: str
):
    plain = (services.WSDLS / "Authentication.wsdl").read_text()
    more = reference.format(location)
    (tmp_path / "Greedy.wsdl").write_text(plain.replace("<wsdl:types>", f"{more}<wsdl:types>", 1))
    monkeypatch.setattr(services, "WSDLS", tmp_path)
    with pytest.raises(Misconfigured, match="wants another document"):
        request(Service("Greedy.wsdl", "/", "AuthenticationSoap"), "LogonKey", Version.SOAP_12)


def test_the_time_out_goes_along_and_nothing_is_left_open():
    sent: dict[str, object] = {}

    class Recording(requests.Session):
        def post(self, url: str | bytes, *_: object, **options: object) -> requests.Response:
            sent.update(options, url=url)
            raise requests.ConnectionError

    line = Line(host("live"), Recording(), timedelta(seconds=7))
    XledgerSoap(SoapLogin("ws", "hush", "key"), line).upload("f.csv", b"1", "AR10", 1)
    assert sent["url"] == "https://ws.xledger.net/WS/Common/Lib/FileUpload.asmx"
    assert (sent["timeout"], sent["allow_redirects"], sent.get("verify", True)) == (7, False, True)


def declared(service: Service) -> dict[str, list[str]]:
    """Operation → its parameters, by the WSDL's own words."""
    root = etree.parse(services.WSDLS / service.wsdl).getroot()
    types = {t.get("name"): t for t in root.iter(f"{SCHEMA}complexType") if t.get("name")}
    found = {}
    for element in root.findall(f".//{SCHEMA}schema/{SCHEMA}element"):
        holder = types.get(str(element.get("type")).rpartition(":")[2], element)
        found[str(element.get("name"))] = [str(e.get("name")) for e in holder.iter(f"{SCHEMA}element")][
            holder is element :
        ]
    return found


def test_what_is_assumed_of_the_export_agrees_with_its_wsdl():
    parameters = set(assumed().parameters.values())
    wsdl = declared(export())
    for operation in assumed().operations.values():
        assert set(wsdl[operation]) == parameters
        assert wsdl[f"{operation}Response"] == [f"{operation}Result"]


def test_a_filter_speaks_of_wall_time_in_oslo():
    noon = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert modified(noon) == '[Modified] > "2026-07-01 14:00:00"'
    until = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    assert (
        modified(noon, until) == '[Modified] > "2026-07-01 14:00:00" and [Modified] <= "2026-11-01 13:00:00"'
    )


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        (AUTHENTICATION, "LogonKey", "sLogonID sPassword sApplication"),
        (AUTHENTICATION, "LogonTicket", "sLogonID sKey sApplication"),
        (AUTHENTICATION, "LogonRoleAccess", "sLogonID sKey lRoleID sApplication"),
        (FILE_UPLOAD, "GetFileUploadEntityCodes", "sApplication"),
        (FILE_UPLOAD, "AuthenticateConnection", "sUserName sKey sApplication"),
        (
            FILE_UPLOAD,
            "ReceiveScannerFile",
            "sUserName sKey sApplication sFileName aFile iEntityCode",
        ),
        (
            FILE_UPLOAD,
            "ReceiveFile",
            "sUserName sKey sApplication sFileName aFile sImportCode iEntityCode",
        ),
    ],
)
def test_the_public_services_are_called_in_their_own_order(
    service: Service, operation: str, parameters: str, version: Version
):
    assert declared(service)[operation] == parameters.split()
    values: dict[str, Any] = {name: b"1" if name == "aFile" else "1" for name in parameters.split()}
    sent = etree.fromstring(request(service, operation, version, **values).body)
    assert [etree.QName(part).localname for part in sent[0][0]] == parameters.split()


@pytest.mark.parametrize(
    ("fault", "refused"),
    [
        ("Logon key expired", True),
        ("Invalid logon", True),
        ("The session is not valid", True),
        ("Keyword expired", False),
        ("Invalid file", False),
        ("No access to entity 99168", False),
    ],
)
def test_the_words_by_which_a_key_is_known_to_be_refused(fault: str, refused: bool):
    assert says_key_refused(fault) is refused


def test_outcomes_and_hosts_cost_no_import_of_zeep():
    program = (
        "import sys; from moment_xledger.adapters.xledger_soap import hosts;"
        "from moment_xledger.domain import posted_lines, soap_outcomes;"
        "sys.exit(bool({'zeep', 'lxml', 'requests'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    paths = {"PYTHONPATH": "layers/shared/python"}
    done = subprocess.run([sys.executable, "-c", program], cwd=root, env=paths, timeout=60)  # noqa: S603 - our own
    assert done.returncode == 0
