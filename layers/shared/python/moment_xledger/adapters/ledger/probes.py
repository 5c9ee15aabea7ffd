"""The newest probe of each company, and what is followed because of it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from boto3.dynamodb.conditions import Attr

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Put, Table
from moment_xledger.domain.assumptions import CASES, UNKNOWN, Assumption, Finding, Work
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.probes import Hold, Probe
from moment_xledger.domain.releases import are_known


class Probes:
    def __init__(self, table: Table) -> None:
        self._table = table

    def save(self, company: CompanyId, probe: Probe, hold: Hold) -> None:
        """With what must not go on because of it."""
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
        self._table.write(Put(keys.probe(company), item), Put(keys.hold(company), _as_item(hold)))

    def hold(self, company: CompanyId) -> Hold:
        """A company of an earlier release waits for nothing."""
        item = self._table.get(keys.hold(company))
        if item is None:
            return Hold()
        stops = frozenset(Work(each) for each in item["stops"] if are_known(Work, [each]))
        return Hold(stops, bool(item["waits_for_probe"]), frozenset(item["waived"]))

    def keep_hold(self, company: CompanyId, hold: Hold) -> None:
        self._table.write(Put(keys.hold(company), _as_item(hold)))

    def require(self, company: CompanyId) -> None:
        """Before a new company is saved: nothing of it goes on until it was probed. What is there already stays."""
        new = Put(keys.hold(company), _as_item(Hold(waits_for_probe=True)), when=Attr("pk").not_exists())
        with suppress(Conflict):
            self._table.write(new)

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


def _as_item(hold: Hold) -> dict[str, Any]:
    return {
        "stops": sorted(map(str, hold.stops)),
        "waits_for_probe": hold.waits_for_probe,
        "waived": sorted(hold.waived),
    }


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
