"""Each file of the route by upload is handed to Xledger once, or a person is asked. It never goes twice by itself."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest

from moment_xledger.domain import uploads
from moment_xledger.domain.companies import CompanyId, Language, Route
from moment_xledger.domain.invoices import Snapshot
from moment_xledger.domain.soap_outcomes import (
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
from moment_xledger.domain.uploads import Choice
from moment_xledger.flows.count_waiting import waiting_by_route
from moment_xledger.flows.upload_export import Outcome
from tests.flows.mailroom import Died
from tests.flows.upload_room import FIRST_KEY, UploadRoom

A_FAULT = Faulted("There is no entity 99168 that the user has access to.")


def exported(**settings: object) -> UploadRoom:
    room = UploadRoom(**settings)
    room.receive(1001, 1002)
    room.export()
    return room


def test_the_stored_bytes_go_with_the_settings_import_code_and_owner_code():
    room = exported()
    assert room.upload() == {Outcome.UPLOADED: 1}
    ((name, content, code, owner),) = room.imports.files
    export = room.ledger.exports.get(room.company.id, 1)
    assert export is not None
    assert (name, hashlib.sha256(content).hexdigest()) == (export.file_name(), export.sha256)
    assert (code, owner) == ("GL02b", 99168)
    assert (room.state_of(1), room.upload_of(1).file_key) == ("uploaded", FIRST_KEY)
    room.run()
    assert not room.ledger.due.until(room.time() + timedelta(days=1)).uploads


@pytest.mark.parametrize(
    ("file", "named", "code"),
    [
        pytest.param("ar10", None, "AR10", id="ar10 has a ready-made import"),
        pytest.param("standard", "MOMENT", "MOMENT", id="standard needs one of the company's own"),
        pytest.param("gl02b", "GL02b_NORDVIK", "GL02b_NORDVIK", id="a named one is used in any case"),
    ],
)
def test_which_import_takes_the_file(file: str, named: str | None, code: str):
    room = exported(file={"format": file}, import_code=named)
    room.upload()
    assert [taken[2] for taken in room.imports.files] == [code]


# What came back, whether Xledger has the file, what becomes of it, and what a person is told.
OUTCOMES = [
    pytest.param(Refused(), "refused", "UPLOAD_REFUSED", id="0"),
    pytest.param(A_FAULT, "refused", "UPLOAD_FAULT", id="a fault, such as for a wrong owner code"),
    pytest.param(NotSoap(200, Oddity.HTML), "uncertain", "UPLOAD_UNREADABLE", id="an HTML page"),
    pytest.param(NotSoap(503, Oddity.OTHER_XML), "uncertain", "UPLOAD_UNREADABLE", id="XML that is no SOAP"),
    pytest.param(InDoubt("ReadTimeout"), "uncertain", "UPLOAD_UNCERTAIN", id="a time-out"),
    pytest.param(NoResult("ReceiveFile"), "uncertain", "UPLOAD_UNCERTAIN", id="an answer without a result"),
]


@pytest.mark.parametrize(("outcome", "state", "code"), OUTCOMES)
def test_what_is_not_accepted_waits_for_a_person_and_is_never_sent_again_by_itself(
    outcome: UploadOutcome, state: str, code: str
):
    room = exported()
    room.imports.next = [(False, outcome)]
    room.upload()
    room.run(timedelta(days=3))
    assert room.state_of(1) == state
    assert list(room.problems()) == [("export", "1", code)]
    assert room.imports.asked == 1


@pytest.mark.parametrize(("outcome", "state", "code"), OUTCOMES)
@pytest.mark.parametrize("language", Language)
def test_each_has_a_sentence_of_its_own(outcome: UploadOutcome, state: str, code: str, language: Language):
    room = exported()
    room.imports.next = [(False, outcome)]
    room.upload()
    (problem,) = room.ledger.problems.of(room.company.id)
    sentence = problem.sentence(language)
    assert "1" in sentence
    assert ("send again" if language is Language.ENGLISH else "send på nytt") in sentence


def test_xledgers_own_words_are_kept_for_the_company():
    room = exported()
    room.imports.next = [(False, A_FAULT)]
    room.upload()
    (problem,) = room.ledger.problems.of(room.company.id)
    assert problem.their_words == A_FAULT.text


def test_a_person_may_have_it_sent_again():
    room = exported()
    room.imports.next = [(False, A_FAULT)]
    room.upload()
    room.resolve(1, Choice.SEND_AGAIN)
    room.run()
    assert [taken[3] for taken in room.imports.files] == [99168]
    assert room.state_of(1) == "uploaded"
    assert list(room.problems()) == []
    assert [(str(deed.what), deed.who, deed.export) for deed in room.ledger.audit.of(room.company.id)] == [
        ("had a file uploaded again", "Kari", 1)
    ]


@pytest.mark.parametrize("file_key", [None, 7_123_456])
def test_a_person_may_say_that_it_arrived(file_key: int | None):
    room = exported()
    room.imports.next = [(True, InDoubt("ReadTimeout"))]
    room.upload()
    room.resolve(1, Choice.IT_ARRIVED, file_key)
    room.run()
    assert (room.state_of(1), room.upload_of(1).file_key) == ("uploaded", file_key)
    assert room.imports.asked == 1
    assert list(room.problems()) == []
    assert not room.is_due(timedelta(days=1))


@pytest.mark.parametrize("choice", Choice)
def test_where_nothing_is_in_doubt_there_is_nothing_to_decide(choice: Choice):
    room = exported()
    with pytest.raises(ValueError, match="pending; there is nothing to decide"):
        room.resolve(1, choice)
    with pytest.raises(ValueError, match="export 2 is not uploaded"):
        room.resolve(2, choice)
    assert list(room.ledger.audit.of(room.company.id)) == []


def test_what_never_reached_xledger_goes_by_itself_later_and_less_and_less_often():
    room = exported()
    room.imports.always = NotSent("ConnectTimeoutError")
    room.upload()
    room.run(timedelta(hours=24))
    assert 5 < room.imports.asked < 40
    assert list(room.problems()) == [("export", "1", "UPLOAD_UNREACHABLE")]
    room.imports.always = None
    room.run()
    assert room.state_of(1) == "uploaded"
    assert list(room.problems()) == []


def test_one_hour_of_xledger_down_is_no_matter_for_a_person():
    room = exported()
    room.imports.next = [(False, NotSent("NewConnectionError"))] * (uploads.PATIENCE - 1)
    room.run()
    assert room.state_of(1) == "uploaded"


@pytest.mark.parametrize(
    "outcome", [LogonRefused("Invalid user name or password."), Faulted("Invalid logon key.", True)]
)
def test_a_refused_login_waits_for_a_new_one_and_is_not_hammered(outcome: UploadOutcome):
    room = exported()
    room.receive(1003)
    room.export()
    room.imports.always = outcome
    assert room.upload() == {Outcome.LOGIN_REFUSED: 1}
    room.run(timedelta(hours=10))
    assert room.imports.asked < 50
    assert list(room.problems()) == [("settings", "soap", "SOAP_LOGIN_REFUSED")]
    room.imports.always = None
    room.run()
    assert [room.state_of(1), room.state_of(2)] == ["uploaded", "uploaded"]
    assert list(room.problems()) == []


def test_a_setting_that_is_missing_is_named_and_the_file_goes_when_it_is_there():
    room = exported()
    login, room.vault.login = room.vault.login, None
    room.upload()
    assert list(room.problems()) == [("settings", "soap_user", "UPLOAD_SETTING_MISSING")]
    room.vault.login = login
    room.run()
    assert room.state_of(1) == "uploaded"
    assert list(room.problems()) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 300)
    room = exported()
    assert room.upload() == {Outcome.REFUSED: 1}
    assert room.imports.asked == 0
    assert list(room.problems()) == [("export", "1", "UPLOAD_TOO_LARGE")]
    room.resolve(1, Choice.IT_ARRIVED)  # by hand
    assert room.state_of(1) == "uploaded"


def test_a_file_that_is_too_large_is_not_even_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 300)
    room = exported()
    monkeypatch.setattr(room.files, "read", None)
    assert room.upload() == {Outcome.REFUSED: 1}


def test_the_largest_file_still_fits_the_service_in_base64():
    assert uploads.MOST_BYTES * 4 / 3 + 100_000 < 9_000_000


def test_a_lost_file_is_made_again_and_goes():
    room = exported()
    before = dict(room.files.held)
    for name in before:
        if name.endswith(".csv"):
            del room.files.held[name]
    room.upload()
    assert [taken[1] for taken in room.imports.files] == [before[n] for n in before if n.endswith(".csv")]


def test_a_file_that_is_not_what_was_exported_is_not_sent():
    room = exported()
    held = dict(room.files.held)
    for name in held:
        room.files.held[name] += b"x"
    assert room.upload() == {Outcome.FILE_DIFFERS: 1}
    assert room.imports.asked == 0
    assert list(room.problems()) == [("export", "1", "FILE_DIFFERS")]
    room.files.held.update(held)
    room.run()
    assert room.state_of(1) == "uploaded"
    assert list(room.problems()) == []


def test_two_workers_at_once_send_it_once():
    room = exported()
    others = []
    room.imports.meanwhile = lambda: others.append(room.upload())
    room.upload()
    assert others == [{}]
    assert len(room.imports.files) == 1


# --- the accountant -----------------------------------------------------------------------------------------


def test_the_accountant_hears_of_it_when_it_is_known_what_came_of_it():
    room = exported()
    room.tell()
    assert room.post.sent == []
    room.upload()
    assert room.to_tell == [room.company.id]
    room.tell()
    ((_, mail),) = room.post.sent
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert str(FIRST_KEY) in text
    assert "Filimport og velg" not in text


def test_the_accountant_hears_once_also_where_a_person_decided_later():
    room = exported()
    room.imports.next = [(False, Refused())]
    room.upload()
    room.tell()
    room.resolve(1, Choice.SEND_AGAIN)
    room.run()
    assert room.state_of(1) == "uploaded"
    assert len(room.post.sent) == 1


def test_an_export_by_hand_is_not_mailed_about():
    room = UploadRoom()
    room.receive(1001)
    room.export(by="Kari")
    room.upload()
    room.run()
    assert room.post.sent == []


# --- again --------------------------------------------------------------------------------------------------


def test_a_repeat_goes_in_place_of_a_refused_file():
    room = exported()
    room.imports.next = [(False, Refused())]
    room.upload()
    room.change(file={"format": "ar10"})
    (again,) = room.export("Kari", repeats=1)
    room.run()
    assert [(name, code) for name, _, code, _ in room.imports.files] == [(again.file_name(), "AR10")]
    assert (room.state_of(1), room.upload_of(1).export) == ("uploaded", 2)
    with pytest.raises(ValueError, match="nothing to decide"):
        room.resolve(1, Choice.SEND_AGAIN)


def test_a_repeat_that_cannot_hold_every_invoice_of_a_refused_file_is_only_a_file():
    room = UploadRoom()
    room.receive(1001)
    room.receive(1002, projectNumber="P-123456")
    room.export()
    room.imports.next = [(False, Refused())]
    room.upload()
    room.change(file={"format": "ar10"})
    (again,) = room.export("Kari", repeats=1)
    room.run()
    assert (again.invoices, room.imports.files, room.state_of(1)) == (1, [], "refused")
    assert ("export", "1", "UPLOAD_REFUSED") in list(room.problems())


def test_what_was_said_of_a_refused_file_is_over_when_another_goes_in_its_place():
    room = exported()
    room.imports.next = [(False, Refused()), (False, Refused())]
    room.upload()
    assert list(room.problems()) == [("export", "1", "UPLOAD_REFUSED")]
    room.export("Kari", repeats=1)
    room.run()
    assert list(room.problems()) == [("export", "2", "UPLOAD_REFUSED")]
    room.export("Kari", repeats=1)
    room.run()
    assert list(room.problems()) == []


@pytest.mark.parametrize("outcome", [None, InDoubt("cut"), NotSent("down")])
def test_a_repeat_of_what_may_have_arrived_or_will_go_is_only_a_file(outcome: UploadOutcome | None):
    room = exported()
    room.imports.next = [(outcome is None, outcome)] if outcome else []
    room.upload()
    room.export("Kari", repeats=1)
    room.run()
    assert len(room.imports.files) == (0 if isinstance(outcome, InDoubt) else 1)


# --- whoever dies -------------------------------------------------------------------------------------------


def calls_of_a_run() -> list[str]:
    room = UploadRoom()
    room.receive(1001, 1002)
    room.export()
    before = len(room.fuse.seen)
    room.upload()
    return room.fuse.seen[before:]


CALLS = calls_of_a_run()


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", range(len(CALLS)), ids=lambda n: f"{n + 1}-{CALLS[n]}")
def test_a_worker_that_dies_at_any_call_leaves_nothing_forgotten_and_nothing_doubled(call: int, moment: str):
    room = exported()
    room.fuse.burns_at = (room.fuse.calls + call + 1, moment)
    with pytest.raises(Died):
        room.upload()
    room.run(timedelta(hours=1))
    if room.state_of(1) == "uncertain":
        assert list(room.problems()) == [("export", "1", "UPLOAD_UNCERTAIN")]
        arrived = bool(room.imports.files)
        room.resolve(1, Choice.IT_ARRIVED if arrived else Choice.SEND_AGAIN)
        room.run()
    assert room.state_of(1) == "uploaded"
    assert len(room.imports.files) == 1
    assert list(room.problems()) == []
    assert len(room.post.sent) == 1
    assert not room.is_due(timedelta(days=1))


def test_only_what_was_about_to_be_sent_is_in_doubt():
    """A person is asked for one reason alone: the worker died between the intent and the written outcome."""
    asked = []
    for call in range(len(CALLS)):
        room = exported()
        room.fuse.burns_at = (room.fuse.calls + call + 1, "before")
        with pytest.raises(Died):
            room.upload()
        room.run(timedelta(hours=1))
        asked += [CALLS[call]] * (room.state_of(1) == "uncertain")
    assert asked[0] == "import.upload"
    assert set(asked[1:]) <= {"table.write"}
    assert len(asked) == 2


# --- two routes ---------------------------------------------------------------------------------------------


def test_each_invoice_leaves_by_the_route_that_it_arrived_with():
    room = UploadRoom(route="file")
    room.receive(1001, 1002)
    room.change(route="upload")
    room.receive(1003, 1004)
    room.change(route="file")
    room.receive(1005)
    made = room.export()
    assert [(each.number, str(each.route), each.invoices) for each in made] == [
        (1, "file", 3),
        (2, "upload", 2),
    ]
    room.run()
    assert room.exported() == {1001: 1, 1002: 1, 1003: 2, 1004: 2, 1005: 1}
    assert [name for name, *_ in room.imports.files] == [made[1].file_name()]
    assert room.ledger.exports.watermark(room.company.id).settled == 5
    assert room.export() == []


def test_a_change_of_the_setting_can_say_how_many_are_still_on_the_old_route():
    room = UploadRoom(route="file")
    room.receive(1001, 1002)
    room.export()
    room.receive(1003)
    room.change(route="upload")
    room.receive(1004, 1005)
    room.receive(1006, doNotTransfer=True)
    assert waiting_by_route(room.company.id, room.ledger) == {Route.FILE: 1, Route.UPLOAD: 2}
    room.change(route="email", reception_address="mb.00000@xledger.example")
    room.receive(1007)
    assert waiting_by_route(room.company.id, room.ledger) == {
        Route.FILE: 1,
        Route.UPLOAD: 2,
        Route.EMAIL: 1,
    }
    room.export()
    assert waiting_by_route(room.company.id, room.ledger) == {Route.EMAIL: 1}


def test_counting_them_looks_at_no_invoice_that_has_left():
    room = UploadRoom()
    room.receive(*range(1001, 1101))
    room.export()
    room.receive(1101)
    looked_at: list[int] = []
    since = room.ledger.invoices.since

    def counted(company: CompanyId, seq: int = 0) -> Iterator[Snapshot]:
        for snapshot in since(company, seq):
            looked_at.append(snapshot.seq)
            yield snapshot

    room.ledger.invoices.since = counted  # type: ignore[method-assign]
    assert waiting_by_route(room.company.id, room.ledger) == {Route.UPLOAD: 1}
    assert looked_at == [101]


def test_the_same_request_makes_nothing_new_the_second_time():
    room = UploadRoom(route="file")
    room.receive(1001)
    room.change(route="upload")
    room.receive(1002)
    first = room.export(request="once")
    room.receive(1003)
    assert [each.number for each in room.export(request="once")] == [each.number for each in first] == [1, 2]


def test_what_is_left_from_before_goes_also_where_the_company_has_turned_to_mail():
    room = UploadRoom()
    room.receive(1001)
    room.change(route="email", reception_address="mb.00000@xledger.example")
    room.receive(1002)
    room.export()
    room.run()
    assert room.exported() == {1001: 1, 1002: None}
    assert len(room.imports.files) == 1
    room.receive(1003)
    room.export()
    assert room.ledger.exports.watermark(room.company.id).settled == 3


def test_an_export_of_one_route_that_was_left_open_is_finished_before_the_other_begins():
    for calls in count(1):
        room = UploadRoom(route="file")
        room.receive(1001)
        room.change(route="upload")
        room.receive(1002)
        room.fuse.burns_at = (room.fuse.calls + calls, "after")
        with pytest.raises(Died):
            room.export()
        if room.ledger.exports.watermark(room.company.id).open == 1:
            break
    room.export()
    room.run()
    assert sorted(room.exported().values()) == [1, 2]  # type: ignore[type-var]
    assert len(room.imports.files) == 1
