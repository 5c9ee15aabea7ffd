"""The slip beside each file: what is in it, so that a person or a program can check that all of it arrived."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from moment_xledger.domain.files.cells import amount
from moment_xledger.domain.files.series import SeriesReport
from moment_xledger.domain.files.settings import Terms
from moment_xledger.domain.files.writing import Totals


@dataclass(frozen=True)
class Heading:
    """Which export it is. `repeats` names the one that it sends again."""

    export: int
    company: str
    created: datetime
    by: str
    file: str
    repeats: int | None = None


def manifest(heading: Heading, terms: Terms, totals: Totals, series: SeriesReport) -> str:
    """JSON, in one order and with amounts as strings: the same export always gives the same text."""
    content = {**_heading(heading), **_file(terms, totals), **_series(series)}
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _heading(heading: Heading) -> dict[str, Any]:
    return {
        "export": heading.export,
        "company": heading.company,
        "created": heading.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": heading.by,
        "file": heading.file,
        "repeats": heading.repeats,
    }


def _file(terms: Terms, totals: Totals) -> dict[str, Any]:
    return {
        "format": terms.settings.format,
        "renderer": terms.renderer,
        "sha256": totals.sha256,
        "rows": totals.rows,
        "invoices": totals.invoices,
        "firstNumber": totals.first,
        "lastNumber": totals.last,
        "sumsByVatCode": {currency: _amounts(sums) for currency, sums in totals.sums.items()},
        "totals": _amounts(totals.totals),
    }


def _series(series: SeriesReport) -> dict[str, Any]:
    return {
        "gaps": [{"first": gap.first, "last": gap.last, "reason": gap.reason} for gap in series.gaps],
        "gapsNotListed": series.more_gaps,
        "late": [str(late) for late in series.late],
        "lateNotListed": series.more_late,
    }


def _amounts(sums: Mapping[str, Decimal]) -> dict[str, str]:
    return {code: amount(value) for code, value in sums.items()}
