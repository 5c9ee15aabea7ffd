"""The ledger: the truth about every company's records, invoices and exports, in one DynamoDB table."""

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger.audit import Audit
    from moment_xledger.adapters.ledger.companies import Companies
    from moment_xledger.adapters.ledger.connection_tests import ConnectionTests
    from moment_xledger.adapters.ledger.due import Due
    from moment_xledger.adapters.ledger.entities import Entities
    from moment_xledger.adapters.ledger.expenses import Expenses
    from moment_xledger.adapters.ledger.exports import Exports
    from moment_xledger.adapters.ledger.gates import Gates
    from moment_xledger.adapters.ledger.hours import Hours
    from moment_xledger.adapters.ledger.invoices import Invoices
    from moment_xledger.adapters.ledger.leavers import Leavers
    from moment_xledger.adapters.ledger.links import Links
    from moment_xledger.adapters.ledger.lookups import Lookups
    from moment_xledger.adapters.ledger.mails import Mails
    from moment_xledger.adapters.ledger.notices import Notices
    from moment_xledger.adapters.ledger.orders import Orders
    from moment_xledger.adapters.ledger.pauses import Pauses
    from moment_xledger.adapters.ledger.people import People
    from moment_xledger.adapters.ledger.probes import Probes
    from moment_xledger.adapters.ledger.problems import Problems
    from moment_xledger.adapters.ledger.reasons import Reasons
    from moment_xledger.adapters.ledger.reconciliations import Reconciliations
    from moment_xledger.adapters.ledger.records import Records
    from moment_xledger.adapters.ledger.references import References
    from moment_xledger.adapters.ledger.rules import Rules
    from moment_xledger.adapters.ledger.scheduled_runs import ScheduledRuns
    from moment_xledger.adapters.ledger.sessions import Sessions
    from moment_xledger.adapters.ledger.settings_history import SettingsHistory
    from moment_xledger.adapters.ledger.spending import Spending
    from moment_xledger.adapters.ledger.stops import Stops
    from moment_xledger.adapters.ledger.tallies import Tallies
    from moment_xledger.adapters.ledger.tellings import Tellings
    from moment_xledger.adapters.ledger.uploads import Uploads
    from moment_xledger.adapters.ledger.waits import Waits
    from moment_xledger.adapters.read_ahead import ReadAhead
    from moment_xledger.adapters.table import Key, Table


class Ledger:
    """Each part is a module of its name here, loaded when it is first asked for: no function needs more than a few."""

    companies: "Companies"
    records: "Records"
    due: "Due"
    gates: "Gates"
    invoices: "Invoices"
    exports: "Exports"
    tellings: "Tellings"
    uploads: "Uploads"
    mails: "Mails"
    expenses: "Expenses"
    leavers: "Leavers"
    links: "Links"
    people: "People"
    problems: "Problems"
    reasons: "Reasons"
    hours: "Hours"
    rules: "Rules"
    spending: "Spending"
    stops: "Stops"
    tallies: "Tallies"
    sessions: "Sessions"
    audit: "Audit"
    settings_history: "SettingsHistory"
    connection_tests: "ConnectionTests"
    probes: "Probes"
    references: "References"
    reconciliations: "Reconciliations"
    notices: "Notices"
    pauses: "Pauses"
    orders: "Orders"
    entities: "Entities"
    waits: "Waits"
    lookups: "Lookups"
    scheduled_runs: "ScheduledRuns"

    def __init__(self, table: "Table | ReadAhead") -> None:
        self._table = table

    def beforehand(self, keys: "Iterable[Key]") -> "Ledger":
        """For a page: this one, of which these items are read now, all in one go. It cannot be written to."""
        from moment_xledger.adapters.read_ahead import ReadAhead

        return Ledger(ReadAhead(self._table, keys))

    def __getattr__(self, name: str) -> Any:
        kind = type(self).__annotations__.get(name)
        if kind is None:
            raise AttributeError(f"the ledger has no part {name!r}")
        part = getattr(import_module(f"{__name__}.{name}"), kind)(self._table)
        setattr(self, name, part)
        return part
