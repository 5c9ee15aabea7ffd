"""Asks a simulated Xledger as any client would, at a time that the test chooses."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from local.xledger.answering import Answer
from local.xledger.engine import Xledger
from local.xledger.plan import TOKEN, parse_plan

ADD_COMPANIES = """mutation AddCompanies($inputs: [AddCompaniesInput!]!) {
  addCompanies(inputs: $inputs) { edges { clientId node { dbId } } } }"""
ADD_CUSTOMERS = """mutation AddCustomers($inputs: [AddCustomersInput!]!) {
  addCustomers(inputs: $inputs) { edges { clientId node { dbId code } } } }"""
UPDATE_CUSTOMERS = """mutation UpdateCustomers($inputs: [UpdateCustomersInput!]!) {
  updateCustomers(inputs: $inputs) { edges { clientId node { dbId code } } } }"""
ADD_PROJECTS = """mutation AddProjects($inputs: [AddProjectsInput!]!) {
  addProjects(inputs: $inputs) { edges { clientId node { dbId code } } } }"""

UNLIMITED = {"burst": None, "credits_per_hour": None, "concurrency": None}


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 23, 9, 15, 3, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@dataclass
class Caller:
    plan: dict[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    headers: dict[str, str] = field(default_factory=lambda: {"Authorization": f"token {TOKEN}"})

    def __post_init__(self) -> None:
        self.xledger = Xledger(parse_plan(self.plan), clock=self.clock)

    def send(self, document: str, operation: str | None = None, /, **variables: Any) -> Answer:
        content = {"query": document, "variables": variables, "operationName": operation}
        return self.xledger.answer("/graphql", self.headers, json.dumps(content).encode())

    def ask(self, document: str, /, **variables: Any) -> Any:
        """The content of an answer, whatever it is."""
        return json.loads(self.send(document, **variables).body)

    def data(self, document: str, /, **variables: Any) -> Any:
        """The data of an answer without errors."""
        content = self.ask(document, **variables)
        assert "errors" not in content, content
        return content["data"]

    def error(self, document: str, /, **variables: Any) -> Any:
        """The only error of an answer without data."""
        content = self.ask(document, **variables)
        assert content["data"] is None
        assert len(content["errors"]) == 1, content
        return content["errors"][0]

    def add(self, document: str, *nodes: dict[str, Any]) -> list[int]:
        """The dbIds of what was added."""
        answer = self.data(document, inputs=[{"node": node} for node in nodes])
        return [edge["node"]["dbId"] for connection in answer.values() for edge in connection["edges"]]

    def add_customers(self, *codes: str, **fields: Any) -> list[int]:
        company = self.add(ADD_COMPANIES, {"description": "Fjord Bygg AS"})[0]
        nodes = [customer(code, company) | fields for code in codes]
        return self.add(ADD_CUSTOMERS, *nodes)

    def codes(self, table: str) -> list[str]:
        return [record["code"] for record in self.xledger.seen()[table]]


def customer(code: str, company: int) -> dict[str, Any]:
    return {"code": code, "description": f"Kunde {code}", "company": {"dbId": company}}


def unlimited(**plan: Any) -> Caller:
    return Caller({**UNLIMITED, **plan})
