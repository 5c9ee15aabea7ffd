"""The table of what is kept is the truth: of every key that the ledger writes, and of every place in the template."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatch
from typing import Any

import pytest

from local import ROOT
from local.proof.simulation import play
from local.proof.stage import Setting
from local.proof.story import Cast
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.table import Item
from moment_xledger.domain.bookkeeping import LEAST_YEARS, kept_until
from moment_xledger.domain.companies import CompanyId, Route
from moment_xledger.domain.invoice_mails import InvoiceMail, State, Step, noted, sending, sent
from moment_xledger.domain.leaving import Leaver
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.pauses import Pause
from moment_xledger.domain.problems import NOBODY, Code, Problem
from moment_xledger.domain.retention import IN_THE_LEDGER, TABLE, Kept, Until, Where, begins, row_of
from tests.adapters import ledger_story as story
from tests.builders import A_FAULT, an_invoice
from tests.fakes import FakeTable
from tests.template import resources, template

PACKAGE = ROOT / "layers/shared/python/moment_xledger"
ROWS = {(row.where, name): row for row in TABLE for name in row.names}
# In the ledger's sources, and no beginning of a sort key: partitions, shards of the index, parts of other keys.
OTHER = {"DUE#", "ENTITY#", "ENTRY#", "NEW", "IMP", "ORDER", "SEND", "TELL", "WORK", "WAIT", "LACK"}
WHOLE = {"COMPANIES", "PAUSES", "REASONS", "RUNS", "LEAVERS"}  # partitions of their own
FOLLOWED = {"WAIT#", "LACK#"}  # whose `#` stands elsewhere in the source
SOON, IN_A_YEAR = story.NOW, story.NOW + timedelta(days=365)
FJORD = CompanyId("fjord")


def test_every_key_that_the_ledger_writes_is_in_the_table_and_no_other() -> None:
    sources = [path.read_text("utf-8") for path in (PACKAGE / "adapters/ledger").glob("*.py")]
    found = {name for source in sources for name in re.findall(r"(?<!\w)f?\"([A-Z]{2,}(?:#|(?=\")))", source)}
    of_rows = {name for where, name in ROWS if where in IN_THE_LEDGER and name != "*"}
    assert (found - OTHER - WHOLE) | FOLLOWED == of_rows


def everything() -> list[Item]:
    """One thing of each kind that the ledger keeps only for a time, and whatever else there is."""
    table = FakeTable()
    ledger = story.with_drawn(table)  # type: ignore[arg-type]
    story.write(ledger)
    now = story.NOW
    ledger.sessions.offer(story.PERSON, now)
    upload = ledger.uploads.get(story.NORDVIK, 1)
    assert upload
    ledger.uploads.save(replace(upload, handed_over=now), is_open=True)
    ledger.pauses.pause(FJORD, Pause(now, "Ola", "a drill"))
    ledger.pauses.lift(FJORD, now)
    ledger.problems.report(
        [Problem(NOBODY, "event", "m1", Code.COMPANY_UNKNOWN, {}, first_seen=now, last_seen=now)]
    )
    ledger.leavers.save(FJORD, Leaver(now, "Ola", erased=now))
    _mailed(ledger)
    _said_not_to_be_transferred(ledger)
    return [item for partition in table._partitions.values() for item in partition.values()]


def _mailed(ledger: Ledger) -> None:
    invoice = Invoice.model_validate(an_invoice(881)["data"])
    ledger.invoices.append(FJORD, [invoice], Route.EMAIL, story.NOW)
    assert ledger.mails.take_turn(FJORD, "worker", story.NOW, story.LATER)
    ledger.mails.add(FJORD, "worker", 0, 1, [InvoiceMail(FJORD, 1, "881")])
    (mail,) = ledger.mails.open(FJORD)
    mail = ledger.mails.save(sending(mail, "inn@xledger.example", "mails/1.eml"))
    ledger.mails.save(noted(sent(mail, "0100"), Step.MAILED, story.NOW))


def _said_not_to_be_transferred(ledger: Ledger) -> None:
    first, then = (
        Invoice.model_validate(an_invoice(882, version=version, doNotTransfer=kept)["data"])
        for version, kept in ((1, False), (2, True))
    )
    ledger.invoices.append(FJORD, [first], Route.FILE, story.NOW)
    assert ledger.invoices.set_transfer(FJORD, then, ledger.invoices.arrived(FJORD, [882])[882], story.NOW)


def is_timed(row: Kept) -> bool:
    return row.until in (Until.BOOKS, Until.TIME) and row.where in IN_THE_LEDGER


def test_what_has_a_time_in_the_table_has_it_in_the_ledger_and_nothing_else_has() -> None:
    timed = {row_of(item["pk"], item["sk"]) for item in everything() if "ttl" in item}
    problems_of_nobody = ROWS[Where.COMPANY, "PROB#"]
    wanted = {row for row in TABLE if is_timed(row)}
    assert timed == wanted | {problems_of_nobody}


def test_each_goes_at_the_time_that_the_table_says() -> None:
    for item in everything():
        row = row_of(item["pk"], item["sk"])
        if "ttl" not in item or row is ROWS[Where.COMPANY, "PROB#"]:
            continue
        end = datetime.fromtimestamp(int(item["ttl"]), UTC)
        if row.until is Until.BOOKS:
            assert end == datetime(2032, 1, 1, tzinfo=UTC), item["sk"]
        else:
            assert row.days
            # An hour is counted from its beginning, and an address from the end of a lease of minutes.
            assert abs(end - story.NOW - timedelta(days=row.days)) <= timedelta(minutes=5), item["sk"]


def test_an_invoice_that_has_not_left_has_no_end() -> None:
    """However long it waits: a lost one is worse than one that is kept for too long."""
    for item in everything():
        if begins(item["sk"]) == "SEQ#":
            has_left = "x" in item or (item["pk"], int(item["sk"][4:])) == ("T#fjord#INV", 1)
            assert ("ttl" in item) == has_left, item


def test_an_invoice_that_comes_back_from_a_refused_file_has_no_end_either() -> None:
    ledger = story.with_drawn(FakeTable())  # type: ignore[arg-type]
    story.write(ledger)
    table: Any = ledger._table
    assert "ttl" in table.lying(("T#nordvik#INV", "SEQ#0000000001"))
    ledger.exports.release_members(story.NORDVIK, 1, [1])
    assert "ttl" not in table.lying(("T#nordvik#INV", "SEQ#0000000001"))


@pytest.mark.parametrize("how", ["skipped", "switched off"])
def test_an_invoice_that_never_leaves_ends_with_its_year(how: str) -> None:
    table = FakeTable()
    ledger = Ledger(table)  # type: ignore[arg-type]
    invoice = Invoice.model_validate(an_invoice(883)["data"])
    ledger.invoices.append(FJORD, [invoice], Route.OFF if how == "switched off" else Route.FILE, story.NOW)
    if how == "skipped":
        ledger.invoices.skip(FJORD, 883, story.NOW)
    lying = table.lying(("T#fjord#INV", "SEQ#0000000001"))
    assert lying
    assert datetime.fromtimestamp(lying["ttl"], UTC) == datetime(2032, 1, 1, tzinfo=UTC)


def test_an_invoice_that_is_held_has_no_end_but_a_skipped_one_has() -> None:
    table = FakeTable()
    ledger = Ledger(table)  # type: ignore[arg-type]
    invoice = Invoice.model_validate(an_invoice(884)["data"])
    ledger.invoices.hold(FJORD, invoice, A_FAULT)
    assert "ttl" not in (table.lying(("T#fjord#INV", "HELD#884")) or {"ttl": 0})
    ledger.invoices.skip(FJORD, 884, story.NOW)
    assert "ttl" in (table.lying(("T#fjord#INV", "SKIP#884")) or {})


def test_a_mail_that_may_not_have_been_sent_has_no_end() -> None:
    ledger = story.with_drawn(FakeTable())  # type: ignore[arg-type]
    story.write(ledger)
    table: Any = ledger._table
    mail = ledger.mails.get(story.NORDVIK, 2)
    assert mail
    assert mail.state is State.UNCERTAIN
    assert "ttl" not in table.lying(("T#nordvik#INV", "MAIL#0000000002"))


@pytest.mark.parametrize(
    ("made", "years", "end"),
    [
        (datetime(2026, 3, 1, 12, tzinfo=UTC), 5, date(2032, 1, 1)),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), 5, date(2032, 1, 1)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), 5, date(2033, 1, 1)),  # it is next year in Oslo
        (datetime(2028, 2, 29, 12, tzinfo=UTC), 10, date(2039, 1, 1)),
    ],
)
def test_the_books_of_a_year_are_kept_for_whole_years_after_it(made: datetime, years: int, end: date) -> None:
    assert kept_until(made, years).date() == end


# --- the template ---


def test_files_are_kept_as_long_as_the_books_for_each_number_of_years() -> None:
    """A lifecycle rule counts from the day a file is made: that of the first of January needs the year itself, too."""
    allowed = template()["Parameters"]["BookkeepingYears"]["AllowedValues"]
    assert (
        template()["Parameters"]["BookkeepingYears"]["Default"] == str(LEAST_YEARS) == min(allowed, key=int)
    )
    days = {int(years): each["Files"] for years, each in template()["Mappings"]["BookkeepingDays"].items()}
    assert set(days) == {int(years) for years in allowed}
    for years, many in days.items():
        ends = [(date(first + years + 1, 1, 1) - date(first, 1, 1)).days for first in range(2026, 2066)]
        assert many == max(ends)


def rules() -> dict[str, Any]:
    found = resources()["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    return {rule["Prefix"]: rule for rule in found if "Prefix" in rule}


def test_every_prefix_that_files_are_stored_under_is_in_the_table_and_has_its_rule() -> None:
    sources = [path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if "console" not in path.parts]
    written = {each for source in sources for each in re.findall(r"f\"([a-z]+/)\{[a-z.]*company", source)}
    assert written == {name for where, name in ROWS if where is Where.BUCKET} == set(rules())


@pytest.mark.parametrize("prefix", sorted(rules()))
def test_a_rule_of_the_bucket_says_what_the_table_says(prefix: str) -> None:
    row, rule = ROWS[Where.BUCKET, prefix], rules()[prefix]
    assert rule["Status"] == "Enabled"
    if row.until is Until.BOOKS_FILES:
        days = {"Fn::FindInMap": ["BookkeepingDays", {"Ref": "BookkeepingYears"}, "Files"]}
        assert (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]["NoncurrentDays"]) == (
            days,
            row.days,
        )
    else:
        assert rule["ExpirationInDays"] == row.days
        assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 1


def test_nothing_is_left_of_a_file_when_its_last_version_has_gone() -> None:
    found = resources()["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert any(rule.get("ExpiredObjectDeleteMarker") and "Prefix" not in rule for rule in found)


def named(kind: str) -> set[str]:
    return {name for name, each in resources().items() if each["Type"] == kind}


@pytest.mark.parametrize("queue", sorted(named("AWS::SQS::Queue")))
def test_every_queue_is_in_the_table_with_its_time(queue: str) -> None:
    (row,) = [row for (where, name), row in ROWS.items() if where is Where.QUEUES and fnmatch(queue, name)]
    assert row.days
    assert resources()[queue]["Properties"]["MessageRetentionPeriod"] == row.days * 24 * 3600


def test_no_queue_of_the_table_is_missing() -> None:
    names = [name for where, name in ROWS if where is Where.QUEUES]
    assert all(any(fnmatch(queue, name) for queue in named("AWS::SQS::Queue")) for name in names)


@pytest.mark.parametrize("log", sorted(named("AWS::Logs::LogGroup")))
def test_every_log_ends_when_the_table_says(log: str) -> None:
    assert resources()[log]["Properties"]["RetentionInDays"] == ROWS[Where.LOGS, "*"].days


def test_the_ledger_lets_go_of_what_is_over() -> None:
    table = resources()["Table"]["Properties"]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}


def test_functions_and_operators_know_the_deployments_years() -> None:
    from local.company import _PARAMETERS

    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["BOOKKEEPING_YEARS"] == {"Ref": "BookkeepingYears"}
    assert _PARAMETERS["BOOKKEEPING_YEARS"] == "BookkeepingYears"


HOLDS_DATA = {
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::Logs::LogGroup",
    "AWS::SecretsManager::Secret",
}
HOLDS_NONE = re.compile(
    r"AWS::(CE|CloudWatch|CloudFormation|CodeDeploy|Events|IAM|KMS|Lambda|SES|SNS|Serverless)::"
    r"|AWS::(S3::Bucket|SQS::Queue)Policy"
)


def test_a_new_kind_of_place_cannot_be_added_without_a_row() -> None:
    kinds = {each["Type"] for each in resources().values()}
    assert {kind for kind in kinds if not HOLDS_NONE.match(kind)} <= HOLDS_DATA
    assert len(named("AWS::DynamoDB::Table")) == len(named("AWS::S3::Bucket")) == 1
    assert named("AWS::SecretsManager::Secret") == {
        "Fingerprint"
    }  # the companies' own are made by the console


# --- what is written while people and bad luck are at work ---


@pytest.mark.parametrize("cast", [Cast.BOOKS, Cast.ROUTES, Cast.DESK, Cast.BELONGING])
def test_what_a_simulated_company_leaves_in_the_ledger_is_all_in_the_table(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what must end ends, and what must not has no end."""
    written: dict[tuple[str, str], Item] = {}
    real = FakeTable._replace

    def noted(self: FakeTable, key: tuple[str, str], old: Item, new: Item | None) -> None:
        if new is not None:
            written[key] = new
        real(self, key, old, new)

    monkeypatch.setattr(FakeTable, "_replace", noted)
    play(Setting(5, cast=cast))
    assert len(written) > 100
    for (pk, sk), item in written.items():
        row = row_of(pk, sk)
        assert "ttl" not in item or is_timed(row) or pk == f"T#{NOBODY}", (pk, sk)
        if begins(sk) == "SEQ#" and item["route"] in (Route.FILE, Route.UPLOAD):
            assert ("ttl" in item) == ("x" in item), item
