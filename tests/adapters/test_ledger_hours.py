"""What was tried with a record is kept with it, and counted once for its hour."""

from dataclasses import replace
from datetime import datetime, timedelta

from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.ledger.hours import Count
from moment_xledger.domain.attempts import Attempt, Operation
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.records import Record, tried
from tests.adapters.ledgers import ledger as ledger
from tests.adapters.test_ledger_counts import a_record
from tests.builders import COMPANY
from tests.world import START

HOUR = timedelta(hours=1)


def carried(record: Record, when: datetime, number: int = 1) -> Record:
    return tried(
        record, Attempt(when, Operation.UPDATE, number, db_id=7), {"code": "P-1", "description": "Å"}
    )


def refused(record: Record, when: datetime, number: int = 1) -> Record:
    return tried(record, Attempt(when, Operation.ADD, number, words="No: «æøå»"), {"code": "P-1"})


def stored(ledger: Ledger, record: Record) -> Record:
    return ledger.records.get_many(COMPANY.id, [(Kind.PROJECT, record.id)])[Kind.PROJECT, record.id]


def test_what_was_tried_is_read_as_it_was_saved(ledger: Ledger) -> None:
    record = carried(refused(a_record(1), START), START + timedelta(microseconds=1), 2)
    ledger.records.save([(None, record)])
    assert stored(ledger, record).attempts == record.attempts


def test_each_attempt_counts_once_in_its_hour(ledger: Ledger) -> None:
    one, two = a_record(1), a_record(2)
    ledger.records.save([(None, carried(one, START)), (None, refused(two, START))])
    one = stored(ledger, one)
    ledger.records.save([(one, carried(one, START + HOUR, 2))])
    one = stored(ledger, one)
    ledger.records.save([(one, replace(one, suspect=True))])  # nothing was tried
    assert ledger.hours.since(COMPANY.id, START) == {
        (START, Kind.PROJECT): Count(carried=1, refused=1),
        (START + HOUR, Kind.PROJECT): Count(carried=1),
    }
    assert list(ledger.hours.since(COMPANY.id, START + HOUR)) == [(START + HOUR, Kind.PROJECT)]


def test_a_write_that_is_lost_counts_nothing(ledger: Ledger) -> None:
    record = carried(a_record(1), START)
    ledger.records.save([(None, record)])
    assert ledger.records.save([(None, record)]) == [record]
    assert ledger.hours.since(COMPANY.id, START) == {(START, Kind.PROJECT): Count(carried=1)}


def test_more_than_a_transaction_holds_are_all_counted(ledger: Ledger) -> None:
    ledger.records.save([(None, carried(a_record(number), START)) for number in range(1, 80)])
    assert ledger.hours.since(COMPANY.id, START) == {(START, Kind.PROJECT): Count(carried=79)}
