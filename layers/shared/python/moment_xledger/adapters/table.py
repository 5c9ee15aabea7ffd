"""The one DynamoDB table, in the few operations that the ledger needs.

Reads are consistent. Conditions are boto3's own `Attr(...)` expressions. A write of several actions is one
transaction of at most 100. Raises `Conflict` when a condition does not hold; anything else that DynamoDB refuses
goes up as it is.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from moment_xledger.domain.bookkeeping import LEAST_YEARS, kept_until
from moment_xledger.domain.errors import Conflict, KeyTooLong

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]
Key = tuple[str, str]  # pk, sk
DueKey = tuple[str, str, str]  # pk, sk, due_at

MOST_ACTIONS = 100  # of one transaction, a limit of DynamoDB's
MOST_KEYS = 100  # of one BatchGetItem
LONGEST_PK, LONGEST_SK = 2048, 1024  # bytes
# Seconds before what was not processed is asked for again, and before a transaction that met too much load is tried
# again: boto3 takes both for answers.
FIRST_PAUSE, LONGEST_PAUSE, MOST_PAUSES = 0.05, 2.0, 10
FIRST_PAUSE_OF_A_RACE, LONGEST_PAUSE_OF_A_RACE = (
    0.2,
    1.0,
)  # at most; before an item that others write is tried again
PAUSES_OF_A_WRITE = (0.2, 0.6, 1.8)


@dataclass(frozen=True)
class Put:
    """`books_of`: when it was made, of material of the books. It expires when these need not be kept any longer."""

    key: Key
    attributes: Mapping[str, Any]
    when: ConditionBase | None = None
    books_of: datetime | None = None


@dataclass(frozen=True)
class Update:
    """`set_once` leaves what is there; `add` counts up from nothing; `remove` names attributes; `books_of` as of a
    `Put`."""

    key: Key
    set: Mapping[str, Any] = field(default_factory=dict)
    set_once: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, int] = field(default_factory=dict)
    remove: Sequence[str] = ()
    when: ConditionBase | None = None
    books_of: datetime | None = None


@dataclass(frozen=True)
class Delete:
    key: Key
    when: ConditionBase | None = None


@dataclass(frozen=True)
class Check:
    """Only in a transaction: nothing is written unless this holds."""

    key: Key
    when: ConditionBase


Action = Put | Update | Delete | Check

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


class Table:
    """`books_years`: for how long the deployment keeps material of the books."""

    def __init__(
        self,
        client: "DynamoDBClient",
        name: str,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        *,
        books_years: int = LEAST_YEARS,
    ) -> None:
        self._client = client
        self._name = name
        self._books_years = books_years
        self._sleep, self._jitter = sleep, jitter

    def get(self, key: Key) -> Item | None:
        answer = self._client.get_item(TableName=self._name, Key=_key(key), ConsistentRead=True)
        return _item(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Those that exist. What DynamoDB leaves for later is asked for again, after pauses that grow while nothing
        comes; raises what it would say of a single read if nothing comes at all."""
        return self._get_many(keys, {})

    def get_parts(self, keys: Iterable[Key], attributes: Sequence[str]) -> dict[Key, Item]:
        """As `get_many`, of large items only these attributes: it costs as many read units, and less time."""
        names = {f"#{n}": name for n, name in enumerate(("pk", "sk", *attributes))}
        return self._get_many(
            keys, {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        )

    def _get_many(self, keys: Iterable[Key], how: Mapping[str, Any]) -> dict[Key, Item]:
        pauses = 0
        wanted = [_key(key) for key in dict.fromkeys(keys)]
        found: dict[Key, Item] = {}
        while wanted:
            now, wanted = wanted[:MOST_KEYS], wanted[MOST_KEYS:]
            request: Any = {"Keys": now, "ConsistentRead": True, **how}
            answer = self._client.batch_get_item(RequestItems={self._name: request})
            for item in map(_item, answer["Responses"].get(self._name, [])):
                found[item["pk"], item["sk"]] = item
            unprocessed: Any = answer.get("UnprocessedKeys", {})
            left = unprocessed.get(self._name, {}).get("Keys", [])
            wanted += left
            pauses = 0 if len(left) < len(now) else pauses + 1
            if pauses > MOST_PAUSES:
                raise ClientError(
                    {"Error": {"Code": "ProvisionedThroughputExceededException"}}, "BatchGetItem"
                )
            if left:
                self._sleep(min(FIRST_PAUSE * 2**pauses, LONGEST_PAUSE) * (0.5 + self._jitter() / 2))
        return found

    def query(
        self,
        pk: str,
        prefix: str = "",
        *,
        after: str = "",
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Iterator[Item]:
        """Items of one partition whose sk begins with `prefix` and comes behind `after`, by sk; read page by page."""
        check_key(pk, max(prefix, after, key=len))
        sought: dict[str, Any] = {
            "TableName": self._name,
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {":pk": {"S": pk}, ":prefix": {"S": prefix}},
            "ScanIndexForward": not newest_first,
        }
        if not prefix:
            sought["KeyConditionExpression"] = "pk = :pk"
            del sought["ExpressionAttributeValues"][":prefix"]
        if after:
            sought["ExclusiveStartKey"] = _key((pk, after))
        yield from self._pages(sought, limit)

    def due(self, shard: str, until: str, limit: int | None = None) -> Iterator[DueKey]:
        """Keys of what is due in a shard, and since when, earliest first. Eventually consistent: to find work, not to
        decide."""
        sought = {
            "TableName": self._name,
            "IndexName": "due",
            "KeyConditionExpression": "due = :shard AND due_at <= :until",
            "ExpressionAttributeValues": {":shard": {"S": shard}, ":until": {"S": until}},
            "ProjectionExpression": "pk, sk, due_at",
        }
        for item in self._pages(sought, limit):
            yield item["pk"], item["sk"], item["due_at"]

    def _pages(self, sought: dict[str, Any], limit: int | None) -> Iterator[Item]:
        left = limit
        while left is None or left > 0:
            page = self._client.query(**sought | ({} if left is None else {"Limit": left}))
            yield from map(_item, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            sought["ExclusiveStartKey"] = page["LastEvaluatedKey"]
            left = None if left is None else left - len(page["Items"])

    def pause(self, tries: int) -> None:
        """Before one more try, where others write the same item: at random, and longer each time, so that those who
        meet do not meet again."""
        self._sleep(self._jitter() * min(FIRST_PAUSE_OF_A_RACE * 2**tries, LONGEST_PAUSE_OF_A_RACE))

    def write(self, *actions: Action) -> None:
        """All of it or nothing. Raises `Conflict` with the positions of the actions whose condition failed."""
        for pause in (*PAUSES_OF_A_WRITE, None):
            try:
                self._write(actions)
            except ClientError as error:
                if pause is None or not _met_too_much_load(error):
                    raise _conflict(error) or error from error
                self._sleep(pause * (0.5 + self._jitter() / 2))
            else:
                return

    def _write(self, actions: Sequence[Action]) -> None:
        if len(actions) == 1 and not isinstance(actions[0], Check):
            self._write_one(actions[0])
        elif actions:
            items = [{_verb(action): self._request(action)} for action in actions]
            self._client.transact_write_items(TransactItems=items)  # type: ignore[arg-type]

    def _write_one(self, action: Put | Update | Delete) -> None:
        request = self._request(action)
        match action:
            case Put():
                self._client.put_item(**request)
            case Update():
                self._client.update_item(**request)
            case Delete():
                self._client.delete_item(**request)

    def _request(self, action: Action) -> dict[str, Any]:
        names: dict[str, str] = {}
        values: dict[str, Any] = {}
        request: dict[str, Any] = {"TableName": self._name}
        action = with_end(action, self._books_years)
        if isinstance(action, Put):
            item = {**action.attributes, **dict(zip(("pk", "sk"), action.key, strict=True))}
            request["Item"] = {name: _serialize(value) for name, value in item.items()}
        else:
            request["Key"] = _key(action.key)
        if isinstance(action, Update):
            request["UpdateExpression"] = _update_expression(action, names, values)
        if action.when is not None:
            built = ConditionExpressionBuilder().build_expression(action.when)
            request["ConditionExpression"] = built.condition_expression
            names |= built.attribute_name_placeholders
            values |= built.attribute_value_placeholders
        if names:
            request["ExpressionAttributeNames"] = names
        if values:
            request["ExpressionAttributeValues"] = {name: _serialize(value) for name, value in values.items()}
        return request


def with_end(action: Action, books_years: int) -> Action:
    """Of material of the books, with the time at which the table lets it go."""
    if isinstance(action, Delete | Check) or action.books_of is None:
        return action
    end = {"ttl": int(kept_until(action.books_of, books_years).timestamp())}
    if isinstance(action, Put):
        return replace(action, attributes={**action.attributes, **end})
    return replace(action, set={**action.set, **end})


def check_key(pk: str, sk: str) -> None:
    """Raises `KeyTooLong` where DynamoDB would refuse the key: it counts bytes, of which a letter may have four."""
    if len(pk.encode()) > LONGEST_PK or len(sk.encode()) > LONGEST_SK:
        raise KeyTooLong


def _key(key: Key) -> dict[str, Any]:
    check_key(*key)
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _item(item: Mapping[str, Any]) -> Item:
    return {name: _deserialize(value) for name, value in item.items()}


def _verb(action: Action) -> str:
    return "ConditionCheck" if isinstance(action, Check) else type(action).__name__


def _update_expression(action: Update, names: dict[str, str], values: dict[str, Any]) -> str:
    def name(attribute: str) -> str:
        return next((n for n, a in names.items() if a == attribute), None) or _remember(
            names, "#u", attribute
        )

    sets = [
        f"{name(attribute)} = {_remember(values, ':u', value)}" for attribute, value in action.set.items()
    ]
    sets += [
        f"{name(attribute)} = if_not_exists({name(attribute)}, {_remember(values, ':u', value)})"
        for attribute, value in action.set_once.items()
    ]
    adds = [f"{name(attribute)} {_remember(values, ':u', value)}" for attribute, value in action.add.items()]
    removes = [name(attribute) for attribute in action.remove]
    parts = (("SET", sets), ("ADD", adds), ("REMOVE", removes))
    return " ".join(f"{verb} {', '.join(clauses)}" for verb, clauses in parts if clauses)


def _remember(known: dict[str, Any], prefix: str, what: Any) -> str:
    placeholder = f"{prefix}{len(known)}"
    known[placeholder] = what
    return placeholder


# A transaction that meets another one at the same item is refused as a whole: to us the same as a failed condition.
_CONFLICTS = {"ConditionalCheckFailed", "TransactionConflict"}
_LOAD = {"ThrottlingError", "ProvisionedThroughputExceeded"}


def _conflict(error: ClientError) -> Conflict | None:
    match error.response["Error"]["Code"]:
        case "ConditionalCheckFailedException" | "TransactionConflictException":
            return Conflict((0,))
        case "TransactionCanceledException":
            codes = _reasons(error)
            at_fault = [position for position, code in enumerate(codes) if code in _CONFLICTS]
            others = set(codes) - _CONFLICTS - _LOAD - {"None"}
            return Conflict(at_fault) if at_fault and not others else None
    return None


def _met_too_much_load(error: ClientError) -> bool:
    """A transaction, none of whose conditions has failed. boto3 does not try it again, as it does a single write."""
    codes = _reasons(error)
    return not _LOAD.isdisjoint(codes) and _CONFLICTS.isdisjoint(codes)


def _reasons(error: ClientError) -> list[str]:
    """Of a transaction that was cancelled, by action; nothing for another error."""
    return [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])]
