"""A company's projects in Xledger, in our words on one side and in Xledger's on the other."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from moment_xledger.adapters.xledger_nodes import (
    Node,
    Sends,
    added,
    asked_for,
    content_of,
    identity_of,
    listed,
    made_since,
    nodes,
    shown,
    updated,
)
from moment_xledger.domain.attempts import Fields
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.moment import Project
from moment_xledger.domain.numbers import spellings
from moment_xledger.domain.projects import Found, KnownProject, NumberedCustomer, tells_end, tells_start
from moment_xledger.domain.records import Record, project_end, project_start


class Projects:
    """Each call is one request, and raises as those of `Customers`."""

    def __init__(self, channel: Sends, entity: Entity) -> None:
        self._channel, self._owner_code = channel, entity.owner_code

    def look_up(self, records: Sequence[Record], customer_numbers: Iterable[str] = ()) -> Found:
        """`customer_numbers`: of customers that are kept in Xledger by hand."""
        asked = {**asked_for(records), **listed("customerCodes", spellings(customer_numbers))}
        answer = self._channel.read("LookUpProjects", asked)
        projects = [*nodes(answer.get("byId")), *nodes(answer.get("byCode"))]
        found = (identity_of(node, self._owner_code) for node in nodes(answer.get("customers")))
        customers = [NumberedCustomer(each.db_id, each.number) for each in found if each.owner.is_ours]
        made = made_since(answer.get("madeSince"), asked)
        return Found(
            [self._project(node) for node in projects], [self._project(node) for node in made], customers
        )

    def add(self, records: Sequence[Record]) -> Mapping[str, int]:
        made = {record.client_id: _project(record) | _end(record) for record in records}
        return added(self._channel, "AddProjects", made, self._owner_code)

    def update(self, records: Sequence[tuple[Record, KnownProject]]) -> Mapping[str, int]:
        changed = [(record, known.db_id, _changed(record, known)) for record, known in records]
        return updated(self._channel, "UpdateProjects", changed)

    def shown(self, record: Record) -> Fields:
        """What is sent of it, for people's eyes: its customer by the number."""
        project = content_of(record, Project)
        return shown(_project(record) | _end(record) | {"subledger": project.customer_number})

    def _project(self, node: Node) -> KnownProject:
        customer = (node.get("subledger") or {}).get("dbId")
        return KnownProject(
            *identity_of(node, self._owner_code),
            node.get("description"),
            None if customer is None else int(customer),
            _date(node.get("fromDate")),
            _date(node.get("toDate")),
        )


def _project(record: Record) -> Node:
    project = content_of(record, Project)
    return {
        "code": project.project_number,
        "description": project.name,
        "fromDate": _text(project_start(record)),
        "subledger": None if record.refers_to is None else {"dbId": record.refers_to},
    }


def _changed(record: Record, known: KnownProject) -> Node:
    node = _project(record) | (_end(record) if tells_end(record, known) else {})
    return node if tells_start(record, known) else {k: v for k, v in node.items() if k != "fromDate"}


def _end(record: Record) -> Node:
    return {"toDate": _text(project_end(record))}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None
