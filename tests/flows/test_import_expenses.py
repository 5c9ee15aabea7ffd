"""Posted costs become expenses in Moment: each once, as it was last posted, or with the reason why not."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from moment_xledger.domain.companies import Language
from moment_xledger.domain.errors import AnswerTooLarge, RefusedByMoment, RunStopped, Unreachable
from moment_xledger.domain.expenses import ProjectState
from moment_xledger.domain.posted_lines import BadRow
from moment_xledger.domain.problems import Code
from tests.builders import a_project
from tests.flows.costs import AN_HOUR, YESTERDAY, Costs, a_bill, a_line
from tests.world import START

TWO_MINUTES = timedelta(minutes=2, seconds=1)  # a turn that nobody gave back is over


@pytest.fixture
def costs() -> Costs:
    return Costs()


def test_a_posted_cost_becomes_an_expense(costs: Costs) -> None:
    costs.post(a_line())
    costs.books.bills.append(a_bill())

    assert costs.run().summary() == {
        "read": 1,
        "taken": 1,
        "created": 1,
        "found": 0,
        "updated": 0,
        "cancelled": 0,
        "unchanged": 0,
        "skipped": {},
        "stopped": "",
    }
    (expense,) = costs.moment.expenses.values()
    assert expense == {
        "external_id": "xledger:99168:1",
        "description": "Lydberegning",
        "amount": Decimal("1250.00"),
        "currency": "NOK",
        "supplier": "Akustikkverkstedet AS",
        "invoice_number": "F-77",
        "invoice_date": date(2026, 11, 15),
        "account": "4510",
        "project": "P-1",
        "billable": True,
    }


def test_of_two_bills_that_were_paid_together_each_cost_has_its_own(costs: Costs) -> None:
    costs.post(a_line("1"), a_line("2", voucher_no="20002"))
    costs.books.bills += [a_bill(), a_bill(voucher_no="20002", invoice_no="F-78")]
    costs.run()
    assert [each["invoice_number"] for each in costs.moment.expenses.values()] == ["F-77", "F-78"]


@pytest.mark.parametrize(
    ("journal", "supplier"),
    [
        pytest.param({"source": "GL"}, None, id="a journal with the number of the bill"),
        pytest.param({"source": "AP", "voucher_date": date(2025, 11, 21)}, None, id="of another year"),
        pytest.param({"source": None}, None, id="which of the two cannot be told"),
        pytest.param({"source": "AP"}, "Akustikkverkstedet AS", id="the bill's own voucher"),
        pytest.param({"source": "GL", "match_id": "7001"}, "Akustikkverkstedet AS", id="the bill's match"),
    ],
)
def test_nobody_gets_the_supplier_of_another_voucher(
    costs: Costs, journal: dict[str, Any], supplier: str | None
) -> None:
    costs.post(a_line(**({"match_id": None} | journal)))
    costs.books.bills.append(a_bill())
    costs.run()
    (expense,) = costs.moment.expenses.values()
    assert expense["supplier"] == supplier


def test_a_cost_that_could_be_of_several_bills_gets_only_what_they_share(costs: Costs) -> None:
    costs.post(a_line("1", source="GL"), a_line("2", source="GL", match_id="7002"))
    costs.books.bills += [a_bill(), a_bill(voucher_no="20002", invoice_no="F-78")]
    costs.books.bills += [
        a_bill("7002"),
        a_bill("7002", voucher_no="20002", supplier_name="Geogrunn Nord AS"),
    ]
    costs.run()
    told = [(each["supplier"], each["invoice_number"]) for each in costs.moment.expenses.values()]
    assert told == [("Akustikkverkstedet AS", None), (None, None)]


def test_a_line_without_text_supplier_and_voucher_is_not_called_none(costs: Costs) -> None:
    costs.post(a_line(text=None, voucher_no=None))
    costs.run()
    (expense,) = costs.moment.expenses.values()
    assert expense["description"] == "Kostnad fra Xledger"


def test_a_line_without_a_date_is_told_of_as_that(costs: Costs) -> None:
    costs.post(a_line(voucher_date=None))
    costs.run()
    (problem,) = costs.ledger.problems.of(costs.company.id)
    assert "no date" in problem.sentence()
    assert "ingen dato" in problem.sentence(Language.NORWEGIAN)


def test_a_journal_without_vat_comes_as_it_stands(costs: Costs) -> None:
    costs.post(a_line(source="GL", tax_rule=None, tax_amount=None))
    costs.run()
    assert costs.amounts() == ["1000.00"]


@pytest.mark.parametrize("owed", [Decimal(1000), Decimal(1250)])
def test_only_what_the_supplier_was_paid_is_billed_on(costs: Costs, owed: Decimal) -> None:
    """Also when the line is corrected so late that its bill is out of sight."""
    costs.post(a_line(tax_rule="Q"))
    costs.books.bills.append(a_bill(amount=-owed))
    costs.run()
    assert costs.amounts() == [f"{owed:.2f}"]
    costs.time.now += timedelta(days=30)
    costs.correct("1", text="Lydberegning, rettet")
    costs.later()
    assert costs.amounts() == [f"{owed:.2f}"]


def test_a_line_waits_for_the_rate_of_its_code_and_comes_when_it_is_typed(costs: Costs) -> None:
    costs.post(a_line(tax_rule="Q", tax_amount=None))
    costs.run()
    (problem,) = costs.ledger.problems.of(costs.company.id)
    assert "VAT code Q" in problem.sentence()
    costs.later(timedelta(days=9))
    costs.set(vat_rates=("Q = 12",))
    assert costs.later().created == 1
    assert (costs.amounts(), costs.problems()) == (["1120.00"], [])


def test_what_is_seen_again_is_not_made_again(costs: Costs) -> None:
    costs.post(a_line())
    costs.run()
    again = costs.later()
    assert (again.read, again.created, again.unchanged) == (1, 0, 1)
    assert len(costs.moment.expenses) == 1
    assert costs.moment.calls.count("find") == 1


def test_what_moment_has_already_is_taken_over_and_put_right(costs: Costs) -> None:
    """The ledger was restored from an older copy, say."""
    costs.post(a_line())
    costs.moment.expenses[7] = {"external_id": "xledger:99168:1", "amount": Decimal(1)}
    report = costs.run()
    assert (report.found, report.created) == (1, 0)
    assert costs.amounts() == ["1250.00"]


def test_what_moment_has_already_is_put_right_also_where_the_first_try_does_not_arrive(costs: Costs) -> None:
    costs.post(a_line(project="P-9"))
    costs.run()
    costs.moment.projects["P-9"] = ProjectState.OPEN
    costs.moment.expenses[7] = {"external_id": "xledger:99168:1", "amount": Decimal(1)}
    costs.moment.next = [(False, Unreachable("Moment"))]
    costs.later(timedelta(days=90))
    costs.later()
    assert costs.amounts() == ["1250.00"]


def test_the_first_run_reads_thirty_days_and_the_next_from_two_days_before_the_last(costs: Costs) -> None:
    costs.run()
    assert costs.books.asked[0].start == START - timedelta(days=30)
    costs.later()
    assert costs.books.asked[-1].start == START - timedelta(days=2)
    assert costs.cursor == START + AN_HOUR


def test_with_a_from_date_all_since_is_read_in_windows_and_nothing_from_before(costs: Costs) -> None:
    costs.set(expenses_from=date(2026, 1, 1))
    costs.post(a_line("1", voucher_date=date(2025, 12, 31)), a_line("2"))
    report = costs.run()
    windows = costs.books.asked
    assert len(windows) == 11
    assert all(one.end == next_.start for one, next_ in pairwise(windows))
    assert report.summary()["skipped"] == {"before the from-date": 1}
    assert len(costs.moment.expenses) == 1


def test_other_accounts_in_the_settings_are_read_from_the_beginning(costs: Costs) -> None:
    costs.post(a_line("1", account="7140", modified=YESTERDAY - timedelta(days=20), created=None))
    costs.run()
    costs.later(timedelta(days=5))
    assert costs.moment.expenses == {}
    costs.set(expense_accounts="4000-4999,7140")
    assert costs.later().created == 1
    costs.later()
    assert costs.books.asked[-1].start > START


def test_other_accounts_in_the_settings_pass_over_nothing_that_was_not_read_before_them(costs: Costs) -> None:
    """The login was refused for two months, say; who puts it right corrects the accounts as well."""
    costs.run()
    costs.time.now += timedelta(days=60)
    in_between = costs.time.now - timedelta(days=45)
    costs.post(a_line(created=in_between, modified=in_between))
    costs.set(expense_accounts="4000-4999")
    assert costs.run().created == 1


def test_an_earlier_from_date_has_a_year_read_window_by_window(costs: Costs) -> None:
    costs.run()
    costs.set(expenses_from=date(2025, 12, 1))
    old = START - timedelta(days=300)
    costs.post(a_line(created=old, modified=old, voucher_date=old.date()))
    assert costs.later().created == 1
    assert costs.cursor == START + AN_HOUR


def test_a_setting_that_changes_takes_nothing_back(costs: Costs) -> None:
    costs.post(a_line())
    costs.run()
    costs.set(expense_accounts="6550")
    costs.later()
    assert costs.amounts() == ["1250.00"]


def test_an_answer_that_is_too_large_is_asked_for_in_halves(costs: Costs) -> None:
    lines = [a_line(str(n), modified=YESTERDAY - n * AN_HOUR) for n in range(60)]
    costs.post(*lines)
    costs.books.most = 10
    assert costs.run().created == 60
    assert costs.cursor == START


def test_a_week_of_bills_that_is_too_large_for_one_answer_does_not_hold_up_the_costs(costs: Costs) -> None:
    costs.post(a_line())
    costs.books.bills += [a_bill(str(n), modified=YESTERDAY - n * AN_HOUR) for n in range(60)]
    costs.books.bills.append(a_bill())
    costs.books.most = 10
    assert costs.run().created == 1
    (expense,) = costs.moment.expenses.values()
    assert expense["supplier"] == "Akustikkverkstedet AS"
    assert len(costs.books.asked) == 1


def test_an_answer_that_is_always_too_large_stops_the_run_and_says_so(costs: Costs) -> None:
    costs.books.fails = AnswerTooLarge()
    assert costs.run().stopped == Code.EXPENSES_NOT_READ
    assert costs.problems() == [("", "EXPENSES_NOT_READ")]
    assert costs.cursor is None
    costs.books.fails = None
    costs.later()
    assert costs.problems() == []


@pytest.mark.parametrize(
    ("line", "reason", "problem"),
    [
        pytest.param({"account": "7140"}, "other account", None, id="an account that is not listed"),
        pytest.param({"account": None}, "other account", None, id="no account"),
        pytest.param({"project": None}, "no project", None, id="a cost of the firm itself"),
        pytest.param({"project": "P-9"}, "unknown project", ("P-9", "EXPENSE_PROJECT_UNKNOWN"), id="unknown"),
        pytest.param({"project": "P-3"}, "closed project", ("P-3", "EXPENSE_PROJECT_CLOSED"), id="closed"),
        pytest.param(
            {"tax_amount": None, "tax_rule": "X"}, "missing VAT", ("1", "EXPENSE_VAT_MISSING"), id="no VAT"
        ),
        pytest.param(
            {"currency": "EUR", "currency_amount": None},
            "currency without a rate",
            ("1", "EXPENSE_RATE_MISSING"),
            id="no rate",
        ),
        pytest.param({"voucher_date": None}, "unusable", ("1", "EXPENSE_LINE_UNUSABLE"), id="no date at all"),
    ],
)
def test_a_line_is_left_with_its_reason_and_does_not_hold_up_the_others(
    costs: Costs, line: dict[str, Any], reason: str, problem: tuple[str, str] | None
) -> None:
    costs.post(a_line("1", **line), a_line("2"))
    report = costs.run()
    assert report.summary()["skipped"] == {reason: 1}
    assert report.created == 1
    assert costs.problems() == ([problem] if problem else [])
    again = costs.later()
    assert again.summary()["skipped"] == {reason: 1}
    assert [each.count for each in costs.ledger.problems.of(costs.company.id)] == ([1] if problem else [])


def test_a_line_that_is_put_right_comes_by_itself(costs: Costs) -> None:
    costs.post(a_line(tax_amount=None, tax_rule="X"))
    costs.run()
    costs.correct("1", tax_rule="1")
    assert costs.later().created == 1
    assert costs.problems() == []


def test_what_waits_for_its_project_comes_when_moment_has_it_however_late(costs: Costs) -> None:
    costs.post(a_line("1", project="P-9"), a_line("2", project="P-9"))
    costs.run()
    costs.later(timedelta(days=90))
    costs.moment.projects["P-9"] = ProjectState.OPEN
    report = costs.later()
    assert (report.read, report.created) == (0, 2)
    assert costs.problems() == []


def test_what_waits_goes_as_it_was_last_posted(costs: Costs) -> None:
    costs.post(a_line("1", project="P-9"), a_line("2", project="P-9"))
    costs.run()
    costs.correct("1", amount=Decimal(2000), tax_amount=Decimal(500))
    costs.correct("2", account="7140")
    costs.later()
    costs.moment.projects["P-9"] = ProjectState.OPEN
    costs.later(timedelta(days=90))
    assert costs.amounts() == ["2500.00"]


def test_a_project_that_moment_has_published_is_not_asked_about(costs: Costs) -> None:
    costs.receive(a_project("P-77"), a_project("P-78", active=False))
    costs.post(a_line("1", project="P-77"), a_line("2", project="P-78"))
    assert costs.run().summary()["skipped"] == {"closed project": 1}
    assert "project" not in costs.moment.calls


def test_a_corrected_line_is_corrected_in_moment_and_leaves_alone_what_the_manager_decides(
    costs: Costs,
) -> None:
    costs.post(a_line())
    costs.books.bills.append(a_bill())
    costs.run()
    costs.moment.expenses[500_001]["billable"] = False
    costs.books.bills.clear()
    costs.correct("1", amount=Decimal(900), tax_amount=Decimal(225), project="P-2")
    assert costs.later().updated == 1
    (expense,) = costs.moment.expenses.values()
    assert (str(expense["amount"]), expense["project"]) == ("1125.00", "P-2")
    assert (expense["billable"], expense["supplier"]) == (False, "Akustikkverkstedet AS")
    assert costs.later().unchanged == 1


@pytest.mark.parametrize("project", ["P-1", "P-9"])
def test_a_line_that_is_corrected_when_its_bill_is_out_of_sight_keeps_what_the_bill_said(
    costs: Costs, project: str
) -> None:
    """Also one that waits for its project."""
    costs.post(a_line(text=None, project=project))
    costs.books.bills.append(a_bill())
    costs.run()
    costs.time.now += timedelta(days=30)
    costs.correct("1", amount=Decimal(900), tax_amount=Decimal(225))
    costs.run()
    costs.moment.projects["P-9"] = ProjectState.OPEN
    costs.later()
    (expense,) = costs.moment.expenses.values()
    assert str(expense["amount"]) == "1125.00"
    assert (expense["supplier"], expense["description"]) == ("Akustikkverkstedet AS",) * 2
    assert (expense["invoice_number"], expense["invoice_date"]) == ("F-77", date(2026, 11, 15))


def test_a_payment_that_is_seen_without_its_bill_takes_nothing_from_what_the_bill_said(costs: Costs) -> None:
    costs.post(a_line())
    costs.books.bills.append(a_bill())
    costs.run()
    costs.time.now += timedelta(days=30)
    paid: dict[str, Any] = {"voucher_no": "30001", "invoice_no": None, "invoice_date": None}
    costs.books.bills.append(a_bill(modified=costs.time.now, **paid))
    costs.correct("1", amount=Decimal(900), tax_amount=Decimal(225))
    costs.run()
    (expense,) = costs.moment.expenses.values()
    assert (expense["invoice_number"], expense["invoice_date"]) == ("F-77", date(2026, 11, 15))


@pytest.mark.parametrize("moved", [{"account": "7140"}, {"project": None}, {"project": "P-9"}])
def test_a_line_that_is_moved_away_is_cancelled_and_comes_back_with_it(
    costs: Costs, moved: dict[str, Any]
) -> None:
    costs.post(a_line())
    costs.run()
    costs.correct("1", **moved)
    assert costs.later().cancelled == 1
    (expense,) = costs.moment.expenses.values()
    assert (str(expense["amount"]), expense["billable"]) == ("0.00", False)
    assert expense["description"] == "Tilbakeført: Lydberegning"
    costs.later()
    costs.correct("1", account="4510", project="P-1")
    assert costs.later().updated == 1
    assert (costs.amounts(), expense["billable"]) == (["1250.00"], True)


@pytest.mark.parametrize("to", ["P-3", "P-9"])
def test_a_line_that_is_moved_to_a_project_that_moment_does_not_take_waits_for_it(
    costs: Costs, to: str
) -> None:
    costs.post(a_line())
    costs.run()
    costs.correct("1", project=to)
    report = costs.later()
    assert (report.cancelled, costs.amounts()) == (1, ["0.00"])
    assert [number for number, _ in costs.problems()] == [to]
    assert costs.later().cancelled == 0
    costs.later(timedelta(days=90))
    costs.moment.projects[to] = ProjectState.OPEN
    assert costs.later().updated == 1
    (expense,) = costs.moment.expenses.values()
    assert (costs.amounts(), expense["project"], expense["billable"]) == (["1250.00"], to, True)
    assert expense["description"] == "Lydberegning"
    assert costs.problems() == []


def test_a_cancelled_cost_that_moment_does_not_take_back_waits_until_it_does(costs: Costs) -> None:
    costs.post(a_line("1"), a_line("2", project="P-2"))
    costs.run()
    for id_ in ("1", "2"):
        costs.correct(id_, project=None)
    costs.later()
    costs.correct("1", project="P-1")
    costs.correct("2", project="P-2")
    costs.moment.next = [(False, RefusedByMoment("no"))]
    costs.moment.projects["P-2"] = ProjectState.CLOSED
    costs.later()
    assert costs.problems() == [("P-2", "EXPENSE_PROJECT_CLOSED"), ("1", "EXPENSE_REFUSED")]
    assert costs.amounts() == ["0.00", "0.00"]
    costs.moment.projects["P-2"] = ProjectState.OPEN
    costs.later(timedelta(days=90))
    assert costs.amounts() == ["1250.00", "1250.00"]
    assert costs.problems() == []


@pytest.mark.parametrize("is_refused", [True, False])
def test_what_was_wrong_with_a_line_is_over_when_it_waits_for_a_project(
    costs: Costs, is_refused: bool
) -> None:
    costs.moment.next = [(False, RefusedByMoment("no"))] * is_refused
    costs.post(a_line() if is_refused else a_line(tax_amount=None, tax_rule="X"))
    costs.run()
    assert len(costs.problems()) == 1
    costs.correct("1", project="P-9", tax_rule="1", tax_amount=Decimal(250))
    costs.later()
    assert costs.problems() == [("P-9", "EXPENSE_PROJECT_UNKNOWN")]


def test_a_project_with_the_number_of_a_line_is_another_problem(costs: Costs) -> None:
    costs.post(a_line("77", tax_amount=None, tax_rule="X"), a_line("78", tax_amount=None, tax_rule="X"))
    costs.post(a_line("1", project="77"), a_line("2", project="78"))
    costs.run()
    assert len(costs.problems()) == 4
    costs.moment.projects["77"] = ProjectState.OPEN
    costs.correct("78", tax_rule="1")
    costs.later()
    assert costs.problems() == [("78", "EXPENSE_PROJECT_UNKNOWN"), ("77", "EXPENSE_VAT_MISSING")]


def test_a_line_that_waits_where_it_was_moved_to_goes_as_it_was_last_posted(costs: Costs) -> None:
    costs.post(a_line("1"), a_line("2"), a_line("3"))
    costs.run()
    for id_ in ("1", "2", "3"):
        costs.correct(id_, project="P-9")
    costs.later()
    costs.correct("1", amount=Decimal(2000), tax_amount=Decimal(500))
    costs.correct("2", project=None)
    costs.correct("3", tax_amount=None, tax_rule="X")
    costs.later()
    costs.moment.projects["P-9"] = ProjectState.OPEN
    costs.later(timedelta(days=90))
    assert costs.amounts() == ["2500.00", "0.00", "0.00"]
    assert costs.problems() == [("3", "EXPENSE_VAT_MISSING")]


def test_what_was_wrong_with_a_line_is_over_when_it_is_moved_away_or_reversed(costs: Costs) -> None:
    costs.post(a_line("1"), a_line("2", match_id="7002"))
    costs.run()
    costs.correct("1", tax_amount=None, tax_rule="X")
    costs.correct("2", tax_amount=None, tax_rule="X")
    costs.later()
    assert len(costs.problems()) == 2
    costs.correct("1", account="7140")
    costs.post(reversal("3", match_id="7002", created=costs.time.now, modified=costs.time.now))
    assert costs.later().cancelled == 2
    assert costs.problems() == []


@pytest.mark.parametrize("to", ["P-1", "P-8", None])
def test_no_problem_stays_of_a_project_that_no_line_waits_for_any_more(costs: Costs, to: str | None) -> None:
    costs.post(a_line(project="P-9"))
    costs.run()
    costs.correct("1", project=to)
    costs.later()
    costs.later()
    assert [number for number, _ in costs.problems()] == ["P-8"] * (to == "P-8")


def reversal(id: str = "2", **but: Any) -> Any:
    turned = {"amount": Decimal(-1000), "tax_amount": Decimal(-250), "text": "Tilbakeført bilag 20001"}
    return a_line(id, **(turned | but))


def test_a_reversed_cost_is_cancelled_and_the_reversal_is_not_an_expense(costs: Costs) -> None:
    costs.post(a_line())
    costs.run()
    costs.post(reversal(created=START, modified=START + AN_HOUR))
    assert costs.later().cancelled == 1
    assert costs.amounts() == ["0.00"]
    assert costs.later().unchanged == 2


def test_a_cost_and_its_reversal_in_one_answer_come_to_nothing(costs: Costs) -> None:
    costs.post(a_line(), reversal())
    costs.run()
    assert costs.amounts() == ["0.00"]


def test_a_cost_that_is_matched_only_when_it_is_reversed_is_cancelled(costs: Costs) -> None:
    costs.post(a_line(match_id=None))
    costs.run()
    costs.time.now += AN_HOUR
    costs.correct("1", match_id="7009")
    costs.post(reversal(match_id="7009", created=costs.time.now, modified=costs.time.now))
    assert costs.run().cancelled == 1
    assert costs.amounts() == ["0.00"]


def test_a_reversal_may_come_before_the_cost_in_an_answer_that_has_both(costs: Costs) -> None:
    costs.post(a_line())
    costs.run()
    cost = costs.books.posted.pop("1")
    costs.post(reversal(created=START, modified=START + AN_HOUR))
    costs.post(cost._replace(text="Lydberegning, ny tekst", modified=START + AN_HOUR))
    report = costs.later()
    assert (report.stopped, report.cancelled) == ("", 1)
    assert costs.amounts() == ["0.00"]
    (expense,) = costs.moment.expenses.values()
    assert expense["description"] == "Tilbakeført: Lydberegning, ny tekst"


def test_two_halves_of_a_bill_are_reversed_one_by_one(costs: Costs) -> None:
    costs.post(a_line("1"), a_line("2"), reversal("3"), reversal("4"))
    costs.run()
    assert costs.amounts() == ["0.00", "0.00"]


@pytest.mark.parametrize("but", [{"match_id": "7002"}, {"project": "P-2"}, {"amount": Decimal(-900)}])
def test_a_negative_line_that_reverses_nothing_is_an_expense_of_its_own(
    costs: Costs, but: dict[str, Any]
) -> None:
    costs.post(a_line(), reversal(**but))
    costs.run()
    assert costs.amounts()[0] == "1250.00"
    assert costs.amounts()[1].startswith("-1")


def test_what_is_invoiced_stays_and_a_person_is_told_once(costs: Costs) -> None:
    costs.post(a_line("1"), a_line("5", match_id="7005"), a_line("6", match_id="7006"))
    costs.run()
    costs.moment.invoiced |= set(costs.moment.expenses)
    costs.correct("5", amount=Decimal(1))
    costs.correct("6", account="7140")
    costs.post(reversal(created=START, modified=START + AN_HOUR))
    report = costs.later()
    assert report.summary()["skipped"] == {"invoiced already": 3}
    assert costs.amounts() == ["1250.00"] * 3
    told = [(number, "EXPENSE_INVOICED") for number in ("2", "5", "6")]
    assert costs.problems() == told
    assert costs.later().summary()["skipped"] == {"invoiced already": 3}
    assert {each.count for each in costs.ledger.problems.of(costs.company.id)} == {1}


def test_an_expense_that_a_person_deleted_is_not_made_again(costs: Costs) -> None:
    costs.post(a_line())
    costs.run()
    costs.moment.expenses.clear()
    costs.correct("1", amount=Decimal(1))
    costs.later()
    costs.later()
    assert costs.moment.expenses == {}
    assert costs.problems() == [("1", "EXPENSE_DELETED")]


def test_an_answer_that_is_lost_is_looked_for_before_anything_else(costs: Costs) -> None:
    costs.post(a_line("1"), a_line("2"))
    costs.moment.next = [(True, Unreachable("Moment"))]
    assert costs.run().stopped == "Moment does not answer"
    assert costs.cursor is None
    assert costs.run().read == 0  # too early: it may still be on its way
    costs.time.now += TWO_MINUTES
    report = costs.run()
    assert (report.found, report.created) == (1, 1)
    assert len(costs.moment.expenses) == 2


def test_a_request_that_never_arrived_is_made_again(costs: Costs) -> None:
    costs.post(a_line())
    costs.moment.next = [(False, Unreachable("Moment"))]
    costs.run()
    assert costs.later().created == 1


def test_the_problem_of_a_project_says_how_it_stands_now(costs: Costs) -> None:
    costs.post(a_line(project="P-9"))
    costs.run()
    costs.moment.projects["P-9"] = ProjectState.CLOSED
    costs.later(timedelta(days=90))
    assert costs.problems() == [("P-9", "EXPENSE_PROJECT_CLOSED")]


def test_an_intent_whose_line_is_not_seen_again_is_settled_all_the_same(costs: Costs) -> None:
    costs.post(a_line(project="P-9"))
    costs.run()
    costs.moment.projects["P-9"] = ProjectState.OPEN
    costs.moment.next = [(True, Unreachable("Moment"))]
    costs.later(timedelta(days=90))
    assert costs.later().found == 1
    assert len(costs.moment.expenses) == 1
    costs.post(reversal(project="P-9", created=costs.time.now, modified=costs.time.now))
    assert costs.later().cancelled == 1


def test_a_request_that_never_arrived_waits_on_when_its_project_is_closed_meanwhile(costs: Costs) -> None:
    costs.post(a_line(project="P-9"))
    costs.run()
    costs.later(timedelta(days=90))
    costs.moment.projects["P-9"] = ProjectState.OPEN
    costs.moment.next = [(False, Unreachable("Moment"))]
    costs.later()
    costs.moment.projects["P-9"] = ProjectState.CLOSED
    costs.later()
    assert costs.problems() == [("P-9", "EXPENSE_PROJECT_CLOSED")]
    costs.moment.projects["P-9"] = ProjectState.OPEN
    assert costs.later().created == 1
    assert costs.problems() == []


def test_what_moment_refuses_is_told_with_its_words_and_tried_again(costs: Costs) -> None:
    costs.post(a_line("1"), a_line("2"))
    costs.moment.next = [(False, RefusedByMoment("the description is rude"))]
    assert costs.run().created == 1
    (problem,) = costs.ledger.problems.of(costs.company.id)
    assert (problem.number, problem.code, problem.their_words) == (
        "1",
        Code.EXPENSE_REFUSED,
        "the description is rude",
    )
    assert costs.later().created == 1
    assert costs.problems() == []


def test_who_does_not_answer_three_times_is_reported_until_he_does(costs: Costs) -> None:
    costs.books.fails = Unreachable("Xledger")
    costs.run()
    costs.later()
    assert costs.problems() == []
    costs.later()
    assert costs.problems() == [("", "EXPENSES_DELAYED")]
    costs.books.fails = None
    assert costs.later().stopped == ""
    assert costs.problems() == []


def test_a_refused_logon_stops_the_run_and_says_who_can_help(costs: Costs) -> None:
    costs.books.fails = RunStopped(Code.SOAP_LOGIN_REFUSED, "Invalid user name or password.")
    assert costs.run().stopped == "SOAP_LOGIN_REFUSED"
    assert costs.problems() == [("", "SOAP_LOGIN_REFUSED")]


def test_a_bad_row_is_told_of_and_the_others_are_taken(costs: Costs) -> None:
    costs.post(a_line("2"))
    costs.books.bad = [
        BadRow("no Amount", "row 1, transaction_id 1"),
        BadRow("no id: neither TransactionID nor VoucherNo with LineNo", "row 2"),
    ]
    report = costs.run()
    assert (report.created, report.summary()["skipped"]) == (1, {"unusable": 2})
    assert costs.problems() == [("?", "EXPENSE_LINE_UNUSABLE"), ("transaction_id 1", "EXPENSE_LINE_UNUSABLE")]
    assert costs.cursor == START


@pytest.mark.parametrize("named", ["transaction_id 1", "voucher_no 20001, line_no 1"])
def test_a_bad_row_that_was_put_right_is_no_problem_any_more(costs: Costs, named: str) -> None:
    costs.books.bad = [
        BadRow("no Amount", f"row 1, {named}"),
        BadRow("no Amount", "row 2, voucher_no 20001"),  # which line of it nobody can say
        BadRow("no Amount", "row 3, transaction_id 3"),
    ]
    costs.run()
    costs.books.bad = []
    costs.post(a_line("1", modified=costs.time.now))
    assert costs.later().created == 1
    left = ["transaction_id 3", "voucher_no 20001"]
    assert [number for number, _ in costs.problems()] == left


def test_the_same_voucher_of_another_entity_is_another_cost(costs: Costs) -> None:
    costs.post(a_line(None))
    costs.run()
    costs.set(owner_code=99169)
    costs.post(a_line(None, amount=Decimal(2000), tax_amount=Decimal(500), match_id="7002"))
    assert costs.later().created == 1
    assert costs.later().unchanged == 1
    costs.set(owner_code=99168)
    costs.post(a_line(None, amount=Decimal(3000), tax_amount=Decimal(750)))
    assert costs.later().updated == 1
    assert costs.amounts() == ["3750.00", "2500.00"]


def test_a_line_without_a_transaction_id_is_known_by_its_voucher(costs: Costs) -> None:
    costs.post(a_line(None, line_no="1"), a_line(None, line_no="2"))
    costs.run()
    costs.later()
    ids = [each["external_id"] for each in costs.moment.expenses.values()]
    assert ids == ["xledger:99168:v20001-2026-1", "xledger:99168:v20001-2026-2"]


def test_one_run_at_a_time_for_a_company(costs: Costs) -> None:
    costs.post(a_line())
    costs.ledger.expenses.take_turn(costs.company.id, "another", costs.time.now, costs.time.now + AN_HOUR)
    assert costs.run().read == 0
    assert costs.later().created == 1


def test_a_worker_that_lost_its_turn_writes_nothing_more(costs: Costs) -> None:
    costs.post(a_line("1"), a_line("2"))
    add = costs.moment.add

    def slow(expense: Any) -> int:
        costs.time.now += AN_HOUR
        costs.ledger.expenses.take_turn(costs.company.id, "another", costs.time.now, costs.time.now + AN_HOUR)
        return add(expense)

    costs.moment.add = slow  # type: ignore[method-assign]
    assert costs.run().stopped == "another worker has the turn"
    assert len(costs.moment.expenses) == 1
    assert costs.cursor is None


def test_a_run_that_has_had_its_time_is_followed_by_another(costs: Costs) -> None:
    costs.post(*[a_line(str(n)) for n in range(300)])
    add = costs.moment.add

    def slow(expense: Any) -> int:
        costs.time.now += timedelta(seconds=5)
        return add(expense)

    costs.moment.add = slow  # type: ignore[method-assign]
    runs = 0
    while costs.run().stopped == "out of time":
        runs += 1
        assert is_due(costs)  # should the message that says so get lost
    assert runs == 2
    assert not is_due(costs, timedelta(days=1))
    assert costs.going_on == [costs.company.id] * 2
    assert len(costs.moment.expenses) == 300


def test_a_run_that_dies_is_taken_up_before_the_next_hour(costs: Costs) -> None:
    def dies(expense: Any) -> int:
        raise MemoryError

    costs.moment.add, add = dies, costs.moment.add  # type: ignore[method-assign]
    costs.post(a_line())
    with pytest.raises(MemoryError):
        costs.run()
    assert not is_due(costs, TWO_MINUTES)  # it might be under way
    costs.moment.add = add  # type: ignore[method-assign]
    costs.time.now += timedelta(minutes=15)
    assert is_due(costs)
    costs.run()
    assert len(costs.moment.expenses) == 1
    assert not is_due(costs, timedelta(days=1))


def test_what_broke_off_is_not_taken_up_where_it_is_not_wanted_any_more(costs: Costs) -> None:
    costs.ledger.expenses.take_turn(costs.company.id, "died", costs.time.now, costs.time.now + AN_HOUR)
    costs.set(import_expenses=False)
    costs.run()
    assert not is_due(costs, timedelta(days=1))


def is_due(costs: Costs, after: timedelta = timedelta()) -> bool:
    return bool(costs.ledger.due.until(costs.time.now + after).expenses)


def test_the_report_is_kept_for_the_page(costs: Costs) -> None:
    costs.post(a_line("1"), a_line("2", account="7140"))
    report = costs.run()
    progress = costs.ledger.expenses.progress(costs.company.id)
    assert progress.report == report.summary()
    assert progress.ran_at == START


def test_a_company_that_does_not_want_it_is_left_alone(costs: Costs) -> None:
    costs.set(import_expenses=False)
    costs.post(a_line())
    assert costs.run().read == 0


def test_a_row_whose_id_is_longer_than_a_key_is_told_by_its_beginning(costs: Costs) -> None:
    costs.post(a_line("9" * 2_000, voucher_no="7" * 2_000), a_line("2"))
    costs.run()
    assert len(costs.moment.expenses) == 1
    ((number, code),) = costs.problems()
    assert (len(number) <= 200, code) == (True, "EXPENSE_LINE_UNUSABLE")
