"""What somebody without a session can make the console cost in a day, at the limit that the template sets."""

from local import ROOT
from local.aws.template import read
from local.bench.prices import A_MILLION, PRICES

A_DAY = 24 * 3600  # seconds
# Lambda answers a function's calls ten times a second for each that may run at once, however short they are.
CALLS_A_SECOND = 10
ANSWER_KB = 12  # the longest answer without a session: the stylesheet
LOG_KB = 1  # of a call: Lambda's own lines, and one of ours
# US dollars, list prices of us-east-1, as the others.
A_GB_OUT, A_MILLION_TRACES, TRACED = 0.09, 5.0, 0.05


def a_day(at_once: int, memory: float) -> dict[str, float]:
    """US dollars by what they are paid for. All of it runs without a pause, and each call reads one item."""
    calls = at_once * CALLS_A_SECOND * A_DAY
    takes = {
        "Lambda calls": calls,
        "Lambda GB-seconds": at_once * memory * A_DAY,
        "DynamoDB read units": calls,
        "Log, KB": calls * LOG_KB,
    }
    costs = {what: amount * PRICES[what] / A_MILLION for what, amount in takes.items()}
    costs["Traces"] = calls * TRACED * A_MILLION_TRACES / A_MILLION
    costs["Traffic out"] = calls * ANSWER_KB / A_MILLION * A_GB_OUT
    return costs


def of_the_template() -> float:
    """US dollars a day at the limit that is the default."""
    template = read(ROOT / "template.yaml")
    at_once = int(template["Parameters"]["ConsoleConcurrency"]["Default"])
    console = template["Resources"]["Console"]["Properties"]
    memory = console.get("MemorySize", template["Globals"]["Function"]["MemorySize"]) / 1024
    return sum(a_day(at_once, memory).values())
