"""The template's alarms, and whether figures that functions have published would raise one."""

import json
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from moment_xledger.observability import NAMESPACE
from tests.template import resources

Figures = Mapping[str, float]

_STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {"Maximum": max, "Minimum": min, "Sum": sum}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
}


def alarms() -> dict[str, dict[str, Any]]:
    return {
        name: each["Properties"]
        for name, each in resources().items()
        if each["Type"] == "AWS::CloudWatch::Alarm"
    }


def on_our_figures() -> dict[str, dict[str, Any]]:
    return {name: each for name, each in alarms().items() if each.get("Namespace") == NAMESPACE}


def published(written: str) -> list[dict[str, Any]]:
    """What CloudWatch makes metrics of, of all that functions wrote."""
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    return [line for line in lines if "_aws" in line]


def raises(alarm: str, figures: Iterable[Mapping[str, Any]]) -> bool:
    """Whether these figures, all of one period, are over what the alarm bears."""
    wanted = alarms()[alarm]
    seen = [value for line in figures for value in line.get(wanted["MetricName"], [])]
    if not seen:
        return bool(wanted["TreatMissingData"] == "breaching")
    figure = _STATISTICS[wanted["Statistic"]](seen)
    return _COMPARISONS[wanted["ComparisonOperator"]](figure, wanted["Threshold"])
