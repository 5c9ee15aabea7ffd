"""What companies cost in which nothing happens: what the clock starts for them, and what is kept."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from local.bench.frame import Cell, Say, Table
from local.bench.prices import A_MILLION, PRICES, fixed
from local.bench.scale.cases import saved_customer
from local.bench.scale.site import Cost, Site, functions
from moment_xledger.domain.scheduled_runs import ScheduledRun

COMPANIES = (100, 1_000, 10_000)
MEASURED = (10, 40)  # companies; what the others cost lies on the line through these
A_DAY, A_MINUTE, DAYS = timedelta(days=1), timedelta(minutes=1), 30
MEMORY = 0.5  # GB, as in the template
STARTED = "start_runs"  # with every job that it queues
Use = Mapping[str, float]  # of a month, by what is paid for
Line = tuple[Use, Use]  # with no company, and with each one more
NOTE = (
    "Each has a token of its own, a customer in Xledger and nothing to send; a file daily. A Monday passes, minute by "
    "minute, with all that the template's schedules start and what follows from it, as it is deployed, over twins that "
    "count; a month has thirty. The others lie on the line through the measured ones. The same prices and guesses as "
    "in the cost on paper. Bringing costs to Moment asks Xledger every hour, whatever was posted."
)


@dataclass(frozen=True)
class Clocked:
    """`minutes` and `hours` at which it is started, of this time zone."""

    function: str
    event: Mapping[str, Any]
    minutes: frozenset[int]
    hours: frozenset[int]
    zone: ZoneInfo

    @property
    def name(self) -> str:
        return " ".join([self.function, *map(str, self.event.values())])

    def is_due(self, now: datetime) -> bool:
        there = now.astimezone(self.zone)
        return there.minute in self.minutes and there.hour in self.hours


def idle(say: Say) -> list[Table]:
    say("a day")
    rows = _rows()
    say("the same, with costs brought to Moment")
    rows.append([f"{STARTED}, where all bring costs", *_dollars(uses(imports=True)[STARTED])])
    columns = ("what", *(f"{count:,} companies, USD a month" for count in COMPANIES))
    return [Table("Idle companies", columns, rows, NOTE)]


def _rows() -> list[list[Cell]]:
    """The dearest first, and what it comes to."""
    dollars = {"what is kept and polled": [cost(fixed(count)) for count in COMPANIES]}
    dollars |= {name: _dollars(line) for name, line in uses(imports=False).items()}
    dearest = sorted(dollars, key=lambda name: -dollars[name][-1])
    in_all = [sum(each) for each in zip(*dollars.values(), strict=True)]
    return [*([name, *dollars[name]] for name in dearest), ["**in all**", *in_all]]


def month_of(companies: int) -> Use:
    """All that the clock starts."""
    found: Counter[str] = Counter()
    for none, one_more in uses(imports=False).values():
        found.update({what: none[what] + companies * one_more[what] for what in none})
    return found


def cost(use: Use) -> float:
    return sum(PRICES[what] * count for what, count in use.items()) / A_MILLION


def _dollars(line: Line) -> list[float]:
    none, one_more = map(cost, line)
    return [none + count * one_more for count in COMPANIES]


@cache
def uses(imports: bool) -> dict[str, Line]:
    """A month's, by what the clock starts."""
    few, many = (_a_day(count, imports) for count in MEASURED)
    return {name: _line(few[name], many[name]) for name in few}


def _line(few: Use, many: Use) -> Line:
    first, second = MEASURED
    slope = {what: (many[what] - few[what]) / (second - first) for what in few}
    return {what: DAYS * (few[what] - first * slope[what]) for what in few}, {
        what: DAYS * more for what, more in slope.items()
    }


def _a_day(count: int, imports: bool) -> dict[str, Counter[str]]:
    """After one on which all was new."""
    site = Site(count, import_expenses=imports)
    found: dict[str, Counter[str]] = {each.name: Counter() for each in clocks()}
    with site.running():
        site.receive(saved_customer(site, n) for n in range(count))
        site.run()
        for run in ScheduledRun:
            site.call(STARTED, {"run": run})
        site.run()
        site.scheduler.now += A_DAY
        for each in clocks():  # what was missed meanwhile is made up for now, and is no part of the day
            _start(each, site)
        ends = site.scheduler.now + A_DAY
        while site.scheduler.now < ends:
            _a_minute(site, found)
    return found


def _a_minute(site: Site, found: dict[str, Counter[str]]) -> None:
    """What takes longer than that does not hold up the clock."""
    now = site.scheduler.now
    for each in (each for each in clocks() if each.is_due(now)):
        taken = site.cost_of(lambda each=each: _start(each, site))  # type: ignore[misc]
        found[each.name].update(_takes(taken))
        site.scheduler.now = now
    site.scheduler.now = now + A_MINUTE


def _start(clocked: Clocked, site: Site) -> None:
    site.call(clocked.function, clocked.event)
    site.work()


def _takes(taken: Cost) -> Use:
    sent = sum(n for name, n in taken.by_operation.items() if name.startswith(("send", "hide")))
    return {
        "DynamoDB write units": taken.writes,
        "DynamoDB read units": taken.reads,
        "SQS requests": sent + 2 * (taken.functions - 1),  # a message is received and deleted
        "Lambda calls": taken.functions,
        "Lambda GB-seconds": taken.seconds * MEMORY,
        "EventBridge and schedules": 1,
        "Secrets read": taken.by_operation["read the secret"],
        "Log, KB": taken.functions,
    }


@cache
def clocks() -> tuple[Clocked, ...]:
    """As in the template."""
    return tuple(
        _clocked(name, how) for name, function in functions().items() for how in _schedules(function)
    )


def _schedules(function: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for event in function.get("Events", {}).values():
        if event["Type"] in ("Schedule", "ScheduleV2"):
            yield event["Properties"]


def _clocked(name: str, how: Mapping[str, Any]) -> Clocked:
    minutes, hours = times_of(str(how.get("Schedule") or how["ScheduleExpression"]))
    zone = ZoneInfo(how.get("ScheduleExpressionTimezone", "UTC"))
    return Clocked(name, json.loads(how.get("Input", "{}")), minutes, hours, zone)


def times_of(expression: str) -> tuple[frozenset[int], frozenset[int]]:
    """Minutes and hours of `rate(5 minutes)`, or of `cron(0/5 4-6 * * ? *)`, which must say every day."""
    kind, _, rest = expression.rstrip(")").partition("(")
    if kind == "rate":
        count, unit = rest.split()
        every, fields = f"0/{count}", {"minute": ("{}", "*"), "hour": ("0", "{}")}[unit.rstrip("s")]
        minutes, hours = (field.format(every) for field in fields)
    else:
        minutes, hours, *days = rest.split()
        if days != ["*", "*", "?", "*"]:
            raise ValueError(f"{expression}: this knows schedules of every day only")
    return _values(minutes, 60), _values(hours, 24)


def _values(field: str, size: int) -> frozenset[int]:
    """`*`, `7`, `4-6`, `0/5`, or several of these."""
    found: set[int] = set()
    for part in field.split(","):
        whole, _, step = part.partition("/")
        first, _, last = whole.partition("-")
        begins = 0 if whole == "*" else int(first)
        ends = int(last) if last else begins if not step and whole != "*" else size - 1
        found.update(range(begins, ends + 1, int(step or 1)))
    return frozenset(found)
