"""What needs a person."""

from datetime import datetime

from typing_extensions import TypedDict

from moment_xledger.domain.problem_choices import Choice
from moment_xledger.domain.problems import Code, Fixer


class ProblemFacts(TypedDict):
    """`their_words`: what Xledger said, for those who may read it. `way`: what trying again means."""

    kind: str
    number: str
    code: Code
    fixer: Fixer
    sentence: str
    their_words: str
    first_seen: datetime | None
    last_seen: datetime | None
    count: int
    way: str
    can_be_retried: bool
    can_be_skipped: bool
    can_be_chosen: bool


class ChoiceFacts(TypedDict):
    """One thing that a person can say. `given`: what to send with it, if anything."""

    choice: Choice
    given: str


class OneProblem(ProblemFacts):
    """With what a person can say about it. `about`: the numbers and ids that its sentence names."""

    about: dict[str, str]
    choices: list[ChoiceFacts]


class NotSkipped(OneProblem):
    """Why it was not: the reason that was given will not do."""

    error: str


class Heading(TypedDict):
    kind: str
    code: Code
    count: int
    fixer: Fixer
    can_be_retried: bool


class Group(Heading):
    """Problems of one kind for one reason, with some examples."""

    problems: list[ProblemFacts]


class Groups(TypedDict):
    """The commonest first; `total` counts also what is in none of them."""

    total: int
    groups: list[Group]


class OneGroup(Group):
    """`following`: what to send as `after` for the next ones."""

    following: str | None
