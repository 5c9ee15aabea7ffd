"""How bad the outside is, while it is bad."""

from typing import Any

from local.proof.story import IN_XLEDGER
from local.xledger.plan import Plan, parse_plan

MOMENT_KEY = "moment-key-of-the-proof"
TROUBLES: dict[str, Any] = {
    "lost_requests": 0.02,
    "lost_answers": 0.04,
    "errors_5xx": 0.03,
    "errors_5xx_after": 0.02,
    "cut_bodies": 0.02,
    "delays": 0.02,
    "delay_seconds": 6,  # longer than anybody waits for an answer
    "half_done": 0.1,
    "credits_per_hour": 4,
    "reset_after_seconds": 15,  # an hour that is soon over
}
PEACE: dict[str, Any] = {name: 0 for name, each in TROUBLES.items() if isinstance(each, float)}
PEACE["credits_per_hour"] = None
# To the requests that come next to Moment, one each.
TROUBLES_AT_MOMENT = ("503", "lost", "500", "429")


def plan(seed: int) -> Plan:
    return parse_plan(
        {
            **IN_XLEDGER,
            "seed": seed,
            **TROUBLES,
        }
    )
