"""The newest probe of each company, and what is followed because of it."""

from collections.abc import Mapping
from typing import Any

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Put, Table
from moment_xledger.domain.assumptions import CASES, UNKNOWN, Assumption, Finding, Work
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.probes import Probe
from moment_xledger.domain.releases import are_known


class Probes:
    def __init__(self, table: Table) -> None:
        self._table = table

    def save(self, company: CompanyId, probe: Probe) -> None:
        findings = [
            {
                "assumption": str(each.assumption),
                "case": each.case,
                "details": dict(each.details),
                "stops": sorted(map(str, each.stops)),
            }
            for each in probe.findings
        ]
        item = {
            "when": keys.stamp(probe.when),
            "by": probe.by,
            "requests": probe.requests,
            "findings": findings,
            "follows": dict(probe.follows),
        }
        self._table.write(Put(keys.probe(company), item))

    def newest(self, company: CompanyId) -> Probe | None:
        item = self._table.get(keys.probe(company))
        if item is None:
            return None
        findings = tuple(_finding(each) for each in item["findings"] if _is_known(each))
        return Probe(
            keys.moment(item["when"]), item["by"], int(item["requests"]), findings, dict(item["follows"])
        )

    def follows(self, company: CompanyId) -> Mapping[str, str]:
        """What the newest probe taught; empty where there was none."""
        item = self._table.get(keys.probe(company))
        return dict(item["follows"]) if item else {}


def _is_known(finding: Mapping[str, Any]) -> bool:
    """A newer release may have found more than this one has words for."""
    if not are_known(Assumption, [finding["assumption"]]) or not are_known(Work, finding["stops"]):
        return False
    return finding["case"] == UNKNOWN or finding["case"] in CASES[Assumption(finding["assumption"])]


def _finding(item: Mapping[str, Any]) -> Finding:
    return Finding(
        Assumption(item["assumption"]),
        item["case"],
        dict(item["details"]),
        frozenset(map(Work, item["stops"])),
    )
