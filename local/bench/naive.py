"""The client that everybody writes first: one request for each message, and a refused one comes back in an hour."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local.bench.load import Edit
from local.twins.world import TOKEN, World
from moment_xledger.domain.replies import Data

HIDDEN = timedelta(hours=1)
MOST_RECEIPTS = 5  # then SQS moves a message to the dead-letter queue


@dataclass
class Naive:
    """What became of the messages. `stale`: customers that Xledger has in another version than the newest."""

    world: World
    dead: int = 0

    def carry(self, edits: Iterable[Edit], ids: dict[str, int]) -> None:
        """As a standard queue would hand them out: what is visible, by when it became so."""
        queue = [(edit.at, order, 1, edit.event["data"]) for order, edit in enumerate(edits)]
        heapq.heapify(queue)
        while queue:
            at, order, receipts, data = heapq.heappop(queue)
            self.world.time.now = max(self.world.time.now, at)
            if self._update(ids[data["customerNumber"]], data):
                continue
            if receipts == MOST_RECEIPTS:
                self.dead += 1
            else:
                heapq.heappush(queue, (self.world.time.now + HIDDEN, order, receipts + 1, data))

    def _update(self, db_id: int, data: dict[str, Any]) -> bool:
        node = {"dbId": db_id, "code": data["customerNumber"], "description": data["name"]}
        inputs = [{"clientId": str(data["id"]), "node": node}]
        return isinstance(self.world.xledger.ask(TOKEN, "UpdateCustomers", {"inputs": inputs}), Data)


def add_one_by_one(world: World, customers: int, projects: int) -> None:
    """Each with a look-up of its own before, as the vendor advises; customers also with their company."""
    ask = world.xledger.ask
    for n in range(customers):
        code = str(n)
        codes = {"codes": [code], "companyNumbers": [], "companyCodes": [code]}
        wanted = {"withCodes": True, "withCompanyNumbers": False, "withCompanyCodes": True}
        ask(TOKEN, "LookUpCustomers", codes | wanted)
        company = _added(
            ask(TOKEN, "AddCompanies", _one({"code": code, "description": code})), "addCompanies"
        )
        ask(TOKEN, "AddCustomers", _one({"code": code, "description": code, "company": {"dbId": company}}))
    for n in range(projects):
        ask(TOKEN, "LookUpProjects", {"codes": [f"P{n}"]})
        ask(TOKEN, "AddProjects", _one({"code": f"P{n}", "description": f"P{n}"}))


def _one(node: dict[str, Any]) -> dict[str, Any]:
    return {"inputs": [{"clientId": "1", "node": node}]}


def _added(reply: object, field: str) -> int:
    if not isinstance(reply, Data):
        raise TypeError(f"the simulator refused a plain request: {reply}")
    return int(reply.fields[field]["edges"][0]["node"]["dbId"])


def wrong_at_the_end(world: World, newest: dict[str, str]) -> int:
    held = {each["code"]: each["description"] for each in world.held("customers")}
    return sum(held.get(number) != name for number, name in newest.items())


def newest_names(edits: Iterable[Edit]) -> dict[str, str]:
    """The last of each customer; edits come in the order of their versions."""
    return {edit.event["data"]["customerNumber"]: edit.event["data"]["name"] for edit in edits}


def minutes(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds() / 60
