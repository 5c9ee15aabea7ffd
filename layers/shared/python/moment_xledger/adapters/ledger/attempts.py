"""What was tried with a record, as text within its item: lists without names, to be small."""

import json
from collections.abc import Iterable

from moment_xledger.adapters.ledger import keys
from moment_xledger.domain.attempts import Attempt, Operation
from moment_xledger.domain.releases import as_stored


def as_text(attempts: Iterable[Attempt]) -> str:
    rows = [
        [keys.stamp(each.when), str(each.operation), each.version, each.db_id, each.words, dict(each.changed)]
        for each in attempts
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(keys.moment(when), as_stored(Operation, operation), version, changed, db_id, words)
        for when, operation, version, db_id, words, changed in json.loads(text)
    )
