"""What is known of the rules by which Xledger refuses records alike, by their group. It is read as long as the group
has a problem; what is left behind when that is over is written over by the next one.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Put, Table
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.likenesses import KnownRule, Limit
from moment_xledger.domain.replies import Refusal

MOST_FACTS = 100  # of a rule; fewer leave it the narrower


class Rules:
    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, company: CompanyId, kind: Kind, groups: Iterable[str]) -> list[KnownRule]:
        found = self._table.get_many(keys.rules(company, kind, group) for group in groups)
        return [_rule(each) for item in found.values() for each in json.loads(item["rules"])]

    def note(self, company: CompanyId, kind: Kind, group: str, rules: Sequence[KnownRule]) -> None:
        text = json.dumps([_shown(each) for each in rules], ensure_ascii=False)
        self._table.write(Put(keys.rules(company, kind, group), {"rules": text}))


def _shown(rule: KnownRule) -> dict[str, Any]:
    refusal = rule.refusal
    return {
        "answer": [refusal.message, refusal.code, refusal.field, refusal.value, refusal.key],
        "about": rule.about,
        "facts": sorted(rule.facts)[:MOST_FACTS],
        "limits": [[*limit.measure, limit.accepted, limit.refused] for limit in rule.limits],
    }


def _rule(shown: dict[str, Any]) -> KnownRule:
    facts = frozenset((field, what, value) for field, what, value in shown["facts"])
    limits = (Limit((field, what), accepted, refused) for field, what, accepted, refused in shown["limits"])
    return KnownRule(Refusal(*shown["answer"]), shown["about"], facts, tuple(limits))
