"""Each night, in one request: whether Xledger's schema still has what our operations use. And, of companies that were
set up before there were probes, one a night is probed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from moment_xledger.domain.assumptions import Assumption
from moment_xledger.domain.companies import Company, TokenId
from moment_xledger.domain.errors import Rejected, WrongRequest
from moment_xledger.domain.probes import Probe, schema_finding
from moment_xledger.flows.probe_company import Prober, keep_probe, probe_company

if TYPE_CHECKING:
    from moment_xledger.adapters.xledger_probe import XledgerProbe
    from moment_xledger.flows.sync_records import Worker

NIGHT = "night"


def watch_schema(token: TokenId, xledger: "XledgerProbe", worker: "Worker") -> None:
    """What is new is kept for each company that shares the token, as its probe would find it. An Xledger that does not
    show its schema says nothing."""
    try:
        lacking = xledger.lacking()
    except (Rejected, WrongRequest):
        return
    for company in worker.ledger.companies.sharing(token) if lacking is not None else ():
        found = schema_finding(company, lacking or {}, xledger.operations)
        newest = worker.ledger.probes.newest(company.id)
        if newest is None:
            probe = Probe(worker.clock(), NIGHT, 1, (found,))
        else:
            others = (each for each in newest.findings if each.assumption is not Assumption.SCHEMA)
            probe = replace(newest, findings=(found, *others))
        if newest is None or found not in newest.findings:
            keep_probe(company, probe, worker.ledger, worker.clock())


def probe_one(companies: Iterable[Company], prober: Prober) -> None:
    """Of Xledger's GraphQL service, which is what a night can reach."""
    probes = prober.worker.ledger.probes
    for company in companies:
        newest = probes.newest(company.id)
        if newest is None or not newest.was_answered:
            probe_company(company.id, NIGHT, prober)
            return
