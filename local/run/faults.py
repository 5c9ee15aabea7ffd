"""What went wrong inside the functions, for the person who must mend it."""

import json
from collections.abc import Iterator
from itertools import takewhile

from local.aws import EmbeddedAws, Stack

_MOST_LINES = 12  # the end of a traceback says most


def faults(aws: EmbeddedAws, stack: Stack) -> Iterator[str]:
    """The end of the log of each function that failed, then what the embedded AWS itself complained of."""
    for function in stack.functions:
        wrong = first_fault(stack.log_of(aws, function).splitlines())
        if wrong:
            yield f"{function} wrote:"
            yield from (f"  {line}" for line in wrong[-_MOST_LINES:])
    yield from aws.last_words().splitlines()


def first_fault(lines: list[str]) -> list[str]:
    """From the first error or traceback to the end of that invocation; empty where all went well."""
    first = next((n for n, line in enumerate(lines) if line.startswith("Traceback") or _is_error(line)), None)
    if first is None:
        return []
    return list(takewhile(lambda line: not line.startswith("END RequestId"), lines[first:]))


def _is_error(line: str) -> bool:
    try:
        return json.loads(line)["level"] in {"ERROR", "CRITICAL"}
    except (ValueError, TypeError, KeyError):
        return False
