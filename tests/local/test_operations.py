"""An operator's commands, on the queues, the table and the bucket of the template."""

import hashlib
import json
from typing import Any

import boto3
import pytest

from local import __main__
from local.operations.dead_letters import about
from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.deeds import What
from moment_xledger.domain.entities import CurrentEntity, Entity
from moment_xledger.domain.errors import EntityTaken
from moment_xledger.domain.sessions import Person, Role
from moment_xledger.flows.fetch_file import Shelf, read_file
from moment_xledger.wiring import now
from tests.builders import an_invoice
from tests.local.operated import NORDVIK, STACK, URL, CloudFormation, Operated
from tests.local.operated import operated as operated

KARI = Person(NORDVIK, "Kari Nordmann", Role.ACCOUNTANT, Language.NORWEGIAN)


def test_a_company_is_paused_and_resumed(operated: Operated) -> None:
    assert operated.say("company", "pause", "nordvik", "--reason", "a wrong account")[0] == 0
    pause = operated.ledger.pauses.now().of(NORDVIK)
    assert pause
    assert (pause.who, pause.why) == ("operator", "a wrong account")
    assert " UTC by operator: a wrong account\n" in operated.say("company", "show", "nordvik")[1]
    assert operated.say("company", "resume", "nordvik") == (0, "nordvik: resumed.\n")
    assert operated.ledger.pauses.now().of(NORDVIK) is None
    assert operated.say("company", "resume", "nordvik") == (1, "nordvik: was not paused.\n")


def test_everybody_is_paused_and_who_stays_paused_is_told(operated: Operated) -> None:
    operated.say("company", "pause", "--all", "--reason", "Xledger is down", "--by", "Kari")
    operated.say("company", "pause", "nordvik", "--reason", "a wrong account")
    status, said = operated.say("company", "resume", "--all")
    assert status == 1
    assert said.startswith("Everybody: resumed.\n! nordvik is still paused, by itself, since ")
    assert [deed.about for deed in operated.ledger.audit.of(NORDVIK)] == [
        "",
        "a wrong account",
        "Xledger is down",
    ]


def test_a_file_is_checked_against_the_ledger(operated: Operated) -> None:
    export = operated.export(1, 2)
    status, said = operated.say("company", "check-file", "nordvik", "--export", "1")
    assert (status, said.splitlines()[1:]) == (0, ["+ stored: the same", "+ made again: the same"])
    key = export.folder + export.file_name()
    boto3.client("s3").put_object(Bucket=operated.names["Bucket"], Key=key, Body=b"other")
    status, said = operated.say("company", "check-file", "nordvik", "--export", "1")
    assert status == 1
    assert "! stored: " in said
    assert "+ made again: the same" in said
    boto3.client("s3").delete_object(Bucket=operated.names["Bucket"], Key=key)
    assert "! stored: missing" in operated.say("company", "check-file", "nordvik", "--export", "1")[1]


def test_dead_letters_are_shown_by_what_they_are_about_and_never_with_what_they_hold(
    operated: Operated,
) -> None:
    assert operated.say("dead-letters")[0] == 0
    boto3.client("sqs").send_message(
        QueueUrl=operated.names["EventsDeadLetters"], MessageBody=json.dumps(an_invoice(7))
    )
    for _ in range(2):  # looking takes nothing away
        status, said = operated.say("dead-letters")
        assert status == 1
        assert (
            "EventsDeadLetters: 1\n  type team.moment.invoice.finalized, momentcompany nordvik (received"
            in said
        )
        assert "Fjord" not in said


def test_dead_letters_go_back_to_their_queue(operated: Operated) -> None:
    sqs: Any = boto3.client("sqs")
    sent = an_invoice(7)
    sqs.send_message(QueueUrl=operated.names["EventsDeadLetters"], MessageBody=json.dumps(sent))
    status, said = operated.say("dead-letters", "--redrive", "EventsDeadLetters", "--rate", "20")
    assert (status, said.split(",")[0]) == (0, "EventsDeadLetters: 1 go back to their queue")
    assert operated.say("dead-letters")[0] == 0
    (message,) = sqs.receive_message(QueueUrl=operated.names["EventsQueue"])["Messages"]
    assert json.loads(message["Body"]) == sent


def restored(operated: Operated) -> str:
    """A copy of the ledger as it is now, from its backup."""
    boto3.client("dynamodb").restore_table_to_point_in_time(
        SourceTableName=operated.names["Table"], TargetTableName="copy", UseLatestRestorableTime=True
    )
    return "copy"


def lose(table: Any, *parts: str) -> int:
    """Every item whose partition is one of these."""
    lost = [item for item in table.scan()["Items"] if item["pk"] in parts]
    for item in lost:
        table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    return len(lost)


def by_key(table: Any) -> dict[tuple[str, str], Any]:
    return {(item["pk"], item["sk"]): item for item in table.scan()["Items"]}


def test_what_the_ledger_lost_is_put_back_from_a_copy_and_every_export_is_the_same(
    operated: Operated,
) -> None:
    exports = [operated.export(1, 2), operated.export(3)]
    held = boto3.resource("dynamodb").Table(operated.names["Table"])
    before = by_key(held)
    copy = restored(operated)
    assert operated.say("ledger", "compare", "--copy", copy)[0] == 0

    lost = lose(held, "T#nordvik", "T#nordvik#INV", "COMPANIES")
    bucket = boto3.resource("s3").Bucket(operated.names["Bucket"])
    bucket.object_versions.filter(Prefix="exports/").delete()
    status, said = operated.say("ledger", "compare", "--copy", copy)
    assert (status, f"only in copy: {lost}" in said) == (1, True)
    assert "exports in copy that come out the same: 2 of 2" in said

    status, said = operated.say("ledger", "put-back", "--copy", copy)
    assert (status, "first `company pause --all`" in said) == (2, True)
    operated.say("company", "pause", "--all", "--reason", "the ledger is restored")
    assert operated.say("ledger", "put-back", "--copy", copy) == (0, f"{lost} items of copy are put back.\n")
    assert operated.say("ledger", "compare", "--copy", copy)[0] == 0
    assert before.items() <= by_key(held).items()

    for export in exports:
        shelf = Shelf(operated.ledger, operated.use.files, now)
        assert hashlib.sha256(read_file(export, shelf)).hexdigest() == export.sha256
        assert operated.say("company", "check-file", "nordvik", "--export", str(export.number))[0] == 0


def test_what_was_taken_back_on_purpose_is_not_put_back(operated: Operated) -> None:
    operated.export(1)
    link = operated.ledger.links.make(NORDVIK, 1, now())
    entry = operated.ledger.sessions.offer(KARI, now())
    entered = operated.ledger.sessions.enter(entry, now())
    operated.say("company", "pause", "nordvik", "--reason", "an old one")
    copy = restored(operated)
    operated.say("company", "resume", "nordvik")
    assert operated.say("company", "revoke-links", "nordvik", "--export", "1")[0] == 0
    assert operated.say("company", "sign-out", "nordvik") == (
        0,
        "nordvik: 1 sessions are ended.\n",
    )
    operated.say("company", "pause", "--all", "--reason", "the ledger is restored")
    operated.say("ledger", "put-back", "--copy", copy)
    assert operated.ledger.links.read(link, now()) is None
    assert entered
    assert operated.ledger.sessions.read(entered[1], now()) is None
    operated.say("company", "resume", "--all")
    assert operated.ledger.pauses.now().of(NORDVIK) is None


@pytest.mark.parametrize(
    "arguments",
    [["company", "show", "nordvik"], ["dead-letters"], ["ledger", "compare", "--copy", "copy"]],
    ids=["companies", "queues", "a table"],
)
def test_a_stack_that_lacks_what_is_asked_for_is_called_so(
    arguments: list[str], operated: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its creation failed half-way, say."""
    nothing: list[Any] = []
    monkeypatch.setattr(CloudFormation, "paginate", lambda *_, **__: [{"StackResourceSummaries": nothing}])
    monkeypatch.setattr(
        CloudFormation, "describe_stacks", lambda *_, **__: {"Stacks": [{"StackName": STACK}]}
    )
    status, said = operated.say(*arguments)
    assert (status, said.count("\n")) == (2, 1)
    assert f"--stack {STACK}" in said


def test_what_cannot_be_read_is_called_so() -> None:
    assert [about(body) for body in ("{not json", "[]", "{}", '{"token": "f00"}')] == [
        "not JSON",
        "no object",
        "of another kind",
        "token f00",
    ]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        pytest.param(["company", "pause", "nordvik"], "--reason", id="no reason"),
        pytest.param(["company", "pause", "--reason", "x"], "ID", id="nobody to pause"),
        pytest.param(["company", "pause", "nordvik", "--all", "--reason", "x"], "--all", id="one, and all"),
        pytest.param(["company", "resume", "nordvik", "--reason", "x"], "--reason", id="a reason to resume"),
        pytest.param(["company", "sign-out", "--all"], "--all", id="everybody's sessions"),
        pytest.param(["company", "check-file", "nordvik"], "--export", id="no export"),
        pytest.param(["company", "check-file", "nordvik", "--export", "9"], "--export 9", id="not there"),
        pytest.param(
            ["company", "pause", "fjord", "--reason", "x"], "fjord", id="a company that is not there"
        ),
        pytest.param(["company", "show", "nordvik", "--all"], "--all", id="all to show"),
        pytest.param(["dead-letters", "--redrive", "Events"], "EventsDeadLetters", id="no such queue"),
        pytest.param(["dead-letters", "--rate", "500"], "--rate", id="too fast"),
        pytest.param(["ledger", "compare", "--copy", "missing"], "--copy missing", id="no such copy"),
        pytest.param(["ledger", "compare"], "--copy", id="no copy"),
    ],
)
def test_misuse_is_one_sentence_and_status_2(arguments: list[str], named: str, operated: Operated) -> None:
    try:
        status = __main__.main([*arguments, "--stack", STACK])
    except SystemExit as end:
        status = int(end.code or 0)
    said = operated.capsys.readouterr().err
    assert (status, said.count("\n")) == (2, 1)
    assert named in said


def test_a_second_company_is_allowed_to_write_to_an_entity_and_forbidden_again(operated: Operated) -> None:
    entity, first = Entity.at(URL, 30_417), CompanyId("first")
    entities = operated.ledger.entities
    entities.move(first, CurrentEntity(), entity)
    with pytest.raises(EntityTaken):
        entities.move(NORDVIK, entities.current(NORDVIK), entity)

    told = ("--owner-code", "30417", "--reason", "two databases of one firm", "--by", "Kari")
    status, said = operated.say("company", "share-entity", "nordvik", *told)
    assert (status, said) == (0, "nordvik: may write to 30417 beside first.\n")
    entities.move(NORDVIK, entities.current(NORDVIK), entity)
    shown = operated.say("company", "show", "nordvik")[1]
    assert f"writes to: {entity}, and so does first\n" in shown

    assert operated.say("company", "unshare-entity", "nordvik", *told)[0] == 0
    assert "writes to: not known\n" in operated.say("company", "show", "nordvik")[1]
    with pytest.raises(EntityTaken):
        entities.move(NORDVIK, entities.current(NORDVIK), entity)
    deeds = [(deed.what, deed.who, deed.about) for deed in operated.ledger.audit.of(NORDVIK)]
    about = "30417: two databases of one firm"
    assert deeds == [(What.UNSHARED_ENTITY, "Kari", about), (What.SHARED_ENTITY, "Kari", about)]


def test_a_company_that_is_not_there_yet_may_be_allowed_too(operated: Operated) -> None:
    told = ("--owner-code", "30417", "--reason", "a sandbox")
    assert operated.say("company", "share-entity", "sandbox", *told)[0] == 0
    writers = operated.ledger.entities.writers(str(Entity.at(URL, 30_417)))
    assert writers.allowed == {CompanyId("sandbox")}


@pytest.mark.parametrize(
    "words",
    [
        ("share-entity", "nordvik", "--reason", "why"),
        ("share-entity", "nordvik", "--owner-code", "30417"),
        ("pause", "nordvik", "--reason", "why", "--owner-code", "30417"),
        ("show", "nordvik", "--owner-code", "30417"),
    ],
    ids=" ".join,
)
def test_an_owner_code_and_a_reason_go_with_sharing_only(operated: Operated, words: tuple[str, ...]) -> None:
    assert operated.say("company", *words)[0] == 2
