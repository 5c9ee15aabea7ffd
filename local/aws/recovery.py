"""
What the emulator's DynamoDB lacks of recovery.

It restores a table to the present, whatever moment is named; here each write is noted, and undone back to that moment.
And it lets a table go without a trace, where AWS keeps a backup of one that had point-in-time recovery.
"""

import json
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Write:
    when: float
    key: tuple[str, str]
    before: dict[str, Any] | None  # the emulator never changes an item in place


def teach(dynamodb: Any) -> None:
    """`dynamodb` is the module in which the emulator keeps its tables."""
    writes: dict[str, list[Write]] = defaultdict(list)
    _note_each_write(dynamodb, writes)
    _restore_to_the_moment(dynamodb, writes)
    _keep_what_is_deleted(dynamodb)


def _note_each_write(dynamodb: Any, writes: dict[str, list[Write]]) -> None:
    set_item, remove_item = dynamodb._set_item, dynamodb._remove_item

    def note(table: Any, key: tuple[str, str], before: Any) -> Any:
        if _is_recoverable(dynamodb, table["TableName"]):
            writes[table["TableArn"]].append(Write(time.time(), key, before))
        return before

    dynamodb._set_item = lambda table, pk, sk, item: note(table, (pk, sk), set_item(table, pk, sk, item))
    dynamodb._remove_item = lambda table, pk, sk: note(table, (pk, sk), remove_item(table, pk, sk))


def _restore_to_the_moment(dynamodb: Any, writes: dict[str, list[Write]]) -> None:
    restore = dynamodb._restore_table_to_point_in_time

    def restored(asked: dict[str, Any]) -> Answer:
        """Nothing is written between the copy and its being taken back: the emulator answers one at a time."""
        moment = float(asked.get("RestoreDateTime") or time.time())
        source = dynamodb._tables.get(asked.get("SourceTableName"))
        if source and not _is_recoverable(dynamodb, asked["SourceTableName"]):
            return _refused(dynamodb, "PointInTimeRecoveryUnavailableException", "It is not switched on.")
        if moment > time.time():
            return _refused(dynamodb, "InvalidRestoreTimeException", "That moment is still to come.")
        answer: Answer = restore(asked)
        if answer[0] == 200 and source:
            copy = dynamodb._tables[asked["TargetTableName"]]
            _take_back(copy["items"], [each for each in writes[source["TableArn"]] if each.when > moment])
            dynamodb._items_replaced(copy)
        return answer

    dynamodb._restore_table_to_point_in_time = restored


def _take_back(items: dict[str, dict[str, Any]], writes: list[Write]) -> None:
    for write in reversed(writes):
        pk, sk = write.key
        items.setdefault(pk, {})
        if write.before is None:
            items[pk].pop(sk, None)
        else:
            items[pk][sk] = write.before


def _keep_what_is_deleted(dynamodb: Any) -> None:
    delete = dynamodb._delete_table

    def deleted(asked: dict[str, Any]) -> Answer:
        name, kept = asked["TableName"], None
        if name in dynamodb._tables and _is_recoverable(dynamodb, name):
            made = dynamodb._create_backup({"TableName": name, "BackupName": f"{name}$DeletedTableBackup"})
            kept = json.loads(made[2])["BackupDetails"]["BackupArn"]
            dynamodb._backups[kept]["BackupDetails"]["BackupType"] = "SYSTEM"
        answer: Answer = delete(asked)
        if answer[0] != 200 and kept:
            del dynamodb._backups[kept]
        return answer

    dynamodb._delete_table = deleted


def _is_recoverable(dynamodb: Any, table: str) -> bool:
    return bool(dynamodb._pitr_settings.get(table))


def _refused(dynamodb: Any, code: str, sentence: str) -> Answer:
    answer: Answer = dynamodb.error_response_json(code, sentence, 400)
    return answer
