"""The ledger: the truth about every company's records, invoices and exports, in one DynamoDB table."""

from moment_xledger.adapters.ledger.audit import Audit
from moment_xledger.adapters.ledger.companies import Companies
from moment_xledger.adapters.ledger.connection_tests import ConnectionTests
from moment_xledger.adapters.ledger.due import Due
from moment_xledger.adapters.ledger.expenses import Expenses
from moment_xledger.adapters.ledger.exports import Exports
from moment_xledger.adapters.ledger.gates import Gates
from moment_xledger.adapters.ledger.hours import Hours
from moment_xledger.adapters.ledger.invoices import Invoices
from moment_xledger.adapters.ledger.links import Links
from moment_xledger.adapters.ledger.mails import Mails
from moment_xledger.adapters.ledger.notices import Notices
from moment_xledger.adapters.ledger.problems import Problems
from moment_xledger.adapters.ledger.reconciliations import Reconciliations
from moment_xledger.adapters.ledger.records import Records
from moment_xledger.adapters.ledger.references import References
from moment_xledger.adapters.ledger.sessions import Sessions
from moment_xledger.adapters.ledger.settings_history import SettingsHistory
from moment_xledger.adapters.ledger.tallies import Tallies
from moment_xledger.adapters.ledger.tellings import Tellings
from moment_xledger.adapters.ledger.uploads import Uploads
from moment_xledger.adapters.table import Table


class Ledger:
    def __init__(self, table: Table) -> None:
        self.companies = Companies(table)
        self.records = Records(table)
        self.due = Due(table)
        self.gates = Gates(table)
        self.invoices = Invoices(table)
        self.exports = Exports(table)
        self.tellings = Tellings(table)
        self.uploads = Uploads(table)
        self.mails = Mails(table)
        self.expenses = Expenses(table)
        self.links = Links(table)
        self.problems = Problems(table)
        self.hours = Hours(table)
        self.tallies = Tallies(table)
        self.sessions = Sessions(table)
        self.audit = Audit(table)
        self.settings_history = SettingsHistory(table)
        self.connection_tests = ConnectionTests(table)
        self.references = References(table)
        self.reconciliations = Reconciliations(table)
        self.notices = Notices(table)
