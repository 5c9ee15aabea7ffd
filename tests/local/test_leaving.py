"""A company takes its data along as files and is erased, on the table, the bucket and the keys of the template."""

import csv
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.operations import leaving
from local.operations.leaving import FILES, TAKEN_PREFIXES
from moment_xledger.adapters.ledger.leavers import Leavers
from moment_xledger.adapters.table import Delete, Item, Put, Table
from moment_xledger.domain.companies import CompanyId, Route
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.moment import Customer, Invoice
from moment_xledger.domain.problems import NOBODY
from moment_xledger.domain.records import Record, State
from moment_xledger.domain.retention import IN_THE_LEDGER, TABLE, Where
from moment_xledger.flows.receive_events import Message, receive_events
from tests.builders import a_company, a_customer, an_invoice
from tests.local.operated import NORDVIK, Operated
from tests.local.operated import operated as operated

NEIGHBOUR = CompanyId("nordvik-2")  # whose names all begin like nordvik's
NOW = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
PREFIXES = ("exports/", "mails/", "rejected/")


@pytest.fixture(autouse=True)
def _short_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody was at work for it."""
    monkeypatch.setattr("moment_xledger.domain.leaving.LONGEST_CALL", timedelta(0))


def fill(operated: Operated, company: CompanyId) -> None:
    """Something of each sort that people know of, and files with versions and a marker."""
    ledger = operated.ledger
    if company != NORDVIK:
        ledger.companies.save(a_company(company))
    customer = Customer.model_validate(a_customer(name="=HYPERLINK(1)", email="ola@fjord.example")["data"])
    ledger.records.save([(None, Record(company, customer, State.SYNCED, NOW))])
    for number in (501, 502):
        ledger.invoices.append(company, [Invoice.model_validate(an_invoice(number)["data"])], Route.FILE, NOW)
    ledger.audit.note(Deed(company, NOW, "Kari Nordmann", What.FETCHED_FILE, 1))
    s3, bucket = boto3.client("s3"), operated.names["Bucket"]
    for prefix in PREFIXES:
        for body in (b"first", b"second"):
            s3.put_object(Bucket=bucket, Key=f"{prefix}{company}/a.csv", Body=body)
    s3.delete_object(Bucket=bucket, Key=f"mails/{company}/gone.eml")
    vault: Any = boto3.client("secretsmanager")
    vault.create_secret(Name=f"moment-xledger/{company}", SecretString="{}")


def items_of(operated: Operated, company: CompanyId) -> list[Item]:
    return list(operated.ledger.leavers.items(company))


def versions_of(operated: Operated, company: CompanyId) -> list[str]:
    bucket = boto3.resource("s3").Bucket(operated.names["Bucket"])
    return sorted(
        f"{each.object_key} {each.id}"
        for prefix in PREFIXES
        for each in bucket.object_versions.filter(Prefix=f"{prefix}{company}/")
    )


def everything_of(operated: Operated, company: CompanyId) -> Any:
    """But its keys, which cannot be listed by name alone."""
    return items_of(operated, company), versions_of(operated, company)


def secrets(operated: Operated) -> set[str]:
    found = boto3.client("secretsmanager").list_secrets()["SecretList"]
    return {each["Name"] for each in found}


def manifest_in(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return content


def test_it_takes_everything_along_that_is_its_own(operated: Operated, tmp_path: Path) -> None:
    fill(operated, NORDVIK)
    before = items_of(operated, NORDVIK)
    status, said = operated.say("company", "leave", "nordvik", "--to", str(tmp_path), "--by", "Kari")
    assert status == 0
    assert "! 2 invoices have left with no export, such as 501" in said
    manifest = manifest_in(tmp_path)
    for file in manifest["files"]:
        content = (tmp_path / file["name"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
    wanted = {f"{name}" for where, name in FILES if any(is_of(item, where, name) for item in before)}
    found = {Path(file["name"]).stem for file in manifest["files"] if file["name"].startswith("ledger/")}
    assert found == {FILES[where, name] for where, name in FILES if name in wanted}
    assert {file["name"] for file in manifest["files"] if file["name"].startswith("files/")} == {
        "files/exports/nordvik/a.csv",
        "files/mails/nordvik/a.csv",
    }
    assert (tmp_path / "files/exports/nordvik/a.csv").read_bytes() == b"second"


def is_of(item: Item, where: Where, name: str) -> bool:
    from moment_xledger.domain.retention import begins, row_of

    return row_of(item["pk"], item["sk"]).where is where and begins(item["sk"]) == name


def test_a_line_is_the_item_and_a_table_is_for_people(operated: Operated, tmp_path: Path) -> None:
    fill(operated, NORDVIK)
    operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    lines = (tmp_path / "ledger/customers-and-projects.jsonl").read_text("utf-8").splitlines()
    assert json.loads(json.loads(lines[0])["content"])["name"] == "=HYPERLINK(1)"
    with (tmp_path / "customers-and-projects.csv").open(encoding="utf-8-sig", newline="") as held:
        (row,) = csv.DictReader(held, delimiter=";")
    assert (row["content.name"], row["content.email"]) == ("'=HYPERLINK(1)", "ola@fjord.example")
    with (tmp_path / "invoices.csv").open(encoding="utf-8-sig", newline="") as held:
        numbers = [row["invoice.invoiceNumber"] for row in csv.DictReader(held, delimiter=";")]
    assert numbers == ["501", "502"]


def test_every_kind_that_the_table_lets_it_take_has_a_file() -> None:
    taken = {
        (row.where, name) for row in TABLE if row.taken and row.where in IN_THE_LEDGER for name in row.names
    }
    assert set(FILES) == taken
    assert len(set(FILES.values())) == len(FILES)
    assert set(TAKEN_PREFIXES) == {"exports/", "mails/"}


def test_it_is_erased_and_its_neighbour_is_not(operated: Operated, tmp_path: Path) -> None:
    for company in (NORDVIK, NEIGHBOUR):
        fill(operated, company)
    neighbour = everything_of(operated, NEIGHBOUR)
    operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    status, said = operated.say("company", "erase", "nordvik", "--to", str(tmp_path), "--by", "Kari")
    assert (status, said.splitlines()[-1].startswith("nordvik is erased.")) == (0, True)
    assert everything_of(operated, NORDVIK) == ([], [])
    assert everything_of(operated, NEIGHBOUR) == neighbour
    assert secrets(operated) & {"moment-xledger/nordvik", "moment-xledger/nordvik-2"} == {
        "moment-xledger/nordvik-2"
    }
    leaver = operated.ledger.leavers.get(NORDVIK)
    assert leaver
    assert leaver.erased
    assert (leaver.by, leaver.token_id, leaver.counts["keys"], leaver.counts["SEQ"]) == ("Kari", None, 1, 2)
    assert operated.say("company", "show", "nordvik")[1].startswith("nordvik has left, ")
    assert operated.say("company", "erase", "nordvik", "--to", str(tmp_path))[0] == 0  # it looks once more


class Died(BaseException):
    pass


STEPS = ("erase_beside", "_erase_keys", "_erase_objects", "erase_items", "lingers")


@pytest.mark.parametrize("where", STEPS)
@pytest.mark.parametrize("when", ["before", "behind"])
def test_whoever_dies_while_it_is_erased_is_followed_by_one_who_goes_on(
    operated: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, when: str
) -> None:
    for company in (NORDVIK, NEIGHBOUR):
        fill(operated, company)
    neighbour = everything_of(operated, NEIGHBOUR)
    operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    owner: Any = leaving if where.startswith("_") else Leavers
    real = getattr(owner, where)

    def dies(*arguments: Any) -> Any:
        if when == "behind":
            real(*arguments)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(owner, where, dies)
        with pytest.raises(Died):
            operated.say("company", "erase", "nordvik", "--to", str(tmp_path))
    refused, said = operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    assert (refused, "is being erased" in said) == (2, True)
    assert operated.say("company", "erase", "nordvik", "--to", str(tmp_path))[0] == 0
    assert everything_of(operated, NORDVIK) == ([], [])
    assert everything_of(operated, NEIGHBOUR) == neighbour


def test_whoever_dies_in_the_middle_of_its_items_leaves_the_rest_to_be_erased(
    operated: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(operated, NORDVIK)
    monkeypatch.setattr("moment_xledger.adapters.ledger.leavers.AT_ONCE", 2)
    operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    count, table = len(items_of(operated, NORDVIK)), Table
    real, calls = table.write, list[Any]()

    def dies(self: Any, *actions: Any) -> None:
        calls.append(actions)
        if len(calls) > 8:
            raise Died
        real(self, *actions)

    with monkeypatch.context() as patched:
        patched.setattr(table, "write", dies)
        with pytest.raises(Died):
            operated.say("company", "erase", "nordvik", "--to", str(tmp_path))
    assert 0 < len(items_of(operated, NORDVIK)) < count
    assert operated.say("company", "erase", "nordvik", "--to", str(tmp_path))[0] == 0
    assert items_of(operated, NORDVIK) == []


def test_whoever_dies_while_it_is_taken_along_is_followed_by_one_who_fetches_only_the_rest(
    operated: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = operated.export(1, 2)
    real, fetched = leaving.Folder.put, list[str]()

    def dies(self: Any, name: str, *rest: Any) -> None:
        fetched.append(name)
        if name.startswith("files/") and len([n for n in fetched if n.startswith("files/")]) == 3:
            raise Died
        real(self, name, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(leaving.Folder, "put", dies)
        with pytest.raises(Died):
            operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    assert not (tmp_path / "manifest.json").exists()
    assert operated.say("company", "erase", "nordvik", "--to", str(tmp_path))[0] == 2
    had = {name for name in fetched[:-1] if name.startswith("files/")}
    fetched.clear()

    def noted(self: Any, name: str, *rest: Any) -> None:
        fetched.append(name)
        real(self, name, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(leaving.Folder, "put", noted)
        assert operated.say("company", "leave", "nordvik", "--to", str(tmp_path))[0] == 0
    assert not had & set(fetched)
    assert (tmp_path / "files" / export.folder / export.file_name()).is_file()


@pytest.mark.parametrize("what", ["a file is gone", "a file differs", "the ledger changed", "a new object"])
def test_nothing_is_erased_that_was_not_taken_along(operated: Operated, tmp_path: Path, what: str) -> None:
    fill(operated, NORDVIK)
    operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    if what == "a file is gone":
        (tmp_path / "log.csv").unlink()
    elif what == "a file differs":
        (tmp_path / "files/mails/nordvik/a.csv").write_bytes(b"sec0nd")
    elif what == "the ledger changed":
        operated.ledger.audit.note(Deed(NORDVIK, NOW, "Ola", What.FETCHED_FILE, 2))
    else:
        boto3.client("s3").put_object(
            Bucket=operated.names["Bucket"], Key="exports/nordvik/late.csv", Body=b"late"
        )
    before = everything_of(operated, NORDVIK)
    status, said = operated.say("company", "erase", "nordvik", "--to", str(tmp_path))
    assert (status, "`company leave` again" in said) == (2, True)
    assert everything_of(operated, NORDVIK) == before
    assert operated.say("company", "leave", "nordvik", "--to", str(tmp_path))[0] == 0
    assert operated.say("company", "erase", "nordvik", "--to", str(tmp_path))[0] == 0


def test_functions_that_began_before_it_left_come_to_an_end_first(
    operated: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(operated, NORDVIK)
    monkeypatch.setattr("moment_xledger.domain.leaving.LONGEST_CALL", timedelta(minutes=15))
    operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    status, said = operated.say("company", "erase", "nordvik", "--to", str(tmp_path))
    assert (status, "may still write" in said) == (2, True)
    assert items_of(operated, NORDVIK)


def test_its_files_may_go_to_a_bucket_that_is_not_ours(operated: Operated) -> None:
    fill(operated, NORDVIK)
    place: Any = {"LocationConstraint": "eu-north-1"}
    boto3.client("s3").create_bucket(Bucket="theirs", CreateBucketConfiguration=place)
    ours = f"s3://{operated.names['Bucket']}/exports/nordvik"
    assert operated.say("company", "leave", "nordvik", "--to", ours)[0] == 2
    assert operated.say("company", "leave", "nordvik", "--to", "s3://theirs/from/moment")[0] == 0
    found = boto3.resource("s3").Object("theirs", "from/moment/manifest.json").get()["Body"].read()
    assert json.loads(found)["company"] == "nordvik"
    boto3.client("s3").delete_object(Bucket="theirs", Key="from/moment/log.csv")
    assert "log.csv" in operated.say("company", "erase", "nordvik", "--to", "s3://theirs/from/moment")[1]
    assert operated.say("company", "leave", "nordvik", "--to", "s3://theirs/from/moment")[0] == 0
    assert operated.say("company", "erase", "nordvik", "--to", "s3://theirs/from/moment")[0] == 0
    assert items_of(operated, NORDVIK) == []


@pytest.mark.parametrize("is_erased", [False, True])
def test_events_on_their_way_are_refused_and_told(
    operated: Operated, tmp_path: Path, is_erased: bool
) -> None:
    fill(operated, NORDVIK)
    operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    if is_erased:
        operated.say("company", "erase", "nordvik", "--to", str(tmp_path))
    before = items_of(operated, NORDVIK)
    receiver = operated.use.receiver()
    report = receive_events([Message("late-1", body := json.dumps(an_invoice(601)))], receiver)
    assert (report.received, report.refused) == (0, 1)
    assert items_of(operated, NORDVIK) == before
    (problem,) = [each for each in operated.ledger.problems.of(NOBODY) if each.number == "late-1"]
    assert (problem.code, problem.details) == ("COMPANY_LEFT", {"company": "nordvik"})
    kept = boto3.client("s3").get_object(Bucket=operated.names["Bucket"], Key="rejected/unknown/late-1.json")
    assert kept["Body"].read() == body.encode()


def test_it_may_change_its_mind(operated: Operated, tmp_path: Path) -> None:
    fill(operated, NORDVIK)
    before = items_of(operated, NORDVIK)
    assert operated.say("company", "stay", "nordvik")[0] == 1
    operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    assert operated.say("company", "stay", "nordvik")[0] == 0
    assert items_of(operated, NORDVIK) == before
    assert operated.say("company", "erase", "nordvik", "--to", str(tmp_path))[0] == 2
    assert items_of(operated, NORDVIK) == before


def test_a_company_can_come_back_when_it_is_erased_and_not_before(operated: Operated, tmp_path: Path) -> None:
    fill(operated, NORDVIK)
    operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    status, said = operated.say("company", "create", "nordvik")
    assert (status, "is leaving" in said) == (2, True)
    operated.say("company", "erase", "nordvik", "--to", str(tmp_path))
    operated.ledger.companies.save(a_company(NORDVIK))
    assert operated.ledger.companies.get(NORDVIK)
    assert operated.say("company", "resume", "nordvik")[0] == 0


def test_a_restored_ledger_does_not_bring_it_back(operated: Operated, tmp_path: Path) -> None:
    for company in (NORDVIK, NEIGHBOUR):
        fill(operated, company)
    ledger, token = operated.ledger, a_company(NORDVIK).token_id
    for company in (NORDVIK, NEIGHBOUR):
        ledger.records.mark_work(token, Kind.PROJECT, company, NOW)
    boto3.client("dynamodb").restore_table_to_point_in_time(
        SourceTableName=operated.names["Table"], TargetTableName="copy", UseLatestRestorableTime=True
    )
    operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    operated.say("company", "erase", "nordvik", "--to", str(tmp_path))
    lost = [item for item in items_of(operated, NEIGHBOUR) if item["sk"].startswith("AUD#")]
    table: Any = ledger._table
    table.write(*(Delete((item["pk"], item["sk"])) for item in lost))
    operated.say("company", "pause", "--all", "--reason", "the ledger is restored")
    assert operated.say("ledger", "put-back", "--copy", "copy")[0] == 0
    assert items_of(operated, NORDVIK) == []
    assert [each.id for each in ledger.companies.sharing(token)] == [NEIGHBOUR]
    assert set(ledger.records.work(token, Kind.PROJECT)) <= {NEIGHBOUR}
    assert all(table.get((item["pk"], item["sk"])) for item in lost)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("leave", "nordvik"), "--to"),
        (("show", "nordvik", "--to", "x"), "--to"),
        (("pause", "nordvik", "--reason", "x", "--to", "x"), "--to"),
        (("leave", "fjord", "--to", "x"), "fjord"),
        (("erase", "nordvik", "--to", "x"), "company leave"),
    ],
)
def test_misuse_says_what_is_missing(
    operated: Operated, words: tuple[str, ...], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, said = operated.say("company", *words)
    assert (status, said.count("\n")) == (2, 1)
    assert named in said


def test_work_that_was_marked_too_late_is_forgotten(operated: Operated, tmp_path: Path) -> None:
    """By a function that did not know yet: the token's other companies must not stop at it."""
    from moment_xledger.flows.sync_records import _turns

    fill(operated, NORDVIK)
    fill(operated, NEIGHBOUR)
    token = a_company(NEIGHBOUR).token_id
    operated.say("company", "leave", "nordvik", "--to", str(tmp_path))
    ledger = operated.ledger
    for company in (NORDVIK, NEIGHBOUR):
        ledger.records.mark_work(token, Kind.CUSTOMER, company, NOW)
    table: Any = ledger._table
    table.write(
        Put(
            ("PAUSES", NORDVIK),
            {"since": "2026-11-30T07:00:00Z", "who": "", "why": "", "lifted": "2026-11-30T07:00:00Z"},
        )
    )
    turns = _turns(Kind.CUSTOMER, token, operated.use.worker())
    for turn, marks in turns:
        assert turn.id == NEIGHBOUR
        ledger.records.work_done(token, Kind.CUSTOMER, turn.id, marks)
    assert ledger.records.work(token, Kind.CUSTOMER) == {}
