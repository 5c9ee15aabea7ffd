"""Events that Moment publishes while something is wrong."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from local.run.bodies import Body
from local.run.books import COMPANY

A_FORTNIGHT = timedelta(days=14)
_numbers = itertools.count(70001)  # none of the sample's


def a_customer(number: str = "", version: int = 1) -> Body:
    """A private person, whom Xledger does not know yet."""
    number = number or str(next(_numbers))
    data = {"id": int(number), "version": version, "customerNumber": number, "name": f"Kari Nr. {number}"}
    return _saved("customer", data)


def of_customer(invoice: Body, customer: str) -> Body:
    """The same invoice to somebody else."""
    document = invoice.document()
    named = {"customerNumber": customer, "name": f"Kari Nr. {customer}"}
    return _body(document | {"data": document["data"] | {"customer": named}})


def number_of(event: Body) -> str:
    data = event.document()["data"]
    return str(data.get("customerNumber") or data["invoiceNumber"])


def finalized_today(invoice: Body) -> Body:
    """A night looks some days back, and at no invoice that is older than our work for the company."""
    now, document = datetime.now(UTC), invoice.document()
    dates = {"invoiceDate": str(now.date()), "dueDate": str(now.date() + A_FORTNIGHT)}
    return _body(document | {"time": now.isoformat(), "data": document["data"] | dates})


def _saved(kind: str, data: dict[str, Any]) -> Body:
    return _body(
        {
            "specversion": "1.0",
            "id": f"{kind}-{data['id']}-{data['version']}",
            "source": "moment",
            "type": f"team.moment.{kind}.saved",
            "time": datetime.now(UTC).isoformat(),
            "subject": f"{kind}s/{data['id']}",
            "momentcompany": COMPANY,
            "datacontenttype": "application/json",
            "data": data,
        }
    )


def _body(document: dict[str, Any]) -> Body:
    return Body(json.dumps(document, ensure_ascii=False), str(document["id"]))
