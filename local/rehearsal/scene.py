"""One entry being carried out: its commands are typed as they are written, and none may be left untyped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.rehearsal.missing import missing
from local.rehearsal.people import Person
from local.rehearsal.runbook import Entry
from local.rehearsal.shell import Said
from local.rehearsal.stage import NotAsWritten, Stage
from local.run.books import COMPANY
from local.serve.doors import sign_in_links
from moment_xledger.domain.sessions import Role


@dataclass
class Scene:
    entry: Entry
    stage: Stage
    # What of it the embedded AWS cannot do, a sentence each.
    not_here: list[str] = field(default_factory=list)
    _typed: set[str] = field(default_factory=set)

    def type(
        self, begins: str, fill: Mapping[str, str] | None = None, *, keyboard: str = "", fails: bool = False
    ) -> Said:
        """The entry's one command that begins so. `fill` puts in what its reader must; `fails` where that is right."""
        command = self._written(begins)
        self._typed.add(command)
        line = command
        for blank, value in (fill or {}).items():
            self.check(blank in line, f"there is no {blank} to fill out in: {command}")
            line = line.replace(blank, value)
        said = self.stage.shell.run(line, keyboard)
        if why := missing(command):
            self.check(said.status, f"works here by now, so `missing.py` is to forget it: {command}")
            self.not_here.append(f"`{command.partition(' --')[0]}`: {why}")
        else:
            self.check(bool(said.status) is fails, f"ended with {said.status}: {line}: {said.last}")
        return said

    def _written(self, begins: str) -> str:
        found = [command for command in self.entry.commands if command.startswith(begins)]
        exactly = [command for command in found if command == begins]
        if len(exactly or found) != 1:
            raise NotAsWritten(f"{len(found)} commands of the entry begin with: {begins}")
        return (exactly or found)[0]

    def check(self, true: Any, what: str) -> None:
        if not true:
            raise NotAsWritten(what)

    def cannot(self, sentence: str) -> None:
        self.not_here.append(sentence)

    def somebody(self, role: Role) -> Person:
        return signed_in(role, self.stage)

    def check_that_nothing_is_left(self) -> None:
        for command in self.entry.commands:
            self.check(command in self._typed, f"nobody typed: {command}")


def signed_in(role: Role, stage: Stage) -> Person:
    """Somebody who has just come into the console."""
    return Person(sign_in_links(stage.aws, stage.stack, COMPANY)[role], stage.aws.url)
