"""What a probe has taught that has no other place in the ledger, by name: used until the next one says otherwise."""

from collections.abc import Mapping

COLUMN, NAME = "export.column.", "export.name."
INCLUDE, STATE = "moment.include.", "moment.project.state"
OPEN_WORDS = frozenset({"active", "inprogress", "open", "started"})
CLOSED_WORDS = frozenset({"closed", "completed", "finished", "done", "archived", "inactive", "cancelled"})


def columns_of(follows: Mapping[str, str]) -> Mapping[str, str]:
    """Columns of posted lines, in lower case, by the field that stands in them."""
    return {name.removeprefix(COLUMN): each for name, each in follows.items() if name.startswith(COLUMN)}


def names_of(follows: Mapping[str, str]) -> Mapping[str, str]:
    """Operations and fields of the Export service, by the names that are assumed."""
    return {name.removeprefix(NAME): each for name, each in follows.items() if name.startswith(NAME)}


def path_of(resource: str, follows: Mapping[str, str]) -> str:
    """A list of Moment's, with the parts that make its records whole."""
    include = follows.get(f"{INCLUDE}{resource}")
    return f"{resource}/include/{include}" if include else resource


def meaning_of(state: str) -> bool | None:
    """Whether a project with this word is open; None where that is not known."""
    word = "".join(letter for letter in state.casefold() if letter.isalnum())
    return True if word in OPEN_WORDS else False if word in CLOSED_WORDS else None


def with_active(project: Mapping[str, object], follows: Mapping[str, str]) -> Mapping[str, object]:
    """A project of Moment's with `active`, where another field says it."""
    field = follows.get(STATE)
    if field is None or "active" in project:
        return project
    active = meaning_of(str(project.get(field, "")))
    return project if active is None else {**project, "active": active}
