"""Values that a newer release has written: while one is rolled out or withdrawn, two work on one table.

Such a value is kept as it is: it is none of the known ones, it is written back unchanged, and it is shown as it stands.
Where something would be done because of it, that is left to the release that knows it.
"""

import json
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import reduce
from itertools import product
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Value = TypeVar("Value", bound=StrEnum)
Model = TypeVar("Model", bound=BaseModel)


def as_stored(values: type[Value], text: str) -> Value:
    """The value of this text; one without a name of its own where this release does not know it."""
    try:
        return values(text)
    except ValueError:
        later = str.__new__(values, text)
        later._name_ = later._value_ = text
        return later


def is_known(value: StrEnum) -> bool:
    return any(value is each for each in type(value))


def are_known(values: type[StrEnum], texts: Iterable[str]) -> bool:
    known = set(map(str, values))
    return all(text in known for text in texts)


def model_as_stored(model: type[Model], text: str) -> Model:
    """`text` as JSON. Fields that this release does not have are passed over, and values that it does not know are
    kept as `as_stored` keeps them. Raises `ValidationError` for anything else."""
    try:
        return model.model_validate_json(text, extra="ignore")
    except ValidationError as error:
        faults = error.errors()
        if any(each["type"] != "enum" for each in faults):
            raise
        return _with_strange(model, text, faults)


def _with_strange(model: type[Model], text: str, faults: Sequence[Any]) -> Model:
    """A known value stands in for each while the rest is read: one with which the whole is in order."""
    stand_ins = [re.findall(r"'([^']*)'", each["ctx"]["expected"]) for each in faults]
    refused: ValidationError | None = None
    for chosen in product(*stand_ins):
        content = json.loads(text)
        for fault, value in zip(faults, chosen, strict=True):
            *way, field = fault["loc"]
            reduce(lambda at, step: at[step], way, content)[field] = value
        try:
            read = model.model_validate(content, extra="ignore")
        except ValidationError as error:
            refused = error
            continue
        for fault in faults:
            read = _put(read, tuple(fault["loc"]), fault["input"])
        return read
    assert refused is not None  # noqa: S101 -- every enum has a value
    raise refused


def _put(model: Model, place: tuple[Any, ...], value: str) -> Model:
    field, *rest = place
    now = getattr(model, field)
    put = _put(now, tuple(rest), value) if rest else as_stored(type(now), value)
    return model.model_copy(update={field: put})
