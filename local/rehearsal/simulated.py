"""Xledger and Moment as they are simulated: what somebody does there, and how bad they are today."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import requests

from local.run.bodies import Body
from local.run.options import XLEDGER_PATH
from local.xledger.plan import Plan
from moment_xledger.adapters.xledger_graphql import document

# The company's, each in its time; the first is always good for somebody who works in Xledger.
TOKENS = ("token-of-the-rehearsal", "second-token-of-the-rehearsal", "third-token-of-the-rehearsal")
_TIMEOUT = 10


@dataclass(frozen=True)
class Xledger:
    url: str

    def plan(self, **changes: Any) -> None:
        """What it is like from now on."""
        requests.post(f"{self.url}/_plan", json=changes, timeout=_TIMEOUT).raise_for_status()

    def make_peace(self) -> None:
        """It fails no more, whatever it was told before, and takes every token that it was ever told of."""
        tokens = [{"token": each} for each in TOKENS]
        self.plan(**Plan().model_dump(exclude={"entities", "tokens", "soap"}), tokens=tokens)

    def customers(self, number: str) -> int:
        """How many it has of that number."""
        return sum(1 for each in self._seen()["customers"] if str(each["code"]) == number)

    def requests(self) -> int:
        """How often it was asked, ever."""
        return int(self._seen()["requests"]["total"])

    def make_customer(self, number: str) -> int:
        """By somebody there, who does not look whether there is one: its id."""
        company = self._ask("AddCompanies", {"code": number, "description": "Kari"})
        return self._ask(
            "AddCustomers", {"code": number, "description": "Kari", "company": {"dbId": company}}
        )

    def give_number(self, customer: int, number: str) -> None:
        self._ask("UpdateCustomers", {"dbId": customer, "code": number})

    def _seen(self) -> dict[str, Any]:
        return dict(requests.get(f"{self.url}/_state", timeout=_TIMEOUT).json())

    def _ask(self, operation: str, node: dict[str, Any]) -> int:
        """The id of what was made or changed."""
        variables = {"inputs": [{"clientId": "1", "node": node}]}
        answer = requests.post(
            self.url + XLEDGER_PATH,
            json={"query": document(operation), "variables": variables, "operationName": operation},
            headers={"Authorization": f"token {TOKENS[0]}"},
            timeout=_TIMEOUT,
        )
        field = operation[0].lower() + operation[1:]
        return int(answer.json()["data"][field]["edges"][0]["node"]["dbId"])


@dataclass(frozen=True)
class Moment:
    url: str

    def fail(self, *words: str) -> None:
        """The next requests, one each."""
        requests.post(f"{self.url}/_faults", data="\n".join(words), timeout=_TIMEOUT).raise_for_status()

    def tell(self, events: Iterable[Body]) -> None:
        """What it has from now on; its queue hears nothing."""
        text = "\n".join(each.text for each in events)
        requests.post(f"{self.url}/_events", data=text.encode(), timeout=_TIMEOUT).raise_for_status()
