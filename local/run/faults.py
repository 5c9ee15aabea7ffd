"""What went wrong inside the functions, for the person who must mend it."""

import json
from collections.abc import Iterator

from local.aws import EmbeddedAws, Stack

_MOST_LINES = 15


def faults(aws: EmbeddedAws, stack: Stack) -> Iterator[str]:
    """The end of the log of each function that failed, then what the embedded AWS itself complained of."""
    for function in stack.functions:
        wrong = _from_the_first_fault(stack.log_of(aws, function).splitlines())
        if wrong:
            yield f"{function} wrote:"
            yield from (f"  {line}" for line in wrong[:_MOST_LINES])
    yield from aws.last_words().splitlines()


def _from_the_first_fault(lines: list[str]) -> list[str]:
    first = next((n for n, line in enumerate(lines) if line.startswith("Traceback") or _is_error(line)), None)
    return [] if first is None else lines[first:]


def _is_error(line: str) -> bool:
    try:
        return json.loads(line)["level"] in {"ERROR", "CRITICAL"}
    except (ValueError, TypeError, KeyError):
        return False
