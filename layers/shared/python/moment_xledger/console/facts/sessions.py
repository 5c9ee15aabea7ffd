"""What Moment's back end is told when it asks to let a person in."""

from typing_extensions import TypedDict


class Offered(TypedDict):
    """A link for one person, good once and for five minutes: never log it."""

    url: str


class NotOffered(TypedDict):
    error: str
