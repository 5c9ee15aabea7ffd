"""What is new since the last digest."""

from datetime import UTC, datetime, timedelta

import pytest

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.notices import Told, digest
from moment_xledger.domain.problems import Code, Problem

MORNING = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # a Monday, 07:00 in Oslo
AFTERNOON = MORNING + timedelta(hours=6)


def seen(at: datetime) -> Problem:
    return Problem(CompanyId("nordvik"), "invoice", "10231", Code.KID_INVALID, {}, "", at, at)


@pytest.mark.parametrize(
    ("before", "is_told"),
    [
        pytest.param(timedelta(seconds=-1), True, id="since the digest"),
        pytest.param(timedelta(minutes=2), True, id="shortly before, so it may not have been stored by then"),
        pytest.param(timedelta(minutes=6), False, id="long before, so it was in it"),
    ],
)
def test_a_problem_that_may_have_missed_the_morning_is_told_in_the_afternoon(
    before: timedelta, is_told: bool
) -> None:
    told = Told(digest_at=MORNING, open_then=1)
    assert (digest([seen(MORNING - before)], told, AFTERNOON) is not None) is is_told
