"""The clients that are usual: a message is a look-up and a write. They differ in what becomes of a refused one.

They are spared what makes them worse in fact: one request goes at a time, so the limit on bursts is never met, and
messages come from the queue in the order in which they became visible.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from local.bench.load import Edit
from local.twins.world import TOKEN, World
from moment_xledger.domain.replies import Data, OutOfCredits, Reply


@dataclass(frozen=True)
class Design:
    """How long a message is hidden after a limit was met, and after any other failure; and how often a message may
    be received before it goes to the dead-letter queue."""

    name: str
    after_limit: timedelta
    after_failure: timedelta = timedelta(minutes=3)
    most_receipts: int = 5


RETRIED = Design("one by one, back in 3 minutes", after_limit=timedelta(minutes=3))
DELAYED = Design("one by one, back in an hour", after_limit=timedelta(hours=1))
PATIENT = replace(DELAYED, name="back in an hour, up to 1,000 times", most_receipts=1_000)


@dataclass
class OneByOne:
    world: World
    design: Design
    dead: int = 0

    def carry(self, edits: Sequence[Edit], until: datetime) -> None:
        queue = [(edit.at, order, 1, edit.event) for order, edit in enumerate(edits)]
        heapq.heapify(queue)
        while queue and self.world.time() < until:
            at, order, receipts, event = heapq.heappop(queue)
            self.world.time.now = max(self.world.time(), at)
            reply = _save(self.world, event["type"], event["data"])
            if isinstance(reply, Data):
                continue
            if receipts == self.design.most_receipts:
                self.dead += 1
            else:
                heapq.heappush(queue, (self.world.time() + self._hidden(reply), order, receipts + 1, event))

    def _hidden(self, reply: Reply) -> timedelta:
        is_limit = isinstance(reply, OutOfCredits)
        return self.design.after_limit if is_limit else self.design.after_failure


def _save(world: World, kind: str, data: Mapping[str, Any]) -> Reply:
    """The reply that ended it."""
    return (_save_project if "project" in kind else _save_customer)(world, data)


def _save_customer(world: World, data: Mapping[str, Any]) -> Reply:
    number, company_number = data["customerNumber"], data.get("organizationNumber")
    found = _ask(
        world,
        "LookUpCustomers",
        withIds=False,
        codes=[number],
        withCodes=True,
        withSince=False,
        companyNumbers=[company_number or ""],
        withCompanyNumbers=bool(company_number),
        companyCodes=[number],
        withCompanyCodes=not company_number,
    )
    if not isinstance(found, Data):
        return found
    node = {"code": number, "description": data["name"]}
    if known := _id(found, "byCode"):
        return _write(world, "UpdateCustomers", node | {"dbId": known})
    company = _id(found, "companiesByNumber") or _id(found, "companiesByCode")
    if company is None:
        own = {"companyNumber": company_number} if company_number else {"code": number}
        added = _write(world, "AddCompanies", {"description": data["name"], **own})
        if not isinstance(added, Data):
            return added
        company = _id(added, "addCompanies")
    return _write(world, "AddCustomers", node | {"company": {"dbId": company}})


def _save_project(world: World, data: Mapping[str, Any]) -> Reply:
    number = data["projectNumber"]
    found = _ask(
        world,
        "LookUpProjects",
        withIds=False,
        codes=[number],
        withCodes=True,
        withSince=False,
        withCustomerCodes=False,
    )
    if not isinstance(found, Data):
        return found
    node = {"code": number, "description": data["name"], "subledger": {"code": data["customerNumber"]}}
    if known := _id(found, "byCode"):
        return _write(world, "UpdateProjects", node | {"dbId": known})
    return _write(world, "AddProjects", node)


def _write(world: World, operation: str, node: Mapping[str, Any]) -> Reply:
    return _ask(world, operation, inputs=[{"clientId": "1", "node": node}])


def _ask(world: World, operation: str, **variables: Any) -> Reply:
    return world.xledger.ask(TOKEN, operation, variables)


def _id(reply: Data, connection: str) -> int | None:
    edges = (reply.fields.get(connection) or {}).get("edges") or []
    return int(edges[0]["node"]["dbId"]) if edges else None
