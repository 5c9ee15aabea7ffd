"""What whoever is refused gets to know: the same for every reason."""

from typing_extensions import TypedDict


class Refusal(TypedDict):
    error: str
    what_to_do: str
