"""How the sample company's invoices leave, by route: what its administrator would fill out for each."""

from collections.abc import Mapping
from typing import Any

from local.xledger.plan import OWNER_CODE
from local.xledger.soap.plan import PASSWORD, USER
from moment_xledger.domain.companies import Route, SoapLogin

ROUTES = (Route.FILE, Route.EMAIL, Route.UPLOAD)
RECEPTION = "mb.00000@xledger.example"

# Xledger has an import ready for gl02b, whose vouchers can be seen to sum to zero.
SETTINGS: Mapping[Route, Mapping[str, Any]] = {
    Route.FILE: {},
    Route.EMAIL: {"reception_address": RECEPTION},
    Route.UPLOAD: {"owner_code": OWNER_CODE, "file": {"format": "gl02b"}},
}
LOGINS = {Route.UPLOAD: SoapLogin(USER, PASSWORD)}
