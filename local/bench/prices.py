"""What AWS takes for what, and what is paid whatever happens."""

from collections.abc import Mapping

from local import ROOT
from local.aws.template import read
from local.proof.deployment import HANDLERS
from moment_xledger.observability import Signal

MONTH = 30 * 24 * 3600  # seconds
POLLS = 5 * 3 * 60 * 24 * 30  # a queue's month: five pollers that wait up to 20 s
A_MILLION = 1e6
# US dollars, list prices of us-east-1; a million of each.
PRICES: Mapping[str, float] = {
    "DynamoDB write units": 0.625,
    "DynamoDB read units": 0.125,
    "SQS requests": 0.40,
    "Lambda calls": 0.20,
    "Lambda GB-seconds": 13.33,
    "EventBridge and schedules": 1.00,
    "Secrets read": 5.00,
    "Secrets kept, each a month": 400_000.0,
    "Log, KB": 0.50,
    "Figures and alarms, each a month": 300_000.0,  # a figure; three alarms cost as much
}


def fixed(companies: int) -> dict[str, float]:
    """A month's, if no function is ever called."""
    resources = read(ROOT / "template.yaml")["Resources"].values()
    looked_at = [
        max(1, sum("MetricStat" in each for each in alarm["Properties"].get("Metrics", ())))
        for alarm in resources
        if alarm["Type"] == "AWS::CloudWatch::Alarm"
    ]
    return dict.fromkeys(PRICES, 0.0) | {
        "SQS requests": len(HANDLERS) * POLLS,
        "Secrets kept, each a month": companies,
        "Figures and alarms, each a month": len(Signal) + sum(looked_at) / 3,
    }
