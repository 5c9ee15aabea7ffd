"""A tour for each route by which invoices leave; at the end of the last one each function tries everything."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from local.aws import EmbeddedAws, Stack
from local.rights.tour import Tour
from local.rights.trials import calls, surprises
from local.rights.used import Rights, rights
from local.run.progress import Progress
from moment_xledger.domain.companies import Route


@dataclass
class Verdict:
    """`tried`: how many attempts there were to do something, of all functions together."""

    rights: dict[str, Rights] = field(default_factory=dict)
    tried: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def figures(self) -> str:
        used = sum(len(its.used) for its in self.rights.values())
        return (
            f"{len(self.rights)} functions used {used} rights on three tours, and tried {self.tried} "
            f"things, allowed or not: {len(self.wrong)} not as they should be"
        )

    def add(self, function: str, its: Rights) -> None:
        self.rights[function] = self.rights[function] | its if function in self.rights else its

    def lines(self) -> Iterator[str]:
        yield from self.wrong or ["Each function may do what it needs, and nothing else."]


def try_rights(progress: Progress) -> Verdict:
    verdict = Verdict()
    with tempfile.TemporaryDirectory(prefix="rights-") as folder:
        for route in (Route.UPLOAD, Route.EMAIL, Route.FILE):
            _take_tour(route, Path(folder) / route, verdict, progress)
    for function, its in verdict.rights.items():
        verdict.wrong += [f"{function} was refused {right}" for right in its.refused]
        for right in its.not_used:
            progress.step(f"granted, and not used on these tours: {function} {right}")
    return verdict


def _take_tour(route: Route, folder: Path, verdict: Verdict, progress: Progress) -> None:
    folder.mkdir()
    witness = folder / "witness"
    progress.step(f"a tour with the route {route}")
    tour = Tour(route, folder, witness, progress)

    def judge(aws: EmbeddedAws, stack: Stack) -> None:
        for function, its in rights(aws, stack, witness).items():
            verdict.add(function, its)
        if route is Route.FILE:
            progress.step("now each function tries everything")
            verdict.tried = len(stack.functions) * len(calls(stack))
            verdict.wrong += surprises(aws, stack)

    tour.take(judge)
    verdict.wrong += tour.wrong
