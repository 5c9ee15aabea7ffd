"""How the import of expenses goes."""

from datetime import datetime

from typing_extensions import TypedDict


class ExpensesFacts(TypedDict):
    """`in_moment`: lines that are expenses there, cancelled ones too. `waiting`: lines that go by themselves.
    `last_changes`: what the last run created, updated and cancelled in Moment."""

    is_on: bool
    in_moment: int
    waiting: int
    problems: int
    last_run: datetime | None
    last_run_finished: bool
    last_changes: dict[str, int]
