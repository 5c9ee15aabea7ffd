"""An invoice belongs to the customer that it was issued to. Where that has another number by now, and that is settled,
it is booked under the new one, by every route."""

import email
import io
from dataclasses import replace
from datetime import timedelta
from email import policy
from typing import Any

import pytest

from local.twins.world import START
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Customer
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.soap_outcomes import NotSent
from moment_xledger.flows.make_export import render
from tests.builders import a_private_person, in_xledger
from tests.domain.published_layouts import read_vouchers
from tests.flows.mailroom import Mailroom
from tests.flows.upload_room import UploadRoom

EVA, FINN, OLD, NEW = 31, 32, "71", "81"
CARRIED: dict[str, Any] = {"export_customers": True, "export_projects": False}
OF_EVA: dict[str, Any] = {
    "customer": {"id": EVA, "customerNumber": OLD, "name": "Eva Lie"},
    "projectNumber": None,
}
OF_FINN: dict[str, Any] = {
    "customer": {"id": FINN, "customerNumber": "72", "name": "Finn Moe"},
    "projectNumber": None,
}


def have(ledger: Ledger, company: CompanyId) -> None:
    eva, finn = (
        a_private_person(OLD, id=EVA, name="Eva Lie"),
        a_private_person("72", id=FINN, name="Finn Moe"),
    )
    in_xledger(ledger, company, eva, finn)


def renumber(ledger: Ledger, company: CompanyId, id_: int, to: str) -> None:
    """In Moment and in Xledger, and both are known to agree."""
    record = ledger.records.get_many(company, [(Kind.CUSTOMER, id_)])[Kind.CUSTOMER, id_]
    assert isinstance(record.content, Customer)
    content = record.content.model_copy(update={"customer_number": to})
    assert ledger.records.save([(record, replace(record, content=content, sent_number=to))]) == []


def in_files(room: UploadRoom) -> dict[str, str]:
    """The customer of each invoice, in all files."""
    found: dict[str, str] = {}
    for export in room.ledger.exports.newest_first(room.company.id):
        content = room.files.held.get(export.folder + export.file_name(), b"")
        vouchers = read_vouchers(content, str(export.terms.settings.format)) if content else []
        found |= {each.number: each.customer for each in vouchers if each.number not in found}
        out = io.BytesIO()
        assert not content or (render(export, room.ledger, out), out.getvalue())[1] == content
    return found


def dispute(ledger: Ledger, company: CompanyId, number: str, old: str) -> None:
    details = {"old": old, "new": number}
    told = Problem(company, "customer", number, Code.NUMBER_CHANGED, details, "", START, START)
    ledger.problems.report([told])


@pytest.mark.parametrize("route", ["file", "upload"])
@pytest.mark.parametrize("format_", ["standard", "ar10", "gl02b"])
def test_in_a_file_it_stands_under_the_number_that_its_customer_has_now(route: str, format_: str) -> None:
    room = UploadRoom(route=route, file={"format": format_}, import_code="MOMENT", **CARRIED)
    have(room.ledger, room.company.id)
    room.receive(801, **OF_EVA)
    room.receive(802, **OF_FINN)
    renumber(room.ledger, room.company.id, EVA, NEW)
    (export,) = room.export()
    assert (export.invoices, in_files(room)) == (2, {"801": NEW, "802": "72"})
    assert list(room.problems()) == []
    if route == "upload":
        room.upload()
        room.run()
        assert room.state_of(1) == "uploaded"


def test_it_is_seen_in_xledger_under_that_number() -> None:
    room = UploadRoom(**CARRIED)
    have(room.ledger, room.company.id)
    room.receive(801, **OF_EVA)
    renumber(room.ledger, room.company.id, EVA, NEW)
    room.export()
    room.upload()
    room.shown = [("801", OLD)]
    room.run()
    assert room.upload_of(1).arrived is None
    room.shown = [("801", NEW)]
    room.time.now += timedelta(hours=12)
    room.run()
    assert room.upload_of(1).arrived


def test_in_a_mail_it_stands_under_that_number() -> None:
    room = Mailroom(**CARRIED)
    have(room.ledger, room.company.id)
    room.receive(801, **OF_EVA)
    renumber(room.ledger, room.company.id, EVA, NEW)
    room.run()
    ((_, content),) = room.post.mails
    body = email.message_from_bytes(content, policy=policy.default).get_body()
    assert body is not None
    assert f"Eva Lie ({NEW})" in body.get_content()
    assert f"({OLD})" not in body.get_content()


def test_also_where_another_customer_has_its_old_number() -> None:
    room = UploadRoom(**CARRIED)
    have(room.ledger, room.company.id)
    room.receive(801, **OF_EVA)
    room.receive(802, **OF_FINN)
    renumber(room.ledger, room.company.id, EVA, NEW)
    renumber(room.ledger, room.company.id, FINN, OLD)
    room.export()
    assert in_files(room) == {"801": NEW, "802": OLD}


@pytest.mark.parametrize("route", ["file", "email"])
def test_while_the_number_is_not_settled_it_waits(route: str) -> None:
    room = UploadRoom(**CARRIED) if route == "file" else Mailroom(**CARRIED)
    have(room.ledger, room.company.id)
    room.receive(801, **OF_EVA)
    renumber(room.ledger, room.company.id, EVA, NEW)
    dispute(room.ledger, room.company.id, NEW, OLD)
    room.receive(803, **OF_EVA)
    if isinstance(room, UploadRoom):
        assert room.export() == []
    else:
        room.run()
        assert room.post.mails == []
    room.ledger.problems.close(room.company.id, [("customer", NEW)])
    if isinstance(room, UploadRoom):
        assert [export.invoices for export in room.export()] == [2]
    else:
        room.run()
        assert len(room.post.mails) >= 1


@pytest.mark.parametrize("but", [{"id": None}, {"id": 99}], ids=["by name", "another id"])
def test_one_that_is_not_known_by_id_is_held(but: dict[str, Any]) -> None:
    room = UploadRoom(**CARRIED)
    have(room.ledger, room.company.id)
    room.receive(801, customer=OF_EVA["customer"] | but, projectNumber=None)
    renumber(room.ledger, room.company.id, EVA, NEW)
    assert room.export() == []


def test_a_number_that_its_customer_never_had_is_not_taken_for_an_old_one() -> None:
    room = UploadRoom(**CARRIED)
    have(room.ledger, room.company.id)
    room.receive(801, customer={"id": EVA, "customerNumber": "99", "name": "Eva Lie"}, projectNumber=None)
    assert room.export() == []


def test_a_file_that_waits_is_overtaken_when_the_number_changes() -> None:
    room = UploadRoom(**CARRIED)
    have(room.ledger, room.company.id)
    room.receive(801, **OF_EVA)
    room.receive(802, **OF_FINN)
    room.export()
    room.imports.always = NotSent("ConnectTimeoutError")
    room.upload()
    room.imports.always = None
    renumber(room.ledger, room.company.id, EVA, NEW)
    room.run()
    ((request, by),) = room.to_export
    room.export(by, request)
    room.run()
    assert (room.state_of(1), room.state_of(2)) == ("overtaken", "uploaded")
    assert in_files(room) == {"801": NEW, "802": "72"}
    assert len(room.imports.files) == 1


def test_a_credit_note_under_the_new_number_is_of_the_same_customer() -> None:
    room = UploadRoom(**CARRIED)
    have(room.ledger, room.company.id)
    room.receive(801, **OF_EVA)
    renumber(room.ledger, room.company.id, EVA, NEW)
    line = {"vatCode": "3", "net": "-80.00", "vat": "-20.00", "gross": "-100.00"}
    note = {"kind": "CREDIT_NOTE", "creditedInvoiceNumber": 801, "total": "-100.00", "vatLines": [line]}
    room.receive(803, **(OF_EVA | note | {"customer": OF_EVA["customer"] | {"customerNumber": NEW}}))
    assert list(room.problems()) == []
    room.export()
    assert in_files(room) == {"801": NEW, "803": NEW}


def test_what_is_exported_again_is_as_it_was() -> None:
    room = UploadRoom(route="file", file={"format": "standard"}, **CARRIED)
    have(room.ledger, room.company.id)
    room.receive(801, **OF_EVA)
    renumber(room.ledger, room.company.id, EVA, NEW)
    room.export()
    renumber(room.ledger, room.company.id, EVA, "91")
    room.export("Kari", repeats=1)
    first, again = (room.ledger.exports.get(room.company.id, number) for number in (1, 2))
    assert first is not None
    assert again is not None
    assert first.sha256 == again.sha256
