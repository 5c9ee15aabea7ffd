"""Which lines an export should give, in Xledger's own filter language, with times as they stand on a Norwegian wall."""

from datetime import datetime

from moment_xledger.adapters.xledger_soap.assumed import assumed
from moment_xledger.domain.days import OSLO


def modified(after: datetime, until: datetime | None = None) -> str:
    """Lines changed later than `after`, and not later than `until`: a year can be asked for in windows."""
    known = assumed().filters
    limits = [(known["after"], after)] + ([(known["until"], until)] if until else [])
    return known["and"].join(
        f'[{known["column"]}] {comparison} "{instant.astimezone(OSLO):%Y-%m-%d %H:%M:%S}"'
        for comparison, instant in limits
    )
