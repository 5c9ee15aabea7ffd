"""
Xledger without a network: a request's headers and body in, the answer and how it should be delivered out.

Time is an argument, so a simulation can let hours pass, and nothing here sleeps.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from threading import RLock
from typing import Any, Literal

from graphql import DocumentNode, ExecutionResult, execute

from local.xledger.answering import (
    Answer,
    answer_barred,
    answer_errors,
    answer_page,
    answer_result,
    delivered,
)
from local.xledger.counting import Counts
from local.xledger.errors import BAD_TOKEN, INVALID_VALUE, TIMED_OUT, OverLimit, Refused, worded
from local.xledger.faults import Faults, Met
from local.xledger.hands import Hands
from local.xledger.limits import Allowance
from local.xledger.plan import Plan, PlanError, TokenPlan, parse_plan
from local.xledger.request import Request, read_request
from local.xledger.resolvers import Asked, served_schema
from local.xledger.rights import asked_though_denied, denied_places, no_right, resolver
from local.xledger.show import show_state
from local.xledger.soap.front import Soap
from local.xledger.state import State
from local.xledger.times import now_in_utc

PATH = "/graphql"
# Settings of what it holds, which cannot change while it runs.
KEPT_FROM_THE_START = (
    *(
        "entities",
        "slot_name",
        "vat_codes",
        "zero_rates_have_rows",
        "codes",
        "codes_match",
        "company_numbers",
    ),
)
TOKEN = re.compile(r"token ([A-Za-z0-9_\-]+=*)")


class Xledger:
    """Many threads may call it. `next_faults` are met by the next requests they fit, one each."""

    def __init__(self, plan: Plan | None = None, *, clock: Callable[[], datetime] = now_in_utc) -> None:
        self.plan = plan or Plan()
        self.state = State(self.plan, clock)
        self._clock = clock
        self._faults = Faults(self.plan.seed)
        self.next_faults = self._faults.ordered
        self._allowances: defaultdict[str, Allowance] = defaultdict(Allowance)
        self._counts = Counts()
        self._one_at_a_time = RLock()
        self.hands = Hands(self.state, self._one_at_a_time)
        self.soap = Soap(self.plan, self.state, clock, self._one_at_a_time)

    @contextmanager
    def in_flight(self, headers: Mapping[str, str]) -> Iterator[None]:
        """Around a request from its arrival to its answer; without it, none count as concurrent."""
        with self._one_at_a_time:
            allowance = self._allowances[_authorization(headers)]
            allowance.in_flight += 1
        try:
            yield
        finally:
            with self._one_at_a_time:
                allowance.in_flight -= 1

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if path != PATH:
            return Answer(404, b"")
        authorization = _authorization(headers)
        request = read_request(body, self.plan.shape(self._known(authorization)))
        with self._one_at_a_time:
            self._counts.asked(request.counted_as, self._clock())
            if self.plan.gateway != "absent":
                return answer_barred(self.plan.gateway_status, self.plan.gateway)
            try:
                token = self._token(authorization)
            except Refused as refusal:
                status, how = self.plan.token_error_status, self.plan.token_error_body
                return answer_errors(status, [refusal]) if how == "errors" else answer_barred(status, how)
            allowance = self._allowances[authorization]
            try:
                allowance.admit(self._cost(request), self.plan, self._clock())
            except OverLimit as refusal:
                self._counts.refused(self._clock())
                return answer_errors(self.plan.error_status, [refusal])
            met = self._faults.meet(self.plan, request.kind, request.root_fields)
            return delivered(self._answer_admitted(request, token, allowance, met), met)

    def replan(self, changes: Mapping[str, Any]) -> None:
        """Other limits, faults or tokens from now on; what has been counted and written stays."""
        soap = changes.get("soap")
        if isinstance(soap, Mapping):
            changes = {**changes, "soap": self.plan.soap.model_dump() | dict(soap)}
        changed = parse_plan(self.plan.model_dump() | dict(changes))
        for name in KEPT_FROM_THE_START:
            if getattr(changed, name) != getattr(self.plan, name):
                raise PlanError(f"{name}: This cannot change while it runs; start anew.")
        with self._one_at_a_time:
            if changed.seed != self.plan.seed:
                self._faults.seed(changed.seed)
            self.plan = changed
            self.soap.replan(changed)
            if isinstance(soap, Mapping) and "scheduled" in soap:
                self.soap.schedule(changed.soap.scheduled)

    def post_lines(self, request: Any) -> None:
        """Into the ledger that the SOAP services read; `NotALine` says what is wrong with them."""
        with self._one_at_a_time:
            self.soap.ledger.put(request)

    def remove(self, kind: Literal["companies", "customers", "projects"], db_id: int) -> None:
        """As a person does in Xledger's own pages. No such record: KeyError."""
        with self._one_at_a_time:
            record = self.state.tables[kind].get(db_id)
            if record is None:
                raise KeyError(db_id)
            self.state.remove(kind, record)

    def seen(self) -> dict[str, Any]:
        """What it holds and has been asked; costs nothing and counts as nothing."""
        with self._one_at_a_time:
            return show_state(self.state) | {"requests": self._counts.shown()} | self.soap.seen()

    def _token(self, authorization: str) -> TokenPlan:
        given = TOKEN.fullmatch(authorization)
        if given is None:
            wanted = "Authorization: token <API token>"
            raise Refused(f"Bad format for API Token. Expected the header '{wanted}'.", BAD_TOKEN)
        known = self._known(authorization)
        if known is None:
            raise Refused("The API Token is not valid.", BAD_TOKEN)
        return known

    def _known(self, authorization: str) -> TokenPlan | None:
        given = TOKEN.fullmatch(authorization)
        return next((token for token in self.plan.tokens if given and token.token == given[1]), None)

    def _cost(self, request: Request) -> int:
        return self.plan.cost_per_mutation if request.kind == "mutation" else self.plan.cost_per_query

    def _answer_admitted(self, request: Request, token: TokenPlan, allowance: Allowance, met: Met) -> Answer:
        """Past the limits, so it has cost what it costs, whatever comes of it."""
        if "lost_requests" in met or "errors_5xx" in met:
            return answer_page(*self._faults.gateway_error())
        if request.document is None:
            how = self.plan.request_errors
            return answer_errors(self.plan.error_status, [worded(each, how) for each in request.problems])
        if not self.plan.introspection and "__schema" in request.root_fields:
            refusal = Refused("Introspection is not allowed here.", "INTROSPECTION_DISABLED")
            return answer_errors(self.plan.error_status, [refusal])
        if self.plan.longest_list is not None and _size(request) > self.plan.longest_list:
            return answer_errors(self.plan.error_status, [Refused("The query timed out.", TIMED_OUT)])
        charge = partial(allowance.charge, plan=self.plan, now=self._clock())
        reach = self.state.reach_of(token.ownerCode)
        asked = Asked(self.state, reach, self.plan, token, charge, "half_done" in met)
        result = _executed(request.document, request, asked)
        if any(isinstance(error.original_error, OverLimit) for error in result.errors or []):
            self._counts.refused(self._clock())
        if "errors_5xx_after" in met:
            return answer_page(*self._faults.gateway_error())
        return answer_result(result, self.plan.error_status)


def _size(request: Request) -> int:
    """Of its longest list, or of the page that it asks for."""
    variables = request.variables or {}
    lists = [len(each) for each in variables.values() if isinstance(each, list)]
    return max([*lists, int(variables.get("first") or 0)], default=0)


def _authorization(headers: Mapping[str, str]) -> str:
    return next((value for name, value in headers.items() if name.lower() == "authorization"), "")


def _executed(document: DocumentNode, request: Request, asked: Asked) -> ExecutionResult:
    how, denied = asked.plan.request_errors, denied_places(asked.token.denied)
    if asked.plan.denied_types == "refused":
        lacking = asked_though_denied(document, asked.shape, denied) if denied else ()
        if lacking:
            return ExecutionResult(None, [no_right(place, how) for place in lacking])
    result = execute(
        served_schema(asked.shape),
        document,
        context_value=asked,
        variable_values=request.variables,
        operation_name=request.name,
        field_resolver=resolver(denied, how, silently=asked.plan.denied_types == "null"),
        is_awaitable=lambda _: False,
    )
    assert isinstance(result, ExecutionResult)  # noqa: S101 -- nothing here is awaitable
    if result.errors and not any(error.path for error in result.errors):  # the variables do not fit
        misfits = [Refused(error.message, INVALID_VALUE) for error in result.errors]
        return ExecutionResult(None, [worded(each, how) for each in misfits])
    return result
