"""Bad days: which request meets which fault, by rate and seed, or as a test orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from local.xledger.plan import Plan
from local.xledger.soap.plan import SoapPlan
from local.xledger.soap.plan import What as SoapWhat

What = (
    Literal[
        "lost_requests", "lost_answers", "delays", "errors_5xx", "errors_5xx_after", "cut_bodies", "half_done"
    ]
    | SoapWhat
)
# In the order they are drawn, so that one seed always gives the same story.
RATES: tuple[What, ...] = (
    *("lost_requests", "errors_5xx", "half_done", "errors_5xx_after"),
    *("lost_answers", "cut_bodies", "delays"),
)
GATEWAY_ERRORS = ((500, "Internal Server Error"), (502, "Bad Gateway"), (503, "Service Unavailable"))


@dataclass(frozen=True)
class Fault:
    """
    `only`: a `query`, a `mutation`, a root field such as `addCustomers`, or a SOAP operation such as
    `ReceiveFile`; other requests pass it by.
    """

    what: What
    seconds: float = 1  # of a delay
    only: str | None = None


Met = dict[What, Fault]


class Faults:
    """`rates` are the names of a plan's rates."""

    def __init__(self, seed: int, rates: Sequence[What] = RATES) -> None:
        self._rates = rates
        self.ordered: list[Fault] = []  # each meets the next request it fits, once
        self.seed(seed)

    def seed(self, seed: int) -> None:
        self._random = Random(seed)

    def meet(self, plan: Plan | SoapPlan, operation: str, root_fields: list[str]) -> Met:
        """What this request runs into."""
        drawn = {what: self._random.random() < getattr(plan, what) for what in self._rates}
        spared = plan.faults_only not in (None, operation, *root_fields)
        met = {what: Fault(what, plan.delay_seconds) for what in self._rates if drawn[what] and not spared}
        due = [fault for fault in self.ordered if fault.only in (None, operation, *root_fields)]
        if due:
            self.ordered.remove(due[0])
            met[due[0].what] = due[0]
        return met

    def gateway_error(self) -> tuple[int, str]:
        """A status and its page, as a proxy before the service would write it."""
        status, name = self._random.choice(GATEWAY_ERRORS)
        return status, f"<html><head><title>{status} {name}</title></head><body><h1>{name}</h1></body></html>"
