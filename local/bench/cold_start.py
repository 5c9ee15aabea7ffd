"""What a function's import takes before its first call, beside the libraries that every function needs anyway."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from local import ROOT
from local.bench.frame import Say, Spread, Table

ROUNDS = 11  # one start differs from the next by a quarter
LIBRARIES = """
from aws_lambda_powertools import Logger, Metrics
import boto3
from pydantic import BaseModel
class Model(BaseModel):
    x: int
"""
ROUTES = LIBRARIES + "from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver\n"
MEASURED = """
import time
begun = time.process_time()
{imports}
spent = time.process_time() - begun
with open("/proc/self/status", encoding="ascii") as status:
    (peak,) = [line for line in status if line.startswith("VmHWM")]
print(spent, int(peak.split()[1]) / 1024)
"""
BASELINE = "(libraries alone)"
FLOORS = {BASELINE: LIBRARIES, "(libraries and Powertools' routes, as the console has them)": ROUTES}
LAYER = ROOT / "layers" / "shared" / "python"
COLUMNS = (
    "function",
    "import, ms of the processor",
    "÷ libraries (≤ 1.25)",
    "peak memory, MB",
    "÷ libraries",
)
NOTE = (
    "Fresh interpreters, in rounds of the libraries alone (Powertools' Logger and Metrics, boto3, and pydantic with "
    "one model) and each function. The console's routes are Powertools' too, which brings all its resolvers along: no "
    "console could be below the second line. What a function loads on first use counts in its first call, not here."
)


class Cost(NamedTuple):
    seconds: float
    megabytes: float


def cold_start(say: Say) -> list[Table]:
    imports = FLOORS | {name: f"import functions.{name}.handler" for name in functions()}
    for code in imports.values():
        measure(code)  # once, so that all is compiled
    rounds = []
    for number in range(1, ROUNDS + 1):
        say(f"round {number} of {ROUNDS}: {len(imports)} fresh interpreters")
        rounds.append({name: measure(code) for name, code in imports.items()})
    return [Table("Cold start", COLUMNS, [_row(name, rounds) for name in imports], NOTE)]


def functions() -> list[str]:
    return sorted(handler.parent.name for handler in (ROOT / "functions").glob("*/handler.py"))


def measure(imports: str) -> Cost:
    seconds, megabytes = fresh(MEASURED.format(imports=imports)).split()
    return Cost(float(seconds), float(megabytes))


def fresh(
    code: str, layer: Path = LAYER, environment: Mapping[str, str] = MappingProxyType({}), given: str = ""
) -> str:
    """What it prints in an interpreter of its own, which has the layer and nothing of this program."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={"PYTHONPATH": f"{ROOT}:{layer}", **environment},
        input=given,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def _row(name: str, rounds: Sequence[Mapping[str, Cost]]) -> list[str | Spread]:
    def ratio(part: str) -> Spread:
        return Spread.of(getattr(each[name], part) / getattr(each[BASELINE], part) for each in rounds)

    return [
        name,
        Spread.of(each[name].seconds * 1000 for each in rounds),
        ratio("seconds"),
        Spread.of(each[name].megabytes for each in rounds),
        ratio("megabytes"),
    ]
