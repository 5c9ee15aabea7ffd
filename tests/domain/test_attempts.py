"""What is remembered of the attempts at a record: the newest few, each with what it changed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from moment_xledger.domain.attempts import (
    LONGEST_VALUE,
    MOST,
    Attempt,
    Fields,
    Operation,
    with_all_sent,
    with_attempt,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FJORD = {"code": "10001", "description": "Fjord Bygg AS", "email": "post@fjordbygg.example"}


def an_attempt(version: int = 1, operation: Operation = Operation.UPDATE) -> Attempt:
    return Attempt(NOW + timedelta(minutes=version), operation, version, db_id=7)


def after(*sent: Fields | None) -> tuple[Attempt, ...]:
    attempts: tuple[Attempt, ...] = ()
    for version, each in enumerate(sent, start=1):
        attempts = with_attempt(attempts, an_attempt(version), each)
    return attempts


def test_the_first_has_all_that_was_sent_and_the_next_only_what_changed() -> None:
    first, second = after(FJORD, FJORD | {"description": "Fjord og Fjell AS"})
    assert (first.changed, second.changed) == (FJORD, {"description": "Fjord og Fjell AS"})


def test_a_field_that_was_emptied_is_a_change() -> None:
    *_, last = after(FJORD, {"code": "10001", "description": "Fjord Bygg AS"})
    assert last.changed == {"email": ""}


def test_where_nothing_was_sent_nothing_changed() -> None:
    assert [each.changed for each in after(None, FJORD, None, FJORD)] == [{}, FJORD, {}, {}]


def test_the_same_attempt_again_is_one() -> None:
    once = after(FJORD)
    assert with_attempt(once, an_attempt(1), FJORD) == once


def test_a_long_value_is_cut() -> None:
    (one,) = after({"description": "x" * 500})
    assert one.changed == {"description": "x" * (LONGEST_VALUE - 1) + "…"}


VALUES = st.dictionaries(st.sampled_from(["code", "description", "email"]), st.sampled_from(["", "a", "b"]))


@given(st.lists(st.none() | VALUES, max_size=3 * MOST))
def test_the_newest_are_kept_and_of_each_is_known_all_that_was_sent(sent: list[Fields | None]) -> None:
    attempts = after(*sent)
    assert [each.version for each in attempts] == list(range(1, len(sent) + 1))[-MOST:]
    known: list[Fields] = [{}]
    for each in sent:
        known.append(known[-1] if each is None else {name: value for name, value in each.items() if value})
    assert [all_sent for _, all_sent in with_all_sent(attempts)] == known[1:][-MOST:]
