"""What the story of `belonging` has beside the usual one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from moment_xledger.domain.companies import CompanyId


@dataclass(frozen=True)
class Deed:
    """What a person does in Xledger to one record of a company; `is_ours`: what is made is that record again. `then`
    follows so much later."""

    at: timedelta
    order: Mapping[str, Any]
    owner_code: int
    is_ours: bool = False
    then: "Deed | None" = None


@dataclass(frozen=True)
class Belonging:
    """`identities`: Moment's id of the customer that each invoice, and each project, is of. `touched`: what people's
    hands or a swap have made doubtful: company, kind and number. `wishes`: what an administrator sets, in the order of
    time. `begins_as_demo`: the whole deployment speaks to another Xledger at first."""

    deeds: tuple[Deed, ...]
    wishes: Mapping[CompanyId, tuple[str, ...]]
    identities: dict[tuple[str, int | str], int]
    touched: set[tuple[str, str, str]]
    swap_at: timedelta
    begins_as_demo: bool
