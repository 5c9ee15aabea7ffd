"""A company's projects in Xledger, in our words on one side and in Xledger's on the other."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from moment_xledger.adapters.xledger_nodes import (
    Node,
    Sends,
    addition,
    asked_for,
    listed,
    nodes,
    own,
    owner_of,
    shown,
    update,
    written,
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
        answer = self._channel.read(
            "LookUpProjects",
            {**asked_for(records), **listed("customerCodes", spellings(customer_numbers))},
        )
        projects = [*nodes(answer.get("byId")), *nodes(answer.get("byCode"))]
        customers = [
            NumberedCustomer(int(node["dbId"]), str(node.get("code") or ""))
            for node in nodes(answer.get("customers"))
            if owner_of(node, self._owner_code).is_ours
        ]
        return Found([self._project(node) for node in projects], customers)

    def add(self, records: Sequence[Record]) -> Mapping[str, int]:
        inputs = [
            addition(record.client_id, _project(record) | _end(record) | own(self._owner_code))
            for record in records
        ]
        return written(self._channel, "AddProjects", inputs)

    def update(self, records: Sequence[tuple[Record, KnownProject]]) -> Mapping[str, int]:
        inputs = [
            update(
                record.client_id,
                known.db_id,
                _changed(record, known),
            )
            for record, known in records
        ]
        return written(self._channel, "UpdateProjects", inputs)

    def shown(self, record: Record) -> Fields:
        """What is sent of it, for people's eyes: its customer by the number."""
        project = _content(record)
        return shown(_project(record) | _end(record) | {"subledger": project.customer_number})

    def _project(self, node: Node) -> KnownProject:
        customer = (node.get("subledger") or {}).get("dbId")
        return KnownProject(
            int(node["dbId"]),
            str(node.get("code") or ""),
            owner_of(node, self._owner_code),
            node.get("description"),
            None if customer is None else int(customer),
            _date(node.get("fromDate")),
            _date(node.get("toDate")),
        )


def _content(record: Record) -> Project:
    project = record.content
    assert isinstance(project, Project)  # noqa: S101 the type checker's business
    return project


def _project(record: Record) -> Node:
    project = _content(record)
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
