"""How long material of the books is kept: some years after the end of the accounting year in which it was made."""

from datetime import UTC, datetime

from moment_xledger.domain.days import day_in_oslo

LEAST_YEARS = 5  # primary documentation, and that of the audit trail (bokføringsloven § 13)


def kept_until(made: datetime, years: int = LEAST_YEARS) -> datetime:
    """The calendar year is taken for the accounting year; where that differs, the deployment keeps a year more."""
    return datetime(day_in_oslo(made).year + years + 1, 1, 1, tzinfo=UTC)
