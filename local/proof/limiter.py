"""Hours of more work than the plan allows, at the gate and at Xledger's own counting: how often are we refused?"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.twins.world import START
from local.xledger.errors import OverLimit
from local.xledger.limits import Allowance
from local.xledger.plan import Plan
from moment_xledger.domain import gate as gates
from moment_xledger.domain.gate import Closed, Gate, Timing

A_REQUEST = timedelta(seconds=0.1)  # fast, so that the burst limit is near
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Hours:
    hours: int
    sent: int
    refused: int

    @property
    def refused_an_hour(self) -> float:
        return self.refused / self.hours


def saturate(hours: int, requests_per_hour: int, others: int = 0) -> Hours:
    """`others`: requests an hour that somebody else makes with the same token, spread evenly."""
    plan = Plan(credits_per_hour=requests_per_hour)
    xledger, gate, now = Allowance(), Gate(plan=requests_per_hour), START
    sent = refused = theirs = 0
    while now < START + hours * HOUR:
        now += gates.wait_before(gate, now)
        theirs = _others_ask(xledger, plan, now, theirs, others)
        entered = gates.enter(gate, owner="we", in_flight=None, now=now, timing=Timing())
        if isinstance(entered, Closed):
            now = max(entered.until, now + timedelta(seconds=1))
            continue
        sent, gate = sent + 1, gates.answered(entered, "LookUpCustomers")
        try:
            xledger.admit(1, plan, now)
        except OverLimit as refusal:
            refused += 1
            reset_at = str((refusal.extensions or {}).get("resetAt", ""))
            gate = gates.out_of_credits(gate, datetime.fromisoformat(reset_at) if reset_at else None, now)
        now += A_REQUEST
    return Hours(hours, sent, refused)


def _others_ask(xledger: Allowance, plan: Plan, now: datetime, done: int, others: int) -> int:
    """Each in its own time; they care about no refusal."""
    due = int((now - START) / HOUR * others)
    for n in range(done, due):
        with suppress(OverLimit):
            xledger.admit(1, plan, START + n * HOUR / others)
    return due
