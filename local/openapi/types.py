"""What routes answer and take, as schemas: made from the very types that the console builds its answers by."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import TypeAdapter

from local.schemas import WithoutTitles

Schema = dict[str, Any]
Mode = Literal["serialization", "validation"]


def schemas(answered: Sequence[Any], taken: Sequence[Any]) -> tuple[dict[Any, Schema], dict[str, Schema]]:
    """A schema for each type, and the components that they point to."""
    modes: list[tuple[Any, Mode]] = [(each, "serialization") for each in answered]
    modes += [(each, "validation") for each in taken]
    found, components = TypeAdapter.json_schemas(
        [(each, mode, TypeAdapter(each)) for each, mode in modes],
        ref_template="#/components/schemas/{model}",
        schema_generator=WithoutTitles,
    )
    return {each: schema for (each, _), schema in found.items()}, components.get("$defs", {})
