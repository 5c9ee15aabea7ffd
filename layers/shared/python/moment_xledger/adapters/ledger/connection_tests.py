"""The newest connection test of each company, for its settings page."""

from dataclasses import asdict

from moment_xledger.adapters.ledger import keys
from moment_xledger.adapters.table import Put, Table
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.connection_tests import Check, ConnectionTest, Outcome, Right
from moment_xledger.domain.releases import are_known


class ConnectionTests:
    def __init__(self, table: Table) -> None:
        self._table = table

    def save(self, company: CompanyId, test: ConnectionTest) -> None:
        checks = [{name: str(value) for name, value in asdict(check).items()} for check in test.checks]
        item = {"when": keys.stamp(test.when), "by": test.by, "checks": checks}
        self._table.write(Put(keys.connection_test(company), item))

    def newest(self, company: CompanyId) -> ConnectionTest | None:
        item = self._table.get(keys.connection_test(company))
        if item is None:
            return None
        checks = tuple(
            Check(Right(check["right"]), Outcome(check["outcome"]), check["why"])
            for check in item["checks"]
            if are_known(Right, [check["right"]]) and are_known(Outcome, [check["outcome"]])
        )
        return ConnectionTest(keys.moment(item["when"]), item["by"], checks)
