"""A file that is handed over late is looked at again first: what is no longer right in it does not leave with it."""

from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import timedelta
from typing import Any

import pytest

from moment_xledger.adapters.review_file import write_review
from moment_xledger.domain import problem_choices
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.files.settings import NEWEST_RENDERER, FileFormat, FileSettings
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.preflight import Lists
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.releases import as_stored
from moment_xledger.domain.soap_outcomes import Faulted, InDoubt, LogonRefused, NotSent, UploadOutcome
from moment_xledger.domain.uploads import Choice, State
from moment_xledger.flows.decide_problem import decide_problem
from moment_xledger.flows.export_invoices import Exporter, export_invoices
from moment_xledger.flows.resolve_problem import Resolver
from moment_xledger.flows.upload_export import Outcome, Run, upload_export
from tests.builders import a_customer, a_project, in_xledger
from tests.flows.mailroom import Died
from tests.flows.upload_room import UploadRoom

ALL = [401, 402, 403]
OTHERS = [401, 403]
HOUR = timedelta(hours=1)
ITS_CUSTOMER = {"customerNumber": "78", "name": "Vik Eiendom"}
A_CREDIT: dict[str, Any] = {
    "kind": "CREDIT_NOTE",
    "total": "-250.00",
    "vatLines": [{"vatCode": "3", "net": "-200.00", "vat": "-50.00", "gross": "-250.00"}],
}


def late(outcome: UploadOutcome | None = NotSent("ConnectTimeoutError"), **settings: Any) -> UploadRoom:  # noqa: B008
    """A file of three invoices that waits to be handed over. The second one is of a customer of its own."""
    room = UploadRoom(**settings)
    if room.company.export_customers:
        customer = a_customer("78", id=78, name="Vik Eiendom")
        in_xledger(room.ledger, room.company.id, a_customer(), customer, a_project())
    room.receive(401)
    room.receive(402, customer=ITS_CUSTOMER, projectNumber="P-78")
    room.receive(403)
    room.export()
    room.imports.always = outcome
    room.upload()
    room.imports.always = None
    return room


def go_on(room: UploadRoom) -> None:
    """All that follows by itself."""
    for _ in range(6):
        room.run()
        while room.to_export:
            request, by = room.to_export.pop(0)
            room.export(by, request)


def sent(room: UploadRoom) -> list[list[int]]:
    """The invoices in each file that Xledger was given."""
    texts = [content.decode() for _, content, _, _ in room.imports.files]
    return [[n for n in range(400, 500) if f";{n};" in text] for text in texts]


# --- one that may not leave any more ----------------------------------------------------------------------------------


def the_customer_is_gone(room: UploadRoom) -> None:
    room.xledger_has({"78": 0})


def its_number_is_doubled(room: UploadRoom) -> None:
    room.xledger_has({"78": 2})


def the_project_is_gone(room: UploadRoom) -> None:
    room.xledger_has({"P-78": 0}, kind="project")


def it_is_not_to_be_transferred(room: UploadRoom) -> None:
    room.receive(402, version=2, doNotTransfer=True, customer=ITS_CUSTOMER, projectNumber="P-78")


def a_person_leaves_it_out(room: UploadRoom) -> None:
    room.ledger.invoices.skip(room.company.id, 402, room.time.now)


UNSOUND = [the_customer_is_gone, its_number_is_doubled, the_project_is_gone, it_is_not_to_be_transferred]
UNSOUND += [a_person_leaves_it_out]


@pytest.mark.parametrize("change", UNSOUND)
@pytest.mark.parametrize(
    "delay", [NotSent("ConnectTimeoutError"), LogonRefused("Invalid password."), None], ids=str
)
def test_the_file_does_not_leave_and_the_others_go_in_a_new_one(
    change: Callable[[UploadRoom], None], delay: UploadOutcome | None
):
    room = late(delay) if delay else late(NotSent("ProxyError"))
    change(room)
    go_on(room)
    assert sent(room) == [OTHERS]
    assert room.exported() == {401: 2, 402: None, 403: 2}
    assert (room.upload_of(1).state, room.upload_of(1).unsound) == (State.OVERTAKEN, 1)
    assert not [problem for problem in room.problems() if problem[0] == "export"]
    assert not room.is_due(timedelta(days=2))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (the_customer_is_gone, "held back: NOT_KEPT_IN_XLEDGER"),
        (it_is_not_to_be_transferred, "not to be transferred"),
        (a_person_leaves_it_out, "leaves another way: off"),
    ],
)
def test_the_new_file_says_which_number_is_missing_and_why(change: Callable[[UploadRoom], None], reason: str):
    room = late()
    room.receive(405)
    change(room)
    go_on(room)
    room.export()
    new, newest = (room.ledger.exports.get(room.company.id, number) for number in (2, 3))
    for export, gaps in ((new, [(402, 402, reason)]), (newest, [(404, 404, "not received")])):
        assert export is not None
        assert export.series is not None
        assert [(gap.first, gap.last, gap.reason) for gap in export.series.gaps] == gaps
        assert not export.series.late


def test_one_that_is_overtaken_twice_says_so_as_well():
    room = late()
    room.imports.always = NotSent("ConnectTimeoutError")
    room.change(owner_code=99171)
    go_on(room)
    it_is_not_to_be_transferred(room)
    room.imports.always = None
    go_on(room)
    last = room.ledger.exports.get(room.company.id, 3)
    assert last is not None
    assert last.series is not None
    assert [(gap.first, gap.reason) for gap in last.series.gaps] == [(402, "not to be transferred")]
    assert not last.series.late


def test_it_is_held_with_its_reason_and_goes_when_that_is_over():
    room = late()
    the_customer_is_gone(room)
    go_on(room)
    (waiting,) = room.ledger.waits.due(room.company.id, room.time.now + HOUR, 10)
    assert (waiting.kind, waiting.number) == ("customer", "78")
    room.xledger_has({"78": 1})
    room.export()
    go_on(room)
    assert sent(room) == [OTHERS, [402]]


@pytest.mark.parametrize("code", [Code.NUMBER_TAKEN, Code.NUMBER_CHANGED, Code.NUMBER_MOVED_IN_XLEDGER])
def test_a_customer_number_that_is_disputed_meanwhile_holds_its_invoice_alone(code: Code):
    room = late(export_customers=True, export_projects=False)
    details = {"old": "78", "new": "79", "theirs": "79"}
    told = Problem(room.company.id, "customer", "78", code, details, "", room.time.now, room.time.now)
    room.ledger.problems.report([told])
    go_on(room)
    assert sent(room) == [OTHERS]


def test_one_whose_number_another_customer_has_by_now_stays():
    room = late(export_customers=True, export_projects=False)
    owner = room.ledger.records.by_number(room.company.id, Kind.CUSTOMER, ["78"])["78"]
    other = owner.content.model_copy(update={"name": "Dal Eiendom"})
    changed = type(owner)(**{**vars(owner), "content": other, "attempts": ()})
    room.ledger.records.save([(owner, changed)])
    go_on(room)
    assert sent(room) == [OTHERS]


def test_where_all_are_unsound_nothing_leaves_and_nothing_is_stuck():
    room = late()
    room.xledger_has({"78": 0, "10001": 0})
    go_on(room)
    assert (sent(room), room.exported()) == ([], dict.fromkeys(ALL))
    room.receive(404, customer={"customerNumber": "80", "name": "Ås"}, projectNumber=None)
    room.export()
    go_on(room)
    assert sent(room) == [[404]]


# --- one whose settings are others by now ----------------------------------------------------------------------------


def mapped(*without: str) -> dict[str, str]:
    return {code: code for code in UploadRoom().company.vat_codes if code not in without}


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"owner_code": 99170}, id="the owner code"),
        pytest.param({"file": {"format": "ar10"}}, id="the format"),
        pytest.param({"vat_codes": mapped() | {"3": "V3"}}, id="the VAT codes"),
        pytest.param(
            {"file": {"format": "gl02b", "revenue_accounts": dict.fromkeys(mapped(), "3010")}},
            id="an account",
        ),
        pytest.param({"project_dimension": 3}, id="the GL object of projects"),
    ],
)
def test_all_go_in_a_new_file_that_is_made_with_the_settings_as_they_are(settings: dict[str, Any]):
    room = late()
    old = room.ledger.exports.get(room.company.id, 1)
    room.change(**settings)
    go_on(room)
    new = room.ledger.exports.get(room.company.id, 2)
    assert old is not None
    assert new is not None
    assert (new.terms.settings, new.terms.vat_codes) == (room.company.file, room.company.vat_codes)
    assert (room.state_of(1), room.upload_of(1).unsound, room.state_of(2)) == ("overtaken", 0, "uploaded")
    assert room.exported() == dict.fromkeys(ALL, 2)
    assert len(room.imports.files) == 1


def test_a_setting_that_says_nothing_of_the_file_leaves_it_as_it_is():
    room = late()
    room.change(notify=("annen@nordvik.example",), import_code="GL02b_NY", invoice_months_back=30)
    go_on(room)
    assert (sent(room), room.state_of(1)) == ([ALL], "uploaded")


def test_an_account_that_xledger_lost_meanwhile_stops_what_needs_it():
    room = late()
    accounts = frozenset({"1500", "3100", "3200"})
    room.ledger.references.save(room.company.token_id, Lists(room.time.now, accounts, None))
    go_on(room)
    assert (sent(room), room.state_of(1)) == ([], "overtaken")
    assert {code for _, _, code in room.problems()} == {"ACCOUNT_NOT_IN_XLEDGER"}


def test_what_is_as_it_was_goes_late_as_it_would_have_gone_early():
    room = late()
    go_on(room)
    assert (sent(room), room.state_of(1)) == ([ALL], "uploaded")


# --- one that has perhaps been sent ----------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [*UNSOUND[:3]])
@pytest.mark.parametrize("taken", [True, False])
def test_one_that_was_perhaps_sent_stands_as_that_and_nothing_follows_by_itself(
    change: Callable[[UploadRoom], None], taken: bool
):
    room = UploadRoom()
    room.receive(401, 402, customer=ITS_CUSTOMER, projectNumber="P-78")
    room.export()
    room.imports.next = [(taken, InDoubt("ReadTimeout"))]
    room.upload()
    change(room)
    go_on(room)
    room.export()
    assert room.imports.asked == 1
    assert room.exported() == {401: 1, 402: 1}
    assert list(room.problems()) == [("export", "1", "UPLOAD_UNCERTAIN")]
    assert room.state_of(1) == "uncertain"
    room.resolve(1, Choice.SEND_AGAIN)  # a person has seen that it is not there
    go_on(room)
    assert room.imports.asked == 1
    assert room.exported() == {401: None, 402: None}


def test_do_not_transfer_of_one_that_was_perhaps_sent_is_told_as_too_late():
    room = late(InDoubt("ReadTimeout"))
    it_is_not_to_be_transferred(room)
    assert ("invoice", "402", "NOT_TO_TRANSFER_TOO_LATE") in list(room.problems())
    assert room.exported()[402] == 1


def test_one_that_a_worker_left_behind_is_never_made_anew():
    room = UploadRoom()
    room.receive(*ALL)
    room.export()
    room.imports.meanwhile = lambda: (_ for _ in ()).throw(Died())
    with pytest.raises(Died):
        room.upload()
    room.imports.meanwhile = None
    room.change(owner_code=99170)
    room.xledger_has({"10001": 0})
    go_on(room)
    assert (room.state_of(1), room.exported()) == ("uncertain", dict.fromkeys(ALL, 1))


def test_what_was_refused_is_looked_at_again_before_it_is_sent_again():
    room = late(Faulted("There is no entity 99168."))
    the_customer_is_gone(room)
    go_on(room)
    assert room.state_of(1) == "refused"  # until a person says so
    room.resolve(1, Choice.SEND_AGAIN)
    go_on(room)
    assert sent(room) == [OTHERS]


def test_one_that_arrived_after_all_is_told_of_where_it_was_not_to_be_transferred():
    room = late(Faulted("Timeout."))
    it_is_not_to_be_transferred(room)
    assert ("invoice", "402", "NOT_TO_TRANSFER_TOO_LATE") not in list(room.problems())
    room.resolve(1, Choice.IT_ARRIVED)
    (problem,) = room.ledger.problems.of(room.company.id, "invoice")
    assert (problem.number, problem.code, problem.details) == (
        "402",
        "NOT_TO_TRANSFER_TOO_LATE",
        {"version": "2"},
    )


# --- credit notes ----------------------------------------------------------------------------------------------------


def test_a_credit_note_does_not_overtake_the_file_of_its_invoice():
    room = late()
    room.receive(410, customer=ITS_CUSTOMER, projectNumber=None, creditedInvoiceNumber=402, **A_CREDIT)
    room.receive(411)
    room.export()
    the_customer_is_gone(room)
    go_on(room)
    assert sorted(n for file in sent(room) for n in file) == [401, 403, 411]
    room.xledger_has({"78": 1})
    room.export()
    go_on(room)
    assert sorted(n for file in sent(room) for n in file) == [401, 402, 403, 410, 411]


def test_a_credit_note_in_the_same_file_as_its_invoice_goes_late_as_well():
    room = UploadRoom()
    room.receive(401)
    room.receive(402, creditedInvoiceNumber=401, **A_CREDIT)
    room.export()
    room.imports.next = [(False, NotSent("ConnectTimeoutError"))]
    go_on(room)
    assert sent(room) == [[401, 402]]


@pytest.mark.parametrize("outcome", [Faulted("No."), InDoubt("ReadTimeout"), NotSent("ProxyError")])
def test_a_credit_note_waits_for_an_invoice_whose_file_is_not_taken(outcome: UploadOutcome):
    room = late(outcome)
    room.receive(410, customer=ITS_CUSTOMER, projectNumber=None, creditedInvoiceNumber=402, **A_CREDIT)
    room.receive(411)
    room.export()
    assert {number for number, export in room.exported().items() if export == 2} == {411}


def test_both_are_left_out_by_one_choice_while_the_invoice_waits_in_a_file():
    room = late()
    other_vat = [{"vatCode": "3", "net": "-200.00", "vat": "-30.00", "gross": "-230.00"}]
    note = A_CREDIT | {"total": "-230.00", "vatLines": other_vat}
    room.receive(410, customer=ITS_CUSTOMER, projectNumber=None, creditedInvoiceNumber=402, **note)
    assert list(room.problems()) == [("invoice", "410", "VAT_DIFFERS")]
    resolver = Resolver(room.ledger, lambda *_: None, room.time, "Kari")
    choice = problem_choices.Choice.BOTH_OUT
    decide_problem(room.company.id, "invoice", "410", Code.VAT_DIFFERS, choice, resolver)
    go_on(room)
    assert (sent(room), list(room.problems())) == ([OTHERS], [])


def with_a_credit_note_to_decide_of() -> UploadRoom:
    room = UploadRoom()
    room.receive(402, customer=ITS_CUSTOMER, projectNumber=None)
    other_vat = [{"vatCode": "3", "net": "-200.00", "vat": "-30.00", "gross": "-230.00"}]
    note = A_CREDIT | {"total": "-230.00", "vatLines": other_vat}
    room.receive(410, customer=ITS_CUSTOMER, projectNumber=None, creditedInvoiceNumber=402, **note)
    return room


def test_nothing_is_decided_of_an_invoice_while_an_export_that_may_have_it_is_made():
    complete = with_a_credit_note_to_decide_of()
    complete.export()
    were_open = 0
    for call in range(1, complete.fuse.calls + 1):
        room = with_a_credit_note_to_decide_of()
        room.fuse.burns_at = (room.fuse.calls + call, "after")
        with suppress(Died):
            room.export()
        room.fuse.burns_at = None
        is_open = room.ledger.exports.watermark(room.company.id).open is not None
        were_open += is_open
        resolver = Resolver(room.ledger, lambda *_: None, room.time, "Kari")
        choice = problem_choices.Choice.BOTH_OUT
        with pytest.raises(Conflict) if is_open else nullcontext():
            decide_problem(room.company.id, "invoice", "410", Code.VAT_DIFFERS, choice, resolver)
        left_out = room.ledger.invoices.decisions(room.company.id, [402, 410])
        assert bool(left_out) is not is_open
        room.time.now += HOUR
        room.sweep()
        room.run()
        assert sent(room) == ([] if left_out else [[402]])
    assert were_open > 3


# --- whoever dies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", range(30))
def test_whichever_call_it_dies_at_each_invoice_leaves_once_or_is_held(call: int, moment: str):
    room = late()
    the_customer_is_gone(room)
    room.time.now += HOUR
    room.fuse.burns_at = (room.fuse.calls + call + 1, moment)
    with suppress(Died):
        room.upload()
    room.fuse.burns_at = None
    go_on(room)
    assert sent(room) == [OTHERS]
    assert room.exported()[402] is None
    assert room.state_of(1) == "overtaken"


def test_a_mind_that_is_changed_while_the_file_is_looked_at_makes_the_worker_look_again():
    room = late()
    room.time.now += HOUR
    found = room.ledger.uploads.get(room.company.id, 1)
    assert found is not None
    it_is_not_to_be_transferred(room)
    assert upload_export(found, Run(room.company, room.uploader())) in (Outcome.CHANGED, Outcome.OVERTAKEN)
    go_on(room)
    assert sent(room) == [OTHERS]


def test_a_large_file_goes_in_one_new_file_again():
    room = late()
    room.change(owner_code=99170)
    room.upload()
    room.time.now += HOUR
    room.upload()
    ((request, by),) = room.to_export
    exporter = Exporter(room.ledger, room.files, room.time, write_review, part=1)  # type: ignore[arg-type]
    made = export_invoices(room.company.id, request, by, exporter)
    assert made is not None
    assert (made.invoices, made.part_of) == (3, 1)
    room.export()
    room.run()
    assert sent(room) == [ALL]


def test_one_that_is_overtaken_again_and_again_leaves_once():
    room = late()
    room.imports.always = NotSent("ConnectTimeoutError")
    for owner_code in (99171, 99172, 99173):
        room.change(owner_code=owner_code)
        go_on(room)
    room.imports.always = None
    go_on(room)
    assert (sent(room), room.state_of(4)) == ([ALL], "uploaded")


# --- several releases later -------------------------------------------------------------------------------------------


def test_one_that_an_older_release_made_is_made_anew_by_the_way_of_now(monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as older:
        older.setitem(NEWEST_RENDERER, FileFormat.GL02B, 1)
        room = late()
    go_on(room)
    new = room.ledger.exports.get(room.company.id, 2)
    assert new is not None
    assert (new.terms.renderer, sent(room)) == (NEWEST_RENDERER[FileFormat.GL02B], [ALL])


def test_one_that_a_newer_release_made_goes_as_it_is(monkeypatch: pytest.MonkeyPatch):
    room = late()
    monkeypatch.setitem(NEWEST_RENDERER, FileFormat.GL02B, 1)
    go_on(room)
    assert (room.state_of(1), sent(room)) == ("uploaded", [ALL])


def test_a_release_that_does_not_know_the_companys_format_leaves_the_file_to_a_newer_one():
    room = late()
    strange = FileSettings.model_construct(
        **{**vars(room.company.file), "format": as_stored(FileFormat, "edi")}
    )
    room.company = room.company.model_copy(update={"file": strange})
    room.ledger.companies.save(room.company)
    room.time.now += HOUR
    assert room.upload() == {Outcome.DELAYED: 1}
    assert (room.state_of(1), room.imports.asked) == ("pending", 1)


# --- what the accountant reads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("no", "Filen brukes ikke"), ("en", "The file is not used")])
def test_a_mail_that_is_late_itself_says_that_the_file_is_not_used(language: str, words: str):
    room = late(Faulted("No."), language=language)
    room.resolve(1, Choice.SEND_AGAIN)
    the_customer_is_gone(room)
    room.upload()
    room.tell()
    _, message = room.post.sent[-1]
    body = message.get_body(("plain",))
    assert body is not None
    assert words.upper() in body.get_content()
    html = message.get_body(("html",))
    assert html is not None
    assert words in html.get_content()
    for text in (body.get_content(), html.get_content()):
        assert "merket som sendt" not in text
        assert "marked as sent" not in text
