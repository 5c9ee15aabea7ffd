"""What the operations do. Each is given what was asked and returns its result."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from local.xledger.plan import Plan
from local.xledger.soap.description import Values
from local.xledger.soap.envelope import SoapFault
from local.xledger.soap.imports.register import Register
from local.xledger.soap.ledger.document import purchase_pdf
from local.xledger.soap.ledger.filters import tests
from local.xledger.soap.ledger.lines import Line
from local.xledger.soap.ledger.posted import PostedLedger, of_general_ledger, of_suppliers
from local.xledger.soap.logons import Logons
from local.xledger.soap.plan import UserPlan
from local.xledger.soap.uploads import NOT_TAKEN, Uploads
from local.xledger.state import Reach, State, chain_of
from local.xledger.times import CENTRAL_EUROPE
from local.xledger.vat import POSTED_AS

Operation = Callable[[Values], Any]


class Services:
    """Not safe for several threads, but for reading a result's lines, which may go on for long."""

    def __init__(self, plan: Plan, state: State, clock: Callable[[], datetime]) -> None:
        self.plan = plan
        self._state = state
        self.uploads = Uploads()
        self.ledger = PostedLedger(clock().astimezone(CENTRAL_EUROPE).date() - timedelta(days=1))
        self._logons = Logons(clock)
        self.operations: dict[str, Operation] = {
            "LogonKey": lambda asked: self._logons.new_key(self.plan.soap, asked),
            "LogonTicket": self._ticket,
            "LogonRoleAccess": self._has_role,
            "GetFileUploadEntityCodes": self._entity_codes,
            "AuthenticateConnection": self._is_authentic,
            "ReceiveScannerFile": self._receive_scanned,
            "ReceiveFile": self._receive,
            "GetGLTransactionsData": self._general_ledger,
            "GetSupplierTransactionsData": self._supplier_ledger,
            "GetAttachment": self._attachment,
        }

    def shown(self) -> dict[str, Any]:
        return self.uploads.shown() | {"ledger": self.ledger.shown(self.plan.soap.ledger)}

    def _user(self, asked: Values, operation: str) -> UserPlan:
        return self._logons.user_of(self.plan.soap, asked, operation)

    def _ticket(self, asked: Values) -> str:
        """Nothing here takes a ticket; what it opens at Xledger is not known."""
        return f"ticket-{self._user(asked, 'LogonTicket').userName}"

    def _has_role(self, asked: Values) -> bool:
        return asked["lRoleID"] in self._user(asked, "LogonRoleAccess").roles

    def _entity_codes(self, asked: Values) -> str:
        """Separated by commas (assumed). No user is named, so it is every entity's."""
        if asked["sApplication"] not in self.plan.soap.applications:
            raise SoapFault("Unknown application.")
        return ",".join(str(entity["ownerCode"]) for entity in self._state.entities)

    def _is_authentic(self, asked: Values) -> bool:
        try:
            self._user(asked, "AuthenticateConnection")
        except SoapFault:
            return False
        return True

    def _receive(self, asked: Values) -> int:
        register = self._register(asked, "ReceiveFile")
        if register is None:
            return NOT_TAKEN
        name, content = asked["sFileName"] or "", asked["aFile"] or b""
        return self.uploads.receive(name, content, asked["sImportCode"], register)

    def _receive_scanned(self, asked: Values) -> int:
        register = self._register(asked, "ReceiveScannerFile")
        if register is None:
            return NOT_TAKEN
        return self.uploads.receive_scanned(asked["sFileName"] or "", asked["aFile"] or b"", register)

    def _register(self, asked: Values, operation: str) -> Register | None:
        """None: the entity is unknown and the plan wants that told by a 0."""
        user = self._user(asked, operation)
        try:
            reach = self._reach(user, asked["iEntityCode"])
        except SoapFault:
            if self.plan.soap.unknown_entity == "zero":
                return None
            raise
        return Register(self._state, reach.above, reach.entity["ownerCode"], self.plan.soap)

    def _reach(self, user: UserPlan, owner_code: int) -> Reach:
        """Of the entity that was named, if the user's own is that or above it."""
        entities = self._state.entities.find("ownerCode", owner_code)
        own = self._state.entities.find("ownerCode", user.ownerCode or self.plan.entities[0].ownerCode)
        if not entities or own[0]["dbId"] not in chain_of(entities[0]):
            raise SoapFault(f"There is no entity {owner_code} that the user has access to.")
        return self._state.reach_from(entities[0])

    def _general_ledger(self, asked: Values) -> Iterator[Line]:
        chosen = self._chosen(asked, "GetGLTransactionsData")
        return of_general_ledger(chosen, self.plan.soap)

    def _supplier_ledger(self, asked: Values) -> Iterator[Line]:
        return of_suppliers(self._chosen(asked, "GetSupplierTransactionsData"), self.plan.soap)

    def _chosen(self, asked: Values, operation: str) -> Iterator[Line]:
        """The checks are made now, the lines when they are read."""
        lines = self._lines(self._user(asked, operation), asked)
        said, how = asked["sFilter"], self.plan.soap.filters
        if said and how == "refused":
            raise SoapFault("The filter is not valid.")
        if said and how == "no_lines":
            return iter(())
        wanted = tests(asked["sFreeText"], None if how == "ignored" else said, asked["eDataOption"])
        return (line for line in lines if all(test(line) for test in wanted))

    def _lines(self, user: UserPlan, asked: Values) -> Iterator[Line]:
        """An entity's, and those of the entities below it; the ledger is kept by one of them."""
        reach = self._reach(user, asked["iEntityCode"])
        keeper = self.plan.soap.ledger.ownerCode or self.plan.entities[0].ownerCode
        kept_by = self._state.entities.find("ownerCode", keeper)
        if not any(entity["dbId"] in reach.below for entity in kept_by):
            return iter(())
        return self.ledger.lines(self.plan.soap.ledger, POSTED_AS[self.plan.vat_codes])

    def _attachment(self, asked: Values) -> bytes:
        self._reach(self._user(asked, "GetAttachment"), asked["iEntityCode"])
        bought = self.ledger.bought(self.plan.soap.ledger, asked["lFileKey"])
        if bought is None:
            raise SoapFault(f"There is no file {asked['lFileKey']}.")
        return purchase_pdf(bought)
