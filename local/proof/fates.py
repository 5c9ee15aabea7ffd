"""What a call to the outside may meet: its process dies before or after it, or stands still for minutes; a service of
AWS has trouble of its own."""

import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from random import Random
from types import CodeType
from typing import Literal

Meets = Literal[
    "nothing",
    "dies before",
    "dies after",
    "stalls before",
    "stalls after",
    "slows down",  # and refuses this call and most others of that service for a while
    "answers 5xx",  # when all was done
    "is asked twice",  # by the SDK, when the first answer was lost
]
BAD: tuple[Meets, ...] = ("dies before", "dies after", "stalls before", "stalls after")
SLOW: tuple[Meets, ...] = ("slows down", "answers 5xx", "is asked twice")


@dataclass(frozen=True)
class Rates:
    """Of 1, each. `deaths` and `stalls` are for each call to the outside, requests for each request to Xledger."""

    deaths: float = 0.01
    stalls: float = 0.01
    lost_requests: float = 0.04
    lost_answers: float = 0.05
    late_requests: float = 0.06  # carried out after their sender has given up
    server_errors: float = 0.04
    half_done: float = 0.03
    doubled_messages: float = 0.15
    lost_wakes: float = 0.15
    lost_deletes: float = 0.05
    purges: float = 0.3  # of a run: all wakes and jobs gone at once
    refusals: float = 0.03  # of mails and SOAP calls: nothing is done
    bounces: float = 0.06  # of mails with invoices
    rests: float = 0.3  # of a run: an operator pauses the work
    slowness: float = 0  # of each call of AWS: a service's own trouble


NONE = Rates(*[0.0] * 15)


@dataclass(frozen=True)
class Chosen:
    """At the `nth` call of one call site, from 1, this happens."""

    site: str
    nth: int
    meets: Meets


@dataclass
class Fates:
    """Counts what calls there were and what they met. After `over`, nothing bad happens any more.

    Where some are `chosen`, those happen and nothing else does.
    """

    random: Random
    rates: Rates
    chosen: tuple[Chosen, ...] = ()
    over: bool = False
    seen: Counter[str] = field(default_factory=Counter)
    met: Counter[tuple[str, Meets]] = field(default_factory=Counter)
    of_aws: set[str] = field(default_factory=set)  # sites

    def draw(self, site: str, *, is_aws: bool = False) -> Meets:
        self.seen[site] += 1
        if is_aws:
            self.of_aws.add(site)
        meets = self._drawn(site)
        if meets != "nothing":
            self.met[site, meets] += 1
        return meets

    def _drawn(self, site: str) -> Meets:
        draw = (
            self.random.random()
        )  # also where it does not count: the story is the same up to what is chosen
        if self.chosen:
            here = (site, self.seen[site])
            return next((each.meets for each in self.chosen if (each.site, each.nth) == here), "nothing")
        if self.over:
            return "nothing"
        if draw < self.rates.deaths:
            return self.random.choice(BAD[:2])
        if draw < self.rates.deaths + self.rates.stalls:
            return self.random.choice(BAD[2:])
        if site in self.of_aws and draw > 1 - self.rates.slowness:
            return self.random.choice(SLOW)
        return "nothing"

    def happens(self, rate: float) -> bool:
        return self.random.random() < rate and not self.over and not self.chosen


def call_site(operation: str) -> str:
    """The flow that calls and the adapter it calls by: names, not lines, so that it stays the same as code moves."""
    flow = adapter = ""
    frame = sys._getframe(1)
    while frame and not flow:
        layer, name = _place(frame.f_code)
        if layer == "adapters" and not adapter:
            adapter = name
        elif layer in ("flows", "other", "functions"):
            flow = name
        frame = frame.f_back  # type: ignore[assignment]
    return " > ".join(filter(None, (flow, adapter, operation)))


@cache
def _place(code: CodeType) -> tuple[str, str]:
    parts = code.co_filename.replace("\\", "/").split("/")
    module = parts[-1].removesuffix(".py")
    name = f"{module}.{code.co_qualname}"
    if "functions" in parts:
        return "functions", f"{parts[-2]}.{code.co_qualname}"
    if "moment_xledger" not in parts:
        return "", name
    inside = parts[parts.index("moment_xledger") + 1]
    return (inside if inside in ("adapters", "flows", "domain") else "other"), name
