"""Entries of docs/runbook.md carried out, each from its symptom to its check."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.company import create
from moment_xledger.adapters.secrets import Vault as SecretsManager
from moment_xledger.domain.companies import Company, CompanyId, Language, Secrets, Token
from moment_xledger.domain.errors import Why
from moment_xledger.domain.gate import InFlight
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.leaving import LONGEST_CALL
from moment_xledger.domain.problems import Code
from moment_xledger.domain.sessions import Person, Role
from moment_xledger.flows.pause_work import pause_work
from moment_xledger.flows.receive_events import Message, receive_events
from moment_xledger.flows.resolve_problem import retry_problem
from moment_xledger.wiring import now
from tests.builders import KEPT_BY_HAND, TOKEN, a_company, a_private_person, an_invoice, of
from tests.flows.test_resolve_problem import resolver
from tests.local.operated import NORDVIK, Operated
from tests.local.operated import operated as operated
from tests.local.test_company import Stack
from tests.local.test_company import typed as typed
from tests.office import keys, settings
from tests.world import COMPANY, START, TOKEN_ID, World

FJORD = CompanyId("fjord")


def test_dead_letters_of_events_that_were_stored_meanwhile_change_nothing(operated: Operated) -> None:
    operated.export(7)
    sqs: Any = boto3.client("sqs")
    for number in (7, 8):
        sqs.send_message(
            QueueUrl=operated.names["EventsDeadLetters"], MessageBody=json.dumps(an_invoice(number))
        )
    assert operated.say("dead-letters")[0] == 1
    assert operated.say("dead-letters", "--redrive", "EventsDeadLetters", "--rate", "10")[0] == 0
    found = sqs.receive_message(QueueUrl=operated.names["EventsQueue"], MaxNumberOfMessages=10)["Messages"]
    receiver = operated.use.receiver()
    object.__setattr__(receiver, "wake", lambda *_: None)
    receive_events([Message(each["MessageId"], each["Body"]) for each in found], receiver)
    assert [each.invoice.invoice_number for each in operated.ledger.invoices.since(NORDVIK)] == [7, 8]
    assert list(operated.ledger.problems.of(NORDVIK)) == []
    assert operated.say("dead-letters")[0] == 0


def test_a_wrong_mapping_is_stopped_corrected_and_exported_again(operated: Operated) -> None:
    settings: dict[str, Any] = {**KEPT_BY_HAND, "owner_code": 99168}
    operated.ledger.companies.save(a_company(NORDVIK, **settings, file={"format": "gl02b"}))
    wrong = operated.export(1, 2)
    link = operated.ledger.links.make(NORDVIK, wrong.number, now())
    assert operated.say("company", "pause", "nordvik", "--reason", "wrong account in export 1")[0] == 0
    assert operated.say("company", "revoke-links", "nordvik", "--export", "1")[0] == 0
    assert operated.ledger.links.read(link, now()) is None

    accounts = {**wrong.terms.settings.revenue_accounts, "3": "3020"}
    corrected = {"format": "gl02b", "revenue_accounts": accounts}
    operated.ledger.companies.save(a_company(NORDVIK, **settings, file=corrected))
    assert operated.say("company", "resume", "nordvik")[0] == 0
    right = operated.export(repeats=wrong.number)

    assert (right.repeats, right.invoices) == (wrong.number, wrong.invoices)
    assert right.sha256 != wrong.sha256
    for number in ("1", "2"):
        assert operated.say("company", "check-file", "nordvik", "--export", number)[0] == 0
    assert {each.export for each in operated.ledger.invoices.since(NORDVIK)} == {wrong.number}


def test_a_table_that_is_gone_is_restored_under_its_old_name(operated: Operated) -> None:
    export = operated.export(1, 2)
    dynamodb: Any = boto3.client("dynamodb")
    name = operated.names["Table"]
    made = dynamodb.create_backup(TableName=name, BackupName="before")["BackupDetails"]
    dynamodb.delete_table(TableName=name)
    with pytest.raises(ClientError, match="ResourceNotFound"):
        operated.ledger.companies.get(NORDVIK)

    (found,) = dynamodb.list_backups(TableName=name, BackupType="ALL")["BackupSummaries"]
    assert found["BackupArn"] == made["BackupArn"]
    dynamodb.restore_table_from_backup(TargetTableName=name, BackupArn=found["BackupArn"])
    assert operated.ledger.exports.get(NORDVIK, export.number) == export
    assert operated.say("company", "check-file", "nordvik", "--export", "1")[0] == 0


def test_a_company_that_leaves_opens_nothing_any_more(operated: Operated, tmp_path: Path) -> None:
    vault: SecretsManager = operated.use.vault
    vault.offer(NORDVIK, Secrets(TOKEN, Token("moment-key")))
    company = operated.ledger.companies.get_known(NORDVIK)
    export = operated.export(1)
    ledger, kari = operated.ledger, Person(NORDVIK, "Kari", Role.ACCOUNTANT, Language.NORWEGIAN)
    entered = ledger.sessions.enter(ledger.sessions.offer(kari, now()), now())
    link = ledger.links.make(NORDVIK, export.number, now())
    assert entered

    assert operated.say("company", "leave", "nordvik", "--to", str(tmp_path))[0] == 0
    assert ledger.sessions.read(entered[1], now()) is None
    assert ledger.links.read(link, now()) is None
    assert (tmp_path / "files" / export.folder / export.file_name()).is_file()
    assert operated.say("company", "resume", "nordvik")[0] == 2

    leaver = ledger.leavers.get(NORDVIK)
    assert leaver
    ledger.leavers.save(NORDVIK, replace(leaver, since=leaver.since - LONGEST_CALL))
    assert operated.say("company", "erase", "nordvik", "--to", str(tmp_path))[0] == 0
    assert vault.xledger_token(company) is None
    assert operated.say("company", "check-file", "nordvik", "--export", "1")[0] == 2


def test_who_shares_the_token_of_a_company_that_left_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(companies=[a_company(FJORD), a_company(NORDVIK)])
    worker = world.worker

    class WithoutFjord:
        def xledger_token(self, company: Company) -> Token:
            assert company.id != FJORD
            return TOKEN

    def without_fjord() -> Any:
        made = worker()
        object.__setattr__(made, "vault", WithoutFjord())
        return made

    monkeypatch.setattr(world, "worker", without_fjord)
    pause_work(FJORD, "Kari", "the company has left", world.ledger, START)
    world.receive(of(NORDVIK, a_private_person("10001")))
    world.run()
    assert [customer["code"] for customer in world.held("customers")] == ["10001"]


def test_a_refused_token_is_replaced_and_what_waited_goes(typed: Any) -> None:
    stack = Stack()
    world = stack.world
    create(typed(keys(), **settings()), stack.deployment)
    (company,) = world.ledger.companies.every()
    world.server.replan({"tokens": [{"token": "another"}]})
    world.receive(a_private_person("10001"))
    world.sync(token=company.token_id)
    assert ("settings", "", "TOKEN_REFUSED") in list(world.problems())
    assert world.ledger.gates.get(company.token_id).closed_why is Why.AUTH

    world.server.replan({"tokens": [{"token": TOKEN.secret}]})
    assert create(typed({"xledger_token": TOKEN.secret}), stack.deployment) == 0
    world.run()
    assert [customer["code"] for customer in world.held("customers")] == ["10001"]
    assert list(world.problems()) == []


def test_two_records_with_one_code_are_a_persons_to_part(world: World) -> None:
    world.receive(a_private_person("10001"))
    world.run()
    state = world.server.state
    (first,) = state.tables["customers"].find("code", "10001")
    second = state.add("customers", {"code": "10002", "description": "Ola"}, first["owner"])
    state.add("customers", {"code": "10002", "description": "Ola also"}, first["owner"])
    world.receive(a_private_person("10002"))
    world.run()
    assert list(world.problems()) == [("customer", "10002", "NUMBER_TWICE_IN_XLEDGER")]

    state.change("customers", second, {"code": "90002"})
    retry_problem(COMPANY.id, "customer", "10002", Code.NUMBER_TWICE_IN_XLEDGER, resolver(world))
    world.run()
    assert list(world.problems()) == []
    assert sorted(customer["code"] for customer in world.held("customers")) == ["10001", "10002", "90002"]


def test_a_write_in_doubt_is_looked_up_by_whoever_carries_next(world: World) -> None:
    world.receive(a_private_person("10001"))
    world.run()
    state = world.server.state
    (first,) = state.tables["customers"].find("code", "10001")
    world.receive(a_private_person("10002"))
    (record,) = world.ledger.records.dirty(COMPANY.id, Kind.CUSTOMER, 1)
    state.add("customers", {"code": "10002", "description": "Kari"}, first["owner"])  # it did arrive
    gate = world.ledger.gates.get(TOKEN_ID)
    in_doubt = replace(gate, in_flight=InFlight("AddCustomers", world.time.now, (record.client_id,)))
    world.ledger.gates.save(TOKEN_ID, in_doubt)
    world.time.now += timedelta(minutes=31)
    world.run()
    assert sorted(customer["code"] for customer in world.held("customers")) == ["10001", "10002"]
    assert world.ledger.gates.get(TOKEN_ID).in_flight is None


@pytest.fixture
def world() -> World:
    return World()
