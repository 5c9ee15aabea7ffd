from pathlib import Path
from typing import Any

import pytest

from local.mailbox import Mail
from local.run.problems import Problem, others_than
from local.run.summary import Export, Kind, Requests, Summary
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.problems import Code
from moment_xledger.domain.problems import Problem as LedgerProblem

A_PROBLEM = Problem("customer", "10007", "FIELD_INVALID", "Field data.name cannot be used.")


def a_summary(**but: Any) -> Summary:
    """All went well, unless a test says otherwise."""
    export = Export(Path("out/a.csv"), 3, 2, "1250.00", "ab12", "http://127.0.0.1/a.csv?x=1")
    kinds = {"customers": Kind(40, 40), "projects": Kind(60, 60), "invoices": Kind(2, 2), "events": Kind()}
    asked = Requests(6, 0, {"LookUpCustomers": 2, "AddCustomers": 4})
    well: dict[str, Any] = {"published": 102, "kinds": kinds, "exports": [export], "xledger": asked}
    return Summary(**(well | but))


def text(summary: Summary) -> str:
    return "\n".join(summary.lines())


@pytest.mark.parametrize(
    ("but", "well"),
    [
        pytest.param({}, True, id="all done"),
        pytest.param({"kinds": {"customers": Kind(1, 0, 0, 0, [A_PROBLEM])}}, False, id="a problem"),
        pytest.param({"kinds": {"projects": Kind(1, 0, 0, 1)}}, False, id="one waits"),
        pytest.param({"not_done": ["No file was made."]}, False, id="something else"),
    ],
)
def test_all_is_well_only_if_everything_happened(but: dict[str, Any], well: bool) -> None:
    assert a_summary(**but).is_as_it_should_be is well
    assert ("Everything that should have happened did." in text(a_summary(**but))) is well


def test_what_nobody_could_look_at_is_said_and_is_no_success() -> None:
    unseen = ["which customers it holds", "how many requests it counted"]
    told = text(a_summary(xledger=None, not_seen=unseen))
    assert (
        "This Xledger does not show: which customers it holds; how many requests it counted. "
        "It was not looked at." in told
    )
    assert "All that could be looked at is as it should be." in told
    assert "Everything" not in told
    assert a_summary(not_seen=unseen).as_json()["not_seen"] == unseen


def test_a_person_finds_the_counts_the_file_and_the_link() -> None:
    read = text(a_summary())
    assert "102 events published" in read
    assert "2 invoices in 3 rows, 1250.00 in all: out/a.csv" in read
    assert "http://127.0.0.1/a.csv?x=1" in read
    assert "Xledger counted 6 requests, refused 0: LookUpCustomers 2, AddCustomers 4" in read


def test_a_person_reads_what_was_not_done_and_why() -> None:
    read = text(a_summary(kinds={"customers": Kind(1, 0, 0, 0, [A_PROBLEM])}, not_done=["It took too long."]))
    assert "customer 10007 (FIELD_INVALID): Field data.name cannot be used." in read
    assert "It took too long." in read


def test_many_problems_do_not_flood_the_screen_but_are_all_in_the_json() -> None:
    many = a_summary(kinds={"customers": Kind(500, 0, 0, 0, [A_PROBLEM] * 500)})
    assert len(text(many).splitlines()) < 40
    assert "and 480 more problems" in text(many)
    assert len(many.as_json()["customers"]["problems"]) == 500


def test_the_json_has_the_agreed_names() -> None:
    mail = Mail("a@example.com", ("b@example.com",), "Hei", Path("out/mail/0001-hei.eml"))
    document = a_summary(mails=[mail]).as_json()
    assert document["customers"] == {
        "received": 40,
        "synced": 40,
        "unchanged": 0,
        "waiting": 0,
        "problems": [],
        "held": [],
    }
    assert document["exports"] == [
        {
            "file": "out/a.csv",
            "rows": 3,
            "invoices": 2,
            "total": "1250.00",
            "sha256": "ab12",
            "link": "http://127.0.0.1/a.csv?x=1",
        }
    ]
    assert document["xledger"] == {
        "requests": 6,
        "refused": 0,
        "by_operation": {"LookUpCustomers": 2, "AddCustomers": 4},
    }
    assert document["mails"][0]["subject"] == "Hei"


def test_a_problem_of_a_kind_that_has_no_line_of_its_own_is_shown_and_it_is_not_well() -> None:
    company = CompanyId("nordvik")
    found = [
        LedgerProblem(company, "mail", "kari@nordvik.example", Code.MAIL_BOUNCED),
        LedgerProblem(company, "customer", "10007", Code.NUMBER_TWICE_IN_XLEDGER),
    ]
    others = others_than(["customer"], found)
    assert [(each.kind, each.code) for each in others] == [("mail", "MAIL_BOUNCED")]
    summary = a_summary(kinds={"others": Kind(problems=others)})
    assert not summary.is_as_it_should_be
    assert "mail kari@nordvik.example (MAIL_BOUNCED)" in text(summary)
    assert summary.as_json()["others"]["problems"][0]["code"] == "MAIL_BOUNCED"
