"""Documents: read and checked once each, whoever sends them."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, cast

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
    specified_rules,
    validate,
)

from local.xledger.errors import BAD_REQUEST, WRONG_ARGUMENT, Refused
from local.xledger.scalars import give_scalars

ARGUMENT_RULE = "ValuesOfCorrectTypeRule"
MOST_TOKENS = 200_000  # 500 inputs written out in the text have some 50,000


@dataclass(frozen=True)
class Shape:
    """What a plan changes in the schema: fields, inputs and arguments that are missing, as `Type.field` or
    `Type.field.argument`, and how ids are written."""

    lacks: tuple[str, ...] = ()
    ids: Literal["mixed", "numbers", "strings"] = "mixed"
    id_filters: Literal["Int", "Int64String"] = "Int"


FULL = Shape()


def schema(shape: Shape = FULL) -> GraphQLSchema:
    """Its root fields get their resolvers in `resolvers`."""
    return _schema(shape)


@cache
def _schema(shape: Shape) -> GraphQLSchema:
    built = build_schema(files("local.xledger").joinpath("schema.graphql").read_text("utf-8"))
    give_scalars(built)
    for place in shape.lacks:
        holder, name = _holder(built, place)
        del holder[name]
    if shape.id_filters != "Int":
        _type_id_filters(built, shape.id_filters)
    if shape.ids != "mixed":
        _write_ids(built, "Int" if shape.ids == "numbers" else "Int64String")
    return built


def _write_ids(built: GraphQLSchema, scalar: str) -> None:
    for kind in built.type_map.values():
        for name, field in kind.fields.items() if isinstance(kind, GraphQLObjectType) else ():
            if name == "dbId" or name.endswith("DbId"):
                field.type = cast(GraphQLScalarType, built.type_map[scalar])


def _type_id_filters(built: GraphQLSchema, scalar: str) -> None:
    inner = GraphQLNonNull(cast(GraphQLScalarType, built.type_map[scalar]))
    for kind in built.type_map.values():
        if isinstance(kind, GraphQLInputObjectType) and "dbId_in" in kind.fields:
            kind.fields["dbId_in"].type = GraphQLList(inner)


def has_place(place: str) -> bool:
    """Whether the full schema has such a `Type.field` or `Type.field.argument`."""
    try:
        holder, name = _holder(schema(), place)
    except (KeyError, AttributeError):
        return False
    return name in holder


def _holder(built: GraphQLSchema, place: str) -> tuple[dict[str, Any], str]:
    kind, field, *argument = place.split(".", 2) if "." in place else (place, "")
    fields = cast(GraphQLObjectType, built.type_map[kind]).fields
    return (fields[field].args, argument[0]) if argument else (fields, field)


@dataclass(frozen=True)
class Operation:
    kind: str
    root_fields: list[str]


@lru_cache(maxsize=256)
def read_document(text: str, shape: Shape = FULL) -> DocumentNode | tuple[GraphQLError, ...]:
    """The document, or all that is wrong with it."""
    try:
        document = parse(text, no_location=False, max_tokens=MOST_TOKENS)
    except GraphQLError as problem:
        return (Refused(problem.message, "SYNTAX_ERROR"),)
    except RecursionError:
        return (Refused("The document is nested too deeply.", BAD_REQUEST),)
    if not validate(schema(shape), document):
        return document
    return tuple(_named_problems(document, shape))


def _named_problems(document: DocumentNode, shape: Shape) -> list[GraphQLError]:
    """The error's code is the rule that found it, which the engine does not tell: so each rule is asked."""
    problems: list[GraphQLError] = []
    for rule in specified_rules:
        code = WRONG_ARGUMENT if rule.__name__ == ARGUMENT_RULE else _code(rule.__name__)
        problems += [Refused(problem.message, code) for problem in validate(schema(shape), document, [rule])]
    return problems


def _code(rule: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", rule.removesuffix("Rule")).upper()


def chosen_operation(document: DocumentNode, name: str | None) -> Operation | None:
    """None if the document does not say which of several it means."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fitting = [node for node in operations if name is None or (node.name and node.name.value == name)]
    if len(fitting) != 1:
        return None
    selections = fitting[0].selection_set.selections
    return Operation(
        fitting[0].operation.value, [each.name.value for each in selections if isinstance(each, FieldNode)]
    )
