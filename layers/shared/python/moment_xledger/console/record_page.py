"""The facts of one customer, project or invoice: where it stands, and what is recorded of how it came there."""

from typing import NamedTuple

from typing_extensions import TypedDict

from moment_xledger.console.desk import Desk
from moment_xledger.console.facts.record import Found, RecordFacts, Step
from moment_xledger.console.problem_list import problem_facts
from moment_xledger.console.time_line import in_order, mailed, seen, step, tried
from moment_xledger.console.visits import Visit
from moment_xledger.domain.companies import CompanyId, Route
from moment_xledger.domain.exports import Export
from moment_xledger.domain.invoice_mails import InvoiceMail
from moment_xledger.domain.invoice_references import references_of, waiting
from moment_xledger.domain.invoices import KEPT_HERE, Snapshot
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.records import Record
from moment_xledger.domain.uploads import IN_WORK, NOT_TAKEN, Upload
from moment_xledger.domain.uploads import State as UploadState
from moment_xledger.flows.invoice_standing import standings_of
from moment_xledger.flows.take_in_invoices import leaves

INVOICE = "invoice"
KINDS = (*(str(kind) for kind in Kind), INVOICE)
_NOTHING: Found = {
    "name": None,
    "state": None,
    "moment_version": None,
    "xledger_version": None,
    "xledger_id": None,
    "replaces": [],
    "route": None,
    "currency": None,
    "total": None,
    "steps": [],
    "problems": [],
    "waits": None,
}


def record_page(visit: Visit, desk: Desk, kind: str, number: str) -> RecordFacts:
    return {"kind": kind, "number": number, **_found(visit, desk, kind, number)}


def _found(visit: Visit, desk: Desk, kind: str, number: str) -> Found:
    if not number:
        return _NOTHING
    if kind == INVOICE:
        return _invoice(visit, desk, number)
    found = desk.ledger.records.by_number(visit.company.id, Kind(kind), [number]).get(number)
    return _record(visit, desk, found) if found else _NOTHING


def _record(visit: Visit, desk: Desk, record: Record) -> Found:
    codes = [record.problem] if record.problem else []
    about = record.group or record.number
    problems = _problems(visit.company.id, str(record.kind), about, codes, desk)
    return {
        **_NOTHING,
        "name": record.content.name,
        "state": str(record.state),
        "moment_version": record.content.version,
        "xledger_version": record.sent_version,
        "xledger_id": record.db_id,
        "replaces": list(record.replaces),
        "steps": in_order([*tried(record), step("since", record.since), *seen(problems)]),
        "problems": [problem_facts(problem, visit) for problem in problems],
    }


def _invoice(visit: Visit, desk: Desk, number: str) -> Found:
    if not number.isascii() or not number.isdecimal() or len(number) > 12:
        return _NOTHING
    company, ledger = visit.company.id, desk.ledger
    snapshot = ledger.invoices.by_number(company, [int(number)]).get(int(number))
    problems = _problems(company, INVOICE, number, _codes(desk, company), desk)
    shown = [problem_facts(problem, visit) for problem in problems]
    if snapshot is None:
        return {
            **_NOTHING,
            "problems": shown,
            **_behind(visit, desk, company, int(number)),
            "steps": in_order([*_minds(desk, company, int(number)), *seen(problems)]),
        }
    invoice, way = snapshot.invoice, _way(snapshot, desk, company)
    return {
        **_NOTHING,
        "problems": shown,
        "name": invoice.customer.name,
        "state": _state(snapshot, way),
        "moment_version": invoice.version,
        "route": snapshot.route,
        "currency": invoice.currency,
        "total": invoice.total,
        "waits": _waits(visit, desk, snapshot),
        "steps": in_order([*_steps(snapshot, way), *_minds(desk, company, int(number)), *seen(problems)]),
    }


def _codes(desk: Desk, company: CompanyId) -> list[Code]:
    """Of problems that invoices of this company have now: a few."""
    return [code for kind, code in desk.ledger.problems.counts(company) if kind == INVOICE]


def _problems(company: CompanyId, kind: str, number: str, codes: list[Code], desk: Desk) -> list[Problem]:
    found = (desk.ledger.problems.get(company, kind, number, code) for code in codes)
    return [problem for problem in found if problem]


def _waits(visit: Visit, desk: Desk, snapshot: Snapshot) -> str | None:
    """What keeps one back that has arrived and not left."""
    if snapshot.export is not None or not leaves(snapshot.invoice, snapshot.route):
        return None
    references = references_of(snapshot.invoice, snapshot.route)
    why = waiting(snapshot.invoice, standings_of(visit.company, references, desk.ledger, desk.clock()))
    if why is None:
        return None
    said = Problem(visit.company.id, INVOICE, snapshot.invoice.number, why.code, why.details)
    return said.sentence(visit.words.language)


class _Behind(TypedDict):
    state: str | None
    waits: str | None


def _behind(visit: Visit, desk: Desk, company: CompanyId, number: int) -> _Behind:
    """Of one that has not arrived, with the sentence for what it waits for, also where nobody was told yet."""
    held = desk.ledger.invoices.held_now(company, [number]).get(number)
    if held is None:
        skipped = desk.ledger.invoices.skipped_among(company, [number])
        return {"state": "skipped" if skipped else None, "waits": None}
    if held.why is None or not held.why.is_quiet:
        return {"state": "held", "waits": None}
    said = Problem(company, INVOICE, str(number), held.why.code, held.why.details)
    state = "off" if held.why.code in KEPT_HERE else "held"
    return {"state": state, "waits": said.sentence(visit.words.language)}


def _minds(desk: Desk, company: CompanyId, number: int) -> list[Step]:
    """Who was to keep it back, or not: Moment, in which version."""
    return [
        step("not_to_transfer" if kept else "to_transfer", when, about=str(version))
        for version, kept, when in desk.ledger.invoices.transfer_history(company, number)
    ]


class _Way(NamedTuple):
    """What an invoice has left with, as far as it has."""

    export: Export | None
    upload: Upload | None
    mail: InvoiceMail | None


def _way(snapshot: Snapshot, desk: Desk, company: CompanyId) -> _Way:
    number, ledger = snapshot.export, desk.ledger
    return _Way(
        None if number is None else ledger.exports.get(company, number),
        None if number is None else ledger.uploads.get(company, number),
        ledger.mails.get(company, snapshot.seq) if snapshot.route is Route.EMAIL else None,
    )


def _state(snapshot: Snapshot, way: _Way) -> str:
    """A file that is uploaded has not arrived before its invoices are seen in Xledger."""
    if snapshot.export is not None:
        if way.upload is None or way.upload.arrived:
            return "left"
        if way.upload.state in NOT_TAKEN and _is_off(snapshot):
            return "off"
        return "handed_over" if way.upload.state is UploadState.UPLOADED else "upload_open"
    if snapshot.is_refused:
        return "refused"
    if _is_off(snapshot):
        return "off"
    return str(way.mail.state) if way.mail else "to_go"


def _is_off(snapshot: Snapshot) -> bool:
    return snapshot.route is Route.OFF or snapshot.invoice.do_not_transfer


def _steps(snapshot: Snapshot, way: _Way) -> list[Step]:
    steps = [step("arrived", snapshot.arrived)]
    if way.export:
        steps.append(step("exported", way.export.claimed, export=way.export.number))
    if way.export and way.upload and way.upload.file_key is not None:
        # One of an earlier release does not say when: until then it was nobody else's to send.
        handed_over = way.upload.handed_over or way.upload.again - IN_WORK
        about = str(way.upload.file_key)
        steps.append(step("uploaded", handed_over, export=way.export.number, about=about))
    return [*steps, *(mailed(way.mail) if way.mail else [])]
