"""What Moment's records are, and how they are called on both sides: all that most functions need to know of them."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field


class Kind(StrEnum):
    """The kinds of record that are kept in step with Xledger."""

    CUSTOMER = "customer"
    PROJECT = "project"


# Customer, project and VAT codes go into files and references unquoted.
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9ÆØÅæøå._/-]{1,25}$")]
