"""Logon, keys and uploads at Xledger's SOAP services, against a stand-in that speaks HTTP."""

import base64
import logging
import socket
import ssl
import time
import traceback
from collections.abc import Callable, Iterator

import pytest
import requests
from werkzeug.wrappers import Response

from local.serving import CloseConnection
from moment_xledger.adapters.xledger_soap.client import XledgerSoap
from moment_xledger.adapters.xledger_soap.hosts import host
from moment_xledger.adapters.xledger_soap.posting import Line
from moment_xledger.adapters.xledger_soap.services import Version
from moment_xledger.domain.companies import SoapLogin
from moment_xledger.domain.errors import Misconfigured
from moment_xledger.domain.soap_outcomes import (
    Accepted,
    CallFailed,
    Faulted,
    InDoubt,
    LogonRefused,
    NoResult,
    NotSent,
    NotSoap,
    Oddity,
    Refused,
    UploadOutcome,
)
from tests.adapters.xledger_soap_fake import Connected, connected, cut, fault, says

PASSWORD = "a&b<c>'\"å"
LOGIN = SoapLogin("ws-nordvik", PASSWORD, "old-key")
WITHOUT_KEY = SoapLogin("ws-nordvik", PASSWORD)
EXPIRED = "Logon key has expired"


@pytest.fixture(scope="module")
def served() -> Iterator[Connected]:
    yield from connected()


@pytest.fixture
def xledger(served: Connected) -> Connected:
    return served.fresh()


def upload(client: XledgerSoap) -> UploadOutcome:
    return client.upload("faktura.csv", b"InvoiceNo;Text\r\n1;bl\xc3\xa5\r\n", "AR10", 99168)


def test_a_file_arrives_whole_with_its_import_code_and_owner(xledger: Connected):
    xledger.fake.answers["ReceiveFile"] = [says("ReceiveFile", "4711")]

    assert upload(xledger.client(LOGIN)) == Accepted(4711)

    (call,) = xledger.fake.calls
    assert call.path == "/WS/Common/Lib/FileUpload.asmx"
    sent = dict(call.fields)
    assert base64.b64decode(sent.pop("aFile")) == b"InvoiceNo;Text\r\n1;bl\xc3\xa5\r\n"
    assert sent == {
        "sUserName": "ws-nordvik",
        "sKey": "old-key",
        "sApplication": "XLEDGERTEST",
        "sFileName": "faktura.csv",
        "sImportCode": "AR10",
        "iEntityCode": "99168",
    }


@pytest.mark.parametrize(
    ("version", "content_type", "soap_action"),
    [
        (
            Version.SOAP_12,
            'application/soap+xml; charset=utf-8; action="http://ws.xledger.net/ReceiveFile"',
            None,
        ),
        (Version.SOAP_11, "text/xml; charset=utf-8", '"http://ws.xledger.net/ReceiveFile"'),
    ],
)
def test_both_versions_of_soap_name_their_action(
    xledger: Connected, version: Version, content_type: str, soap_action: str | None
):
    xledger.fake.answers["ReceiveFile"] = [says("ReceiveFile", "1")]
    upload(xledger.client(LOGIN, version=version))
    (call,) = xledger.fake.calls
    assert (call.content_type, call.soap_action) == (content_type, soap_action)
    assert call.accepted_encodings == "identity"


def html_page() -> Response:
    return Response(
        "<!DOCTYPE html><html><body>Service Unavailable<br></body></html>", 503, content_type="text/html"
    )


def not_even_xml() -> Response:
    return Response("maintenance", 200, content_type="text/plain")


def hangs_up() -> Response:
    raise CloseConnection


def too_slow() -> Response:
    time.sleep(1)
    return says("ReceiveFile", "1")


def a_byte_at_a_time() -> Response:
    def drip() -> Iterator[bytes]:
        for _ in range(30):
            yield b" "
            time.sleep(0.05)

    return Response(drip(), content_type="text/xml")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(lambda: says("ReceiveFile", "0"), Refused(), id="file key 0 is a refusal"),
        pytest.param(
            lambda: fault("Unknown entity  code\n 1"),
            Faulted("Unknown entity code 1"),
            id="a fault has a text",
        ),
        pytest.param(
            lambda: fault("Server was unable", Version.SOAP_11),
            Faulted("Server was unable"),
            id="also of SOAP 1.1",
        ),
        pytest.param(lambda: fault(""), Faulted("a fault without words"), id="or none"),
        pytest.param(html_page, NotSoap(503, Oddity.HTML), id="an HTML page is no answer"),
        pytest.param(not_even_xml, NotSoap(200, Oddity.NOT_XML), id="nor is plain text"),
        pytest.param(lambda: Response(b""), NotSoap(200, Oddity.NOT_XML), id="nor is nothing at all"),
        pytest.param(
            lambda: Response("<r/>", content_type="text/xml"),
            NotSoap(200, Oddity.OTHER_XML),
            id="nor is other XML",
        ),
        pytest.param(
            lambda: Response("", 302, headers={"Location": "http://127.0.0.1:9/"}),
            NotSoap(302, Oddity.REDIRECT),
            id="a redirect is not followed",
        ),
        pytest.param(
            lambda: Response(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}),
            NotSoap(200, Oddity.COMPRESSED),
            id="nothing is unpacked",
        ),
        pytest.param(
            lambda: Response(says("ReceiveFile", "1").get_data(), 500),
            NotSoap(500, Oddity.OTHER_XML),
            id="a result with a failing status is none",
        ),
        pytest.param(hangs_up, InDoubt("ConnectionError"), id="a lost answer leaves it in doubt"),
        pytest.param(too_slow, InDoubt("ReadTimeout"), id="so does a late one"),
        pytest.param(a_byte_at_a_time, InDoubt("Timeout"), id="and one that never finishes"),
        pytest.param(
            lambda: cut(says("ReceiveFile", "12345"), 200), InDoubt("ProtocolError"), id="and one that is cut"
        ),
        pytest.param(
            lambda: Response(says("ReceiveFile", "12345").get_data()[:-30], content_type="text/xml"),
            InDoubt("its XML breaks off or is broken"),
            id="and one that was cut before it was measured",
        ),
        pytest.param(
            lambda: says("ReceiveFile", None), NoResult("ReceiveFile"), id="an answer may lack its result"
        ),
        pytest.param(lambda: says("ReceiveFile", ""), NoResult("ReceiveFile"), id="or have an empty one"),
        pytest.param(
            lambda: says("ReceiveFile", "yes"), NoResult("ReceiveFile"), id="or one that is no file key"
        ),
        pytest.param(
            lambda: says("ReceiveFile", "9" * 5000), NoResult("ReceiveFile"), id="nor one without end"
        ),
        pytest.param(
            lambda: says("ReceiveFile", "-1"), NoResult("ReceiveFile"), id="nor is a negative number one"
        ),
    ],
)
def test_an_upload_ends_in_one_of(xledger: Connected, answer: Callable[[], Response], outcome: UploadOutcome):
    xledger.fake.answers["ReceiveFile"] = [answer]
    assert upload(xledger.client(LOGIN, timeout=0.4)) == outcome
    assert xledger.fake.asked == ["ReceiveFile"], "an upload is never sent twice"


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def test_where_nobody_listens_nothing_was_sent():
    client = XledgerSoap(LOGIN, Line(host("test", closed_port()), requests.Session()))
    assert upload(client) == NotSent("ConnectionError")


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), NotSent("SSLError")),
        (ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] alert"), NotSent("SSLError")),
        (ssl.SSLError(1, "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC]"), InDoubt("SSLError")),
    ],
)
def test_tls_that_fails_before_anything_was_read_is_not_in_doubt(cause: ssl.SSLError, outcome: UploadOutcome):
    class Failing(requests.Session):
        def post(self, *_: object, **__: object) -> requests.Response:
            raise requests.exceptions.SSLError(cause)

    assert upload(XledgerSoap(LOGIN, Line(host("live"), Failing()))) == outcome


def test_without_a_key_one_is_fetched_and_given_away_for_keeping(xledger: Connected):
    xledger.fake.answers = {
        "LogonKey": [says("LogonKey", "new-key")],
        "ReceiveFile": [says("ReceiveFile", "1")],
    }
    client = xledger.client(WITHOUT_KEY)
    assert [upload(client), upload(client)] == [Accepted(1), Accepted(1)]
    assert xledger.fake.asked == ["LogonKey", "ReceiveFile", "ReceiveFile"]
    assert xledger.kept == ["new-key"]
    logon = xledger.fake.calls[0]
    assert logon.path == "/WS/Common/Lib/Authentication.asmx"
    assert logon.fields == {"sLogonID": "ws-nordvik", "sPassword": PASSWORD, "sApplication": "XLEDGERTEST"}


@pytest.mark.parametrize(
    "words", [EXPIRED, "Invalid key", "The key is not valid", "Unknown logon ticket", "SESSION EXPIRED"]
)
def test_a_refused_key_is_renewed_once_and_the_call_repeated(xledger: Connected, words: str):
    xledger.fake.answers = {
        "ReceiveFile": [fault(words), says("ReceiveFile", "7")],
        "LogonKey": [says("LogonKey", "new-key")],
    }
    assert upload(xledger.client(LOGIN)) == Accepted(7)
    assert xledger.fake.keys_used("ReceiveFile") == ["old-key", "new-key"]
    assert xledger.kept == ["new-key"]


@pytest.mark.parametrize("words", ["Invalid entity code", "Import code AR11 is unknown", "You lack the role"])
def test_other_faults_cost_no_logon(xledger: Connected, words: str):
    xledger.fake.answers["ReceiveFile"] = [fault(words)]
    assert upload(xledger.client(LOGIN)) == Faulted(words)
    assert xledger.fake.asked == ["ReceiveFile"]


def test_where_every_key_is_refused_it_stops(xledger: Connected):
    xledger.fake.answers = {"ReceiveFile": [fault(EXPIRED)], "LogonKey": [says("LogonKey", "new-key")]}
    assert upload(xledger.client(LOGIN)) == Faulted(EXPIRED, key_refused=True)
    assert xledger.fake.asked == ["ReceiveFile", "LogonKey", "ReceiveFile"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(lambda: fault("Wrong password"), LogonRefused("Wrong password"), id="wrong password"),
        pytest.param(lambda: says("LogonKey", None), LogonRefused("no key in the answer"), id="no key"),
        pytest.param(lambda: says("LogonKey", ""), LogonRefused("no key in the answer"), id="an empty key"),
        pytest.param(
            too_slow,
            NotSent("no logon key: Xledger did not answer to the end: ReadTimeout"),
            id="a logon in doubt is no upload in doubt",
        ),
    ],
)
def test_without_a_logon_no_file_is_sent(
    xledger: Connected, answer: Callable[[], Response], outcome: UploadOutcome
):
    xledger.fake.answers["LogonKey"] = [answer]
    assert upload(xledger.client(WITHOUT_KEY, timeout=0.4)) == outcome
    assert xledger.fake.asked == ["LogonKey"]
    assert xledger.kept == []


@pytest.mark.parametrize(
    ("answers", "logon", "accepted"),
    [
        pytest.param([says("AuthenticateConnection", "true")], "new", True, id="the kept key does"),
        pytest.param(
            [says("AuthenticateConnection", v) for v in ("false", "true")], "new", True, id="a new key does"
        ),
        pytest.param(
            [fault(EXPIRED), says("AuthenticateConnection", "1")], "new", True, id="also after a fault"
        ),
        pytest.param([says("AuthenticateConnection", "false")], "new", False, id="no key does"),
        pytest.param([says("AuthenticateConnection", "false")], None, False, id="no logon, no connection"),
    ],
)
def test_a_connection_test_says_yes_or_no(
    xledger: Connected, answers: list[Response], logon: str | None, accepted: bool
):
    xledger.fake.answers = {"AuthenticateConnection": list(answers), "LogonKey": [says("LogonKey", logon)]}
    assert xledger.client(LOGIN).authenticate() is accepted


def test_a_connection_test_without_an_answer_says_neither(xledger: Connected):
    xledger.fake.answers["AuthenticateConnection"] = [html_page]
    with pytest.raises(CallFailed) as failed:
        xledger.client(LOGIN).authenticate()
    assert failed.value.failure == NotSoap(503, Oddity.HTML)


def test_a_password_that_xml_cannot_carry_is_named_and_not_shown(xledger: Connected):
    client = xledger.client(SoapLogin("ws", "hush\x00"))
    with pytest.raises(Misconfigured, match="LogonKey holds a control character") as refused:
        client.logon()
    assert "hush" not in "".join(traceback.format_exception(refused.value))
    assert xledger.fake.asked == []


def test_a_secret_at_the_end_of_a_long_text_does_not_show_in_part(xledger: Connected):
    xledger.fake.answers["ReceiveFile"] = [fault("x" * 495 + " two  words")]
    outcome = upload(xledger.client(SoapLogin("ws", "two  words", "old-key")))
    assert outcome == Faulted("x" * 495 + " …")


def test_secrets_stay_out_of_texts_logs_and_tracebacks(xledger: Connected, caplog: pytest.LogCaptureFixture):
    """Xledger's words may hold what it was sent, as it was or with XML's escapes."""
    caplog.set_level(logging.DEBUG)
    echo = "denied: a&amp;b&lt;c&gt;'\"å a&amp;amp;b&amp;lt;c&amp;gt;&amp;#x27;&amp;quot;å old-key fresh-key"
    xledger.fake.answers = {
        "LogonKey": [says("LogonKey", "fresh-key"), fault(echo)],
        "ReceiveFile": [fault(echo), fault("key expired: " + echo)],
    }
    client = xledger.client(LOGIN)
    client.logon()
    outcomes = [upload(client), upload(client)]
    with pytest.raises(CallFailed) as failed:
        client.logon()

    assert outcomes[0] == Faulted("denied: … … … …")
    assert isinstance(outcomes[1], LogonRefused)
    trace = "".join(traceback.format_exception(failed.value))
    shown = [repr(outcomes), repr(client), repr(vars(client)), str(failed.value), trace, caplog.text]
    for secret in (PASSWORD, "a&amp;b", "old-key", "fresh-key"):
        assert not any(secret in text for text in shown), secret
