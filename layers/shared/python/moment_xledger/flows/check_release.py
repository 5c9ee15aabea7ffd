"""Before a new version of a function gets any work: tries it out, and tells CodeDeploy what came of it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol

from moment_xledger.domain.release_check import CallFailed, NoRoom, Version, probe

# Seconds between the tries of a version that Lambda has no room for.
PAUSES = (2, 4, 8, 16)


class Outcome(StrEnum):
    FINE = "fine"
    WRONG = "wrong"
    NO_ROOM = "no room"  # nothing is known against it, and the roll-out's alarms look on


class Releases(Protocol):
    def versions(self, deployment: str) -> list[Version]:
        """Those that this deployment would lead to."""

    def call(self, version: Version, event: Mapping[str, Any]) -> Any:
        """Raises `NoRoom` or `CallFailed`."""

    def tell(self, deployment: str, hook: str, *, is_good: bool) -> None: ...


def check_release(
    deployment: str, hook: str, releases: Releases, wait: Callable[[float], None]
) -> dict[str, str]:
    """What came of each function. Whatever cannot be found out is told as a failure: the version before it stays."""
    outcomes: dict[str, str] = {}
    is_good = False
    try:
        for version in releases.versions(deployment):
            outcomes[version.in_template] = _outcome(version, releases, wait)
        is_good = bool(outcomes) and Outcome.WRONG not in {each.split(":")[0] for each in outcomes.values()}
    finally:
        releases.tell(deployment, hook, is_good=is_good)
    return outcomes


def _outcome(version: Version, releases: Releases, wait: Callable[[float], None]) -> str:
    wanted = probe(version.in_template)
    for pause in (*PAUSES, None):
        try:
            answer = releases.call(version, wanted.event)
        except NoRoom:
            if pause is not None:
                wait(pause)
        except CallFailed as failed:
            return f"{Outcome.WRONG}: {failed}"
        else:
            return _judged(answer, wanted.is_right)
    return Outcome.NO_ROOM


def _judged(answer: Any, is_right: Callable[[Any], bool]) -> str:
    try:
        return Outcome.FINE if is_right(answer) else f"{Outcome.WRONG}: another answer"
    except (KeyError, TypeError):
        return f"{Outcome.WRONG}: no such answer"
