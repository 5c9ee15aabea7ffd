"""Values that Xledger is known not to have, found before anything is sent."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from moment_xledger.domain.moment import Customer
from moment_xledger.domain.plans import Stopped
from moment_xledger.domain.problems import Code
from moment_xledger.domain.records import Record

KEPT = timedelta(days=3)  # a list of countries; it is read every night
SURELY = "NO"  # a list without Norway is no list of countries


def without_country(records: Iterable[Record], countries: Collection[str] | None) -> list[Stopped]:
    """Customers whose country is not in Xledger's list. One that was refused before is sent all the same: a person has
    asked for that, and the list may be older than what was corrected."""
    if not countries or SURELY not in countries:
        return []
    return [
        Stopped(record, Code.REFERENCE_NOT_FOUND, {"field": "country"})
        for record in records
        if not record.suspect and not record.is_in_step and _country(record) not in {None, *countries}
    ]


def _country(record: Record) -> str | None:
    return record.content.address.country_code if isinstance(record.content, Customer) else None
