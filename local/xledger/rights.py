"""A token's rights to types and their fields, besides those to root fields: `Country`, `Address.country`."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    default_field_resolver,
    get_named_type,
    visit,
)

from local.xledger.document import Shape, schema
from local.xledger.errors import NO_RIGHT, Refused, worded

Resolver = Callable[..., Any]


def is_of_types(denied: str) -> bool:
    """A type or one of its fields, where a root field begins with a small letter."""
    return denied[:1].isupper()


def no_right(what: str, how: str) -> GraphQLError:
    """`how`: a plan's `request_errors`."""
    return worded(Refused(f"{what}: The API token does not give the right to this.", NO_RIGHT), how)


@lru_cache(maxsize=256)
def denied_places(denied: tuple[str, ...]) -> frozenset[str]:
    """As `Type.field`; a type stands for every field that shows it."""
    wanted = {each for each in denied if is_of_types(each)}
    return frozenset(
        place
        for kind in schema().type_map.values()
        if not kind.name.startswith("__")
        for name, field in getattr(kind, "fields", {}).items()
        for place in (f"{kind.name}.{name}",)
        if place in wanted or (hasattr(field, "args") and get_named_type(field.type).name in wanted)
    )


@lru_cache(maxsize=256)
def asked_though_denied(document: DocumentNode, shape: Shape, denied: frozenset[str]) -> tuple[str, ...]:
    """The denied fields that a document names anywhere."""
    info = TypeInfo(schema(shape))
    found = _Found(info, denied)
    visit(document, TypeInfoVisitor(info, found))
    return tuple(found.places)


class _Found(Visitor):
    def __init__(self, info: TypeInfo, denied: frozenset[str]) -> None:
        super().__init__()
        self._info, self._denied = info, denied
        self.places: dict[str, None] = {}

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self._info.get_parent_type()
        place = f"{parent.name}.{node.name.value}" if parent else ""
        if place in self._denied:
            self.places[place] = None


def resolver(denied: frozenset[str], how: str, *, silently: bool) -> Resolver | None:
    """Fields without the right are null, with an error each or without."""
    if not denied:
        return None

    def resolve(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        place = f"{info.parent_type.name}.{info.field_name}"
        if place not in denied:
            return default_field_resolver(source, info, **arguments)
        if silently:
            return None
        raise no_right(place, how)

    return resolve
