"""The facts of the settings page. Keys are known here by their last characters only; nothing is asked of Xledger."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Key
from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.settings import (
    DifferenceFacts,
    DimensionFacts,
    EntityFacts,
    LimitFacts,
    Preflight,
    SavedFacts,
    SettingsFacts,
    TestFacts,
)
from moment_xledger.console.offered import offered, vat_pairs
from moment_xledger.console.overview import MOST_LOOKED_AT, in_files, read_of_invoices, to_go
from moment_xledger.console.probe_page import held_work
from moment_xledger.console.visits import Visit
from moment_xledger.domain.companies import Company, Language, Route
from moment_xledger.domain.connection_tests import ConnectionTest
from moment_xledger.domain.details import field_name
from moment_xledger.domain.dimensions import Dimensions, slots_of
from moment_xledger.domain.entities import Entity, Reach
from moment_xledger.domain.files.limits import Stated, limits_of, shown
from moment_xledger.domain.files.settings import FileFormat
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.preflight import Difference, differences, with_absent
from moment_xledger.domain.settings_changes import Saved
from moment_xledger.domain.typed_settings import flat

MOST_SAVES = 10
MOST_DIFFERENCES = 50  # those that stop most come first; mending one mends its like


def settings_page(visit: Visit, desk: Desk) -> SettingsFacts:
    desk = desk.beforehand(_read(visit.company))
    ledger = desk.ledger
    company, version = ledger.companies.get_with_version(visit.company.id)
    company = company or visit.company
    test = ledger.connection_tests.newest(company.id)
    reach, current = ledger.entities.reach(company.token_id), ledger.entities.current(company.id)
    writes_to = Entity.read(current.entity) if current.entity else None
    history = list(ledger.settings_history.of(company.id, MOST_SAVES))
    return {
        "version": version,
        "settings": flat(company),
        "file_limits": _file_limits(company, visit.words.language),
        "keys": asdict(ledger.settings_history.tails(company.id)),
        "reached": [_entity(code, reach) for code in (reach.names if reach else ())],
        "offered": offered(company, ledger, desk.clock()),
        "vat_pairs": vat_pairs(company, ledger, desk.clock()),
        "writes_to": _entity(writes_to.owner_code, reach) if writes_to else None,
        "dimensions": _dimensions(company, ledger.references.dimensions(company.token_id)),
        "shared": bool(current.entity) and len(ledger.entities.writers(str(current.entity)).companies) > 1,
        "held": held_work(company, ledger),
        "test": _test(test, history, visit) if test else None,
        "preflight": _preflight(company, desk),
        "other_routes": _other_routes(company, desk),
        "history": [_saved(saved) for saved in history],
    }


def _file_limits(company: Company, language: Language) -> list[LimitFacts]:
    """By what each format is published with, but for what this company has set."""
    settings = [company.file.model_copy(update={"format": each}) for each in FileFormat]
    tables = {each.format: dict(shown(limits_of(each))) for each in settings}
    english = language is Language.ENGLISH
    return [
        {
            "what": field_name(stated, language),
            "limits": {each: table[stated][english] for each, table in tables.items()},
        }
        for stated in Stated
    ]


def _read(company: Company) -> list[Key]:
    id_ = company.id
    newest = [
        keys.reach(company.token_id),
        keys.current_entity(id_),
        keys.settings(id_),
        keys.connection_test(id_),
        keys.hold(id_),
        keys.tails(id_),
        keys.lists(company.token_id),
        keys.dimensions(company.token_id),
        keys.vat_rates(company.token_id),
    ]
    return [*newest, *read_of_invoices(id_)]


def _entity(owner_code: int, reach: Reach | None) -> EntityFacts:
    return {"owner_code": owner_code, "name": reach.names.get(owner_code, "") if reach else ""}


def _dimensions(company: Company, read: Dimensions | None) -> DimensionFacts:
    slots = slots_of(company, read)
    return {"project": slots.project, "source": slots.source, "read_at": read.read_at if read else None}


def _test(test: ConnectionTest, history: Sequence[Saved], visit: Visit) -> TestFacts:
    return {
        "when": test.when,
        "by": test.by,
        "passed": test.passed,
        "is_of_these_settings": not history or history[0].when <= test.when,
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
        return {"read_at": None, "unread": [], "differences": [], "not_listed": 0}
    terms = with_absent(company.terms, lists, desk.clock())
    found = differences(terms, islice(_waiting(company, desk), MOST_LOOKED_AT))
    codes = {"accounts": lists.accounts, "vat_codes": lists.vat_codes}
    return {
        "read_at": lists.read_at,
        "unread": [name for name, read in codes.items() if read is None],
        "differences": [_difference(each) for each in found[:MOST_DIFFERENCES]],
        "not_listed": max(0, len(found) - MOST_DIFFERENCES),
    }


def _waiting(company: Company, desk: Desk) -> Iterator[Invoice]:
    """Held back, or arrived and in no export yet."""
    yield from (each.invoice for each in islice(desk.ledger.invoices.held(company.id), MOST_LOOKED_AT))
    settled = desk.ledger.exports.watermark(company.id).settled
    yield from (each.invoice for each in in_files(company.id, settled, desk))


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
