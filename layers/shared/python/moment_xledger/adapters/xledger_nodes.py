"""Xledger's lists: what goes into one and what comes out of one, for customers, projects and legal companies alike.

At most 500 inputs, which is what Xledger takes. Fields and types: `local/xledger/schema.graphql`, with the evidence for
each. `edges` is null when nothing matches; ids come as numbers or as strings.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

from moment_xledger.domain.attempts import Fields
from moment_xledger.domain.days import OSLO
from moment_xledger.domain.errors import Rejected
from moment_xledger.domain.moment import Address, Saved
from moment_xledger.domain.numbers import spellings
from moment_xledger.domain.plans import Owner
from moment_xledger.domain.records import Record
from moment_xledger.domain.replies import Refusal

MOST_INPUTS = 500  # of one mutation (Xledger's help centre, article 8715787519634)
# Xledger's clock may be a quarter of an hour off (its own sample), and autumn repeats an hour of its wall time.
LOOK_BACK = timedelta(minutes=75)

Content = TypeVar("Content", bound=Saved)
Node = dict[str, Any]
Input = dict[str, Any]


class Sends(Protocol):
    def read(self, operation: str, variables: Mapping[str, Any]) -> Mapping[str, Any]: ...

    def write(self, operation: str, inputs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]: ...


def asked_for(records: Iterable[Record]) -> Mapping[str, Any]:
    """Variables of a look-up: records by the ids that are known, and all by their numbers, so that a second one with a
    number is seen, and one that was made again; also by the number of an add that was not answered, and what was made
    since it was sent. An empty `_in` is not sent: what it finds is not known."""
    records = list(records)
    unanswered = [each.added_at for each in records if each.db_id is None and each.added_at is not None]
    since = _wall_time(min(unanswered) - LOOK_BACK) if unanswered else None
    ids = [record.db_id for record in records if record.db_id is not None]
    numbers = [number for each in records for number in (each.number, each.doubted_number) if number]
    return {
        **listed("ids", ids),
        **listed("codes", spellings(numbers)),
        "since": since,
        "withSince": since is not None,
    }


def made_since(connection: Any, asked: Mapping[str, Any]) -> list[Node]:
    """Of those that were made or changed since. `asked`: the variables; times in Xledger sort as texts.

    None where more than 2,000 were, as in a first load: there what an add may have left is looked for by its number
    alone, and nobody waits for it.
    """
    if connection and connection["pageInfo"]["hasNextPage"]:
        return []
    return [node for node in nodes(connection) if str(node.get("createdAt") or "9") >= asked["since"]]


def _wall_time(at: datetime) -> str:
    """As Xledger writes and reads times: Central European, without an offset."""
    return at.astimezone(OSLO).strftime("%Y-%m-%dT%H:%M:%S")


def listed(name: str, values: Iterable[Any]) -> Mapping[str, Any]:
    """`$ids`, and `$withIds` for its `@include`."""
    found = list(dict.fromkeys(values))
    return {name: found, f"with{name[0].upper()}{name[1:]}": bool(found)}


def nodes(connection: Any) -> list[Node]:
    if not connection:
        return []
    if connection["pageInfo"]["hasNextPage"]:
        raise Rejected([Refusal("more than 10,000 records fit this question")])
    return [edge["node"] for edge in connection.get("edges") or []]


class Identity(NamedTuple):
    """What tells a record of Xledger from others."""

    db_id: int
    number: str
    owner: Owner


def identity_of(node: Node, owner_code: int) -> Identity:
    """`owner_code`: our entity's."""
    return Identity(int(node["dbId"]), str(node.get("code") or ""), owner_of(node, owner_code))


def content_of(record: Record, model: type[Content]) -> Content:
    """What Moment says of it, of the kind that this list is for."""
    content = record.content
    assert isinstance(content, model)  # noqa: S101 the type checker's business
    return content


def owner_of(node: Node, owner_code: int) -> Owner:
    """`owner_code`: our entity's."""
    owner = node.get("owner") or {}
    code = None if owner.get("ownerCode") is None else int(owner["ownerCode"])
    return Owner(code == owner_code, code, str(owner.get("description") or ""))


def added(channel: Sends, operation: str, nodes: Mapping[str, Node], owner_code: int) -> Mapping[str, int]:
    """`nodes`: by client id. They are to belong to our entity."""
    owner = {"owner": {"ownerCode": owner_code}}
    return written(channel, operation, [addition(id_, node | owner) for id_, node in nodes.items()])


def updated(channel: Sends, operation: str, nodes: Iterable[tuple[Record, int, Node]]) -> Mapping[str, int]:
    """Each with its id in Xledger."""
    inputs = [update(record.client_id, db_id, node) for record, db_id, node in nodes]
    return written(channel, operation, inputs)


def address_of(node: Node) -> Address:
    """Without the country, which not every record has in the same form."""
    address = node.get("address") or {}
    return Address.model_construct(
        street=address.get("streetAddress") or None,
        zip_code=address.get("zipCode") or None,
        place=address.get("place") or None,
    )


def addition(client_id: str, node: Node) -> Input:
    return {"clientId": client_id, "node": only_set(node)}


def update(client_id: str, db_id: int, node: Node) -> Input:
    """Null clears a field (assumed: the public material does not say). The number is never among the fields."""
    changes = {name: value for name, value in node.items() if name != "code"}
    return {"clientId": client_id, "node": {"dbId": db_id} | changes}


def written(channel: Sends, operation: str, inputs: Sequence[Input]) -> Mapping[str, int]:
    """Ids by client id, of those that the answer mentions. `operation` is named as its root field."""
    field = operation[0].lower() + operation[1:]
    try:
        answer = channel.write(operation, inputs)
    except Rejected as rejected:
        raise Rejected(rejected.refusals, _blamed(inputs, rejected.refusals)) from rejected
    edges = (answer.get(field) or {}).get("edges") or []
    return {edge["clientId"]: int(edge["node"]["dbId"]) for edge in edges if edge.get("node")}


def shown(node: Node) -> Fields:
    """For people's eyes; a reference by its code."""
    return {
        name: str(value["code"] if isinstance(value, dict) else value)
        for name, value in only_set(node).items()
        if value
    }


def only_set(node: Node) -> Node:
    return {name: value for name, value in node.items() if value is not None}


def _blamed(inputs: Sequence[Input], refusals: Sequence[Refusal]) -> dict[str, Refusal]:
    """The inputs that Xledger names by their place, or that hold the very value that it names in the very field."""
    placed = {
        inputs[refusal.position]["clientId"]: refusal
        for refusal in refusals
        if refusal.position is not None and refusal.position < len(inputs)
    }
    return placed | {
        each["clientId"]: refusal
        for refusal in refusals
        if refusal.field and refusal.value is not None
        for each in inputs
        if refusal.value in _values(each["node"].get(refusal.field.rpartition(".")[2]))
    }


def _values(reference: object) -> list[str]:
    return [str(value) for value in reference.values()] if isinstance(reference, dict) else [str(reference)]
