"""What a probe found, for a person and for a program."""

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from moment_xledger.domain.assumptions import VERDICTS, Finding, Verdict
from moment_xledger.domain.companies import Language
from moment_xledger.domain.probes import Probe

_MARKS = {Verdict.AS_ASSUMED: "+", Verdict.FOLLOWED: "~", Verdict.STOP: "!", Verdict.UNKNOWN: "?"}
_REQUESTS = ("{count} forespørsler. Ingenting ble skrevet.", "{count} requests. Nothing was written.")


def reported(probe: Probe, language: Language) -> Iterator[str]:
    """Two lines for each assumption: what is assumed, and what was found."""
    english = language is Language.ENGLISH
    for each in probe.findings:
        yield f"{_MARKS[each.verdict]} {each.assumed(language)}"
        yield f"  {VERDICTS[each.verdict][english].capitalize()}. {each.evidence(language)}"
    yield _REQUESTS[english].format(count=probe.requests)


def as_data(probe: Probe) -> dict[str, Any]:
    return {
        "when": probe.when.astimezone(UTC).isoformat(),
        "by": probe.by,
        "requests": probe.requests,
        "passed": probe.passed,
        "follows": dict(probe.follows),
        "findings": [_data(each) for each in probe.findings],
    }


def reported_as_json(probe: Probe) -> str:
    return json.dumps(as_data(probe), indent=2, ensure_ascii=False)


def _data(finding: Finding) -> dict[str, Any]:
    return {
        "assumption": str(finding.assumption),
        "verdict": str(finding.verdict),
        "case": finding.case,
        "stops": sorted(map(str, finding.stops)),
        "assumed": {str(each): finding.assumed(each) for each in Language},
        "evidence": {str(each): finding.evidence(each) for each in Language},
    }
