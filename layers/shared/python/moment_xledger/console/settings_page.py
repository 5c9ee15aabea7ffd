"""The facts of the settings page. Keys are known here by their last characters only; nothing is asked of Xledger."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import chain, islice
from typing import Any

from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.settings import (
    DifferenceFacts,
    Preflight,
    SavedFacts,
    SettingsFacts,
    TestFacts,
)
from moment_xledger.console.overview import MOST_LOOKED_AT, to_go
from moment_xledger.console.visits import Visit
from moment_xledger.domain.companies import Company, Route
from moment_xledger.domain.connection_tests import ConnectionTest
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.preflight import Difference, differences, with_absent
from moment_xledger.domain.settings_changes import Saved

MOST_SAVES = 10

# In the order of the page. What is not in here is not shown.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "what": (
        "export_customers",
        "export_projects",
        "route",
        "schedule",
        "issue_limit",
        "reception_address",
        "import_code",
        "vat_codes",
    ),
    "file": (
        "file.format",
        "file.header",
        "file.receivable_account",
        "file.revenue_accounts",
        "file.department",
        "file.gl02b_voucher_type",
        "file.gl02b_amount",
        "file.vat_account",
    ),
    "expenses": ("import_expenses", "expense_accounts", "expenses_from", "expenses_billable"),
    "company": ("name", "owner_code", "token_expires", "requests_per_hour", "notify", "language"),
}


def settings_page(visit: Visit, desk: Desk) -> SettingsFacts:
    company, ledger = visit.company, desk.ledger
    test = ledger.connection_tests.newest(company.id)
    history = list(ledger.settings_history.of(company.id, MOST_SAVES))
    return {
        "settings": _shown(company),
        "keys": asdict(ledger.settings_history.tails(company.id)),
        "test": _test(test, visit) if test else None,
        "preflight": _preflight(company, desk),
        "other_routes": _other_routes(company, desk),
        "history": [_saved(saved) for saved in history],
    }


def _shown(company: Company) -> dict[str, Any]:
    """By the fields' names in the form."""
    plain = company.model_dump(mode="json", exclude={"token_id", "id"})
    file = plain.pop("file")
    return plain | {f"file.{name}": value for name, value in file.items()}


def _test(test: ConnectionTest, visit: Visit) -> TestFacts:
    return {
        "when": test.when,
        "by": test.by,
        "passed": test.passed,
        "checks": [
            {
                "right": check.right,
                "outcome": check.outcome,
                "sentence": check.sentence(visit.words.language),
            }
            for check in test.checks
        ],
    }


def _preflight(company: Company, desk: Desk) -> Preflight:
    """By Xledger's lists as they were last read."""
    lists = desk.ledger.references.get(company.token_id)
    if lists is None:
        return {"read_at": None, "differences": []}
    terms = with_absent(company.terms, lists, desk.clock())
    found = differences(terms, islice(_waiting(company, desk), MOST_LOOKED_AT))
    return {"read_at": lists.read_at, "differences": [_difference(each) for each in found]}


def _waiting(company: Company, desk: Desk) -> Iterator[Invoice]:
    """Held back, or arrived and in no export yet."""
    settled = desk.ledger.exports.watermark(company.id).settled
    arrived = desk.ledger.invoices.since(company.id, settled)
    unexported = (each.invoice for each in arrived if each.export is None)
    return chain(islice(desk.ledger.invoices.held(company.id), MOST_LOOKED_AT), unexported)


def _difference(difference: Difference) -> DifferenceFacts:
    absent = difference.absent
    return {
        "is_account": absent.is_account,
        "vat_code": absent.vat_code,
        "theirs": absent.theirs,
        "invoices": difference.invoices,
        "examples": list(difference.examples),
    }


def _other_routes(company: Company, desk: Desk) -> dict[Route, int]:
    routes, _ = to_go(company.id, desk)
    return {route: count for route, count in routes.items() if route != company.route}


def _saved(saved: Saved) -> SavedFacts:
    return {
        "when": saved.when,
        "who": saved.who,
        "changes": list(saved.changes),
    }
