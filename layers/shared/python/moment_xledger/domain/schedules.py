"""When an export is made by itself, and up to which invoice date."""

from datetime import date, timedelta

from moment_xledger.domain.companies import IssueLimit, Schedule


def latest_invoice_date(limit: IssueLimit, today: date) -> date | None:
    """As in Moment: through the last day of the previous month, through today, or no limit."""
    match limit:
        case IssueLimit.LAST_MONTH:
            return today.replace(day=1) - timedelta(days=1)
        case IssueLimit.TODAY:
            return today
        case IssueLimit.NONE:
            return None


def is_export_day(schedule: Schedule, today: date) -> bool:
    """Weekly is on Mondays, monthly on the first."""
    match schedule:
        case Schedule.DAILY:
            return True
        case Schedule.WEEKLY:
            return today.weekday() == 0
        case Schedule.MONTHLY:
            return today.day == 1
        case Schedule.BY_HAND:
            return False
