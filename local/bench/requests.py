"""Requests to Xledger: each load of the contest under each design, on every core."""

from collections.abc import Sequence
from contextlib import closing

from local import ROOT
from local.bench.contest.loads import LOADS, PLAN
from local.bench.contest.playing import OURS, Result, play
from local.bench.contest.rivals import DELAYED, PATIENT, RETRIED, Design
from local.bench.frame import ROUNDS, Say, Spread, Table
from local.bench.picture import Line, draw
from local.proof.parallel import Workers

Piece = tuple[str, Design | None, int]
Played = dict[Piece, Result]
DESIGNS: dict[str, Design | None] = {OURS: None, RETRIED.name: RETRIED, DELAYED.name: DELAYED}
PICTURED = "bulk edit"
PICTURE = ROOT / "docs" / "backlog.svg"
COLUMNS = (
    "load and design",
    "requests",
    "floor",
    "refused",
    "given up",
    "wrong at the end",
    "all in place, min after the start",
    "staleness p50, min",
    "p99",
    "max",
)
NOTE = (
    f"Plan: {PLAN} requests an hour. Medians of {ROUNDS} seeds, and between what they lay. The rivals look up and "
    "write one record for each message, and give a message up after five receives, unless a row says otherwise; they "
    "are spared the limits on bursts and on requests at once. Ours are the functions, called as Lambda calls "
    "them. *Floor*: ⌈changed ÷ 500⌉ × (look-ups + writes), if all came at once. *Given up*: messages in the "
    "dead-letter queue; with us, records that wait for a person, and say "
    "why. *Staleness*: from an edit with an effect until Xledger had it or a newer one. Records that Xledger refuses "
    "for good count as given up only."
)


def requests(say: Say) -> list[Table]:
    """Draws the picture, too."""
    pieces = [(load, DESIGNS[name], seed) for load in LOADS for name in DESIGNS for seed in _seeds(load)]
    pieces += [(PICTURED, PATIENT, seed) for seed in _seeds(PICTURED)]
    pieces.sort(
        key=lambda piece: piece[0] != "overload"
    )  # the longest first, so that no core waits at the end
    played = _play(pieces, say)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(_picture(played), encoding="utf-8")
    say(f"the picture is {PICTURE.relative_to(ROOT)}")
    return [Table("Requests to Xledger", COLUMNS, list(_rows(played)), NOTE)]


def _play(pieces: Sequence[Piece], say: Say) -> Played:
    played = Played()
    with closing(Workers()) as workers:
        for piece, result in workers.each(_played, pieces):
            played[piece] = result
            load, design, seed = piece
            say(f"{len(played)}/{len(pieces)} {load}, {design.name if design else OURS}, seed {seed}")
    return played


def _played(piece: Piece) -> Result:
    return play(*piece)


def _seeds(load: str) -> range:
    return range(1, ROUNDS + 1) if LOADS[load].is_random else range(1, 2)


def _rows(played: Played) -> list[list[str | Spread | None]]:
    rows: list[list[str | Spread | None]] = []
    for load in LOADS:
        rows.append([f"**{LOADS[load].what}**", *[None] * (len(COLUMNS) - 1)])
        designs = [*DESIGNS.values(), PATIENT] if load == PICTURED else DESIGNS.values()
        for design in designs:
            results = [played[load, design, seed] for seed in _seeds(load)]
            rows.append([design.name if design else OURS, *_figures(results)])
    return rows


def _figures(results: Sequence[Result]) -> list[Spread]:
    behind = [result.freshness for result in results]
    return [
        Spread.of(result.requests for result in results),
        Spread.of(result.floor for result in results),
        Spread.of(result.refused for result in results),
        Spread.of(result.dead for result in results),
        Spread.of(each.wrong for each in behind),
        Spread.of(each.done for each in behind),
        *(Spread.of(each.wait(share) for each in behind) for share in (0.5, 0.99, 1)),
    ]


def _picture(played: Played) -> str:
    designs: list[tuple[str, Design | None]] = [
        (OURS, None),
        (RETRIED.name, RETRIED),
        (DELAYED.name, DELAYED),
        (PATIENT.name, PATIENT),
    ]
    return draw([Line(name, played[PICTURED, design, 1].freshness.behind) for name, design in designs])
