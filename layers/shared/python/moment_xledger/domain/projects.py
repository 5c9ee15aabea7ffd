"""Projects as Xledger has them. A project goes after its customer."""

from dataclasses import dataclass
from datetime import date

from moment_xledger.domain.moment import Project
from moment_xledger.domain.records import Record, project_end


@dataclass(frozen=True)
class KnownProject:
    db_id: int
    name: str | None
    customer_number: str | None
    from_date: date | None
    to_date: date | None

    def is_as_wanted(self, record: Record) -> bool:
        wanted = record.content
        return isinstance(wanted, Project) and (
            self.name,
            self.customer_number,
            self.from_date,
            self.to_date,
        ) == (
            wanted.name,
            wanted.customer_number,
            wanted.start_date,
            project_end(record),
        )
