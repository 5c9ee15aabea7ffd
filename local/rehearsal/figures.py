"""What the functions measured, and by that whether an alarm would ring: the emulator makes no metrics of logs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.aws import EmbeddedAws, Stack


@dataclass(frozen=True)
class Figures:
    aws: EmbeddedAws
    stack: Stack

    def of(self, metric: str, since: datetime) -> list[float]:
        """All that was published of it since then, the oldest first, whoever published it."""
        found = [each for function in self.stack.functions for each in self._in(function, metric)]
        return [value for when, value in sorted(found) if when >= since.timestamp() * 1000]

    def _in(self, function: str, metric: str) -> Iterator[tuple[float, float]]:
        for line in self.stack.log_of(self.aws, function).splitlines():
            figures = _figures(line)
            for value in figures.get(metric, []):
                yield figures["_aws"]["Timestamp"], value


def _figures(line: str) -> dict[str, Any]:
    if '"_aws"' not in line:
        return {}
    try:
        return dict(json.loads(line))
    except ValueError:
        return {}


def now() -> datetime:
    return datetime.now(UTC)
