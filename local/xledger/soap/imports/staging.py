"""What GraphQL shows of an imported voucher: its lines while they are staged, its invoice once it is posted."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from local.xledger.soap.imports.layouts import Posting
from local.xledger.soap.imports.register import Register
from local.xledger.table import Record

RECEIVABLES = "1500"
FIRST_REG_NUMBER = 900_001
SOURCE = {"dbId": 797, "code": "AR", "description": "Accounts receivable"}
KINDS = {True: {"code": "CREDIT_MEMO", "name": "CREDIT_MEMO"}, False: {"code": "INVOICE", "name": "INVOICE"}}


class Staging:
    def __init__(self) -> None:
        self._reg_numbers = count(FIRST_REG_NUMBER)

    def stage(self, voucher: Sequence[Posting], register: Register) -> None:
        state, seconds = register.state, register.plan.import_posts_after_seconds
        owner = state.entities.find("ownerCode", register.owner_code)[0]
        now, number = state.now(), next(self._reg_numbers)
        posted = None if seconds is None else state.now(timedelta(seconds=seconds))
        for line in voucher:
            staged = {"trRegNumber": number, "visibleFrom": now, "visibleUntil": posted}
            staged["jobLevel"] = state.tables["systemValues"].find("kind", "JOB_LEVEL")[0]
            state.add("glImportItems", staged | _shown(line, line.amount), owner)
        owed = [line for line in voucher if line.account == RECEIVABLES and line.customer]
        if owed and posted is not None:
            total = sum((line.amount for line in owed), Decimal(0))
            entry = _shown(owed[0], total) | _posted(owed[0], number, total, register)
            state.add("arTransactions", entry | {"visibleFrom": posted, "visibleUntil": None}, owner)


def _shown(line: Posting, amount: Decimal) -> dict[str, Any]:
    day = line.invoice_date
    return {
        "invoiceNumber": line.invoice_no,
        "invoiceDate": f"{day[:4]}-{day[4:6]}-{day[6:]}",
        "amount": str(amount),
        "invoiceAmount": str(amount),
        "text": line.text,
        "transactionSource": SOURCE,
    }


def _posted(line: Posting, number: int, total: Decimal, register: Register) -> dict[str, Any]:
    return {
        "subledger": _customer(line.customer, register),
        "slTransactionType": KINDS[total < 0],
        "transactionHeader": {
            "dbId": number,
            "transactionNumber": number,
            "trRegNumber": number,
            "postedDate": register.state.today(),
            "transactionSource": SOURCE,
        },
    }


def _customer(code: str, register: Register) -> Record | None:
    found = register.state.tables["customers"].find("code", code)
    return next((each for each in found if each["ownerDbId"] in register.owners), None)
