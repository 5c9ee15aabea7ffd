"""`python -m local.bench [SECTION …]`: the tables on stdout, and in out/bench/ as Markdown and as JSON."""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from local import ROOT
from local.bench.arrivals import arrivals
from local.bench.bill import bill
from local.bench.cold_start import cold_start
from local.bench.costs import expenses
from local.bench.exports import exports
from local.bench.first_answer import first_answer
from local.bench.frame import Say, Table
from local.bench.growth import growth
from local.bench.idle import idle
from local.bench.latency import latency
from local.bench.many_at_once import many_at_once
from local.bench.memory import memory
from local.bench.requests import requests
from local.bench.scale.section import scale

OUT = ROOT / "out" / "bench"
MISUSE = 2
Section = Callable[[Say], list[Table]]
SECTIONS: Mapping[str, Section] = {
    section.__name__: section
    for section in (
        requests,
        cold_start,
        first_answer,
        latency,
        arrivals,
        many_at_once,
        exports,
        expenses,
        growth,
        scale,
        memory,
        bill,
        idle,
    )
}


def main(arguments: Sequence[str]) -> int:
    if unknown := [name for name in arguments if name not in SECTIONS]:
        print(f"{unknown[0]}: there is no such section; there are {', '.join(SECTIONS)}.", file=sys.stderr)
        return MISUSE
    tables = [table for name in arguments or SECTIONS for table in SECTIONS[name](_progress(name))]
    markdown = "\n\n".join(table.markdown() for table in tables) + "\n"
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "figures.md").write_text(markdown, encoding="utf-8")
    figures = [table.data() for table in tables]
    (OUT / "figures.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")
    print(markdown, end="")
    return 0


def _progress(section: str) -> Say:
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"{section} {time.monotonic() - begun:4.0f} s  {text}", file=sys.stderr, flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
