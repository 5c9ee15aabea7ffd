"""What Moment's records are, and how they are called on both sides: all that most functions need to know of them."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field


class Kind(StrEnum):
    """The kinds of record that are kept in step with Xledger."""

    CUSTOMER = "customer"
    PROJECT = "project"


def _as_typed(value: object) -> object:
    """A no-break space, which copying from a page brings along, is a space."""
    return value.replace("\u00a0", " ").strip() if isinstance(value, str) else value


def _is_visible(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must have only visible characters")
    return text


# Customer, project and VAT codes as people make them up: blanks, colons and letters of any language are theirs to use.
# A file format that cannot hold one holds that invoice back. `#` separates the parts of the ledger's keys, `;` columns.
Code = Annotated[
    str,
    Field(pattern=r'^[^#;"\x00-\x1f\x7f]{1,25}$'),
    AfterValidator(_is_visible),
    BeforeValidator(_as_typed),
]
