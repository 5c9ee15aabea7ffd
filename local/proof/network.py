"""Between a worker and Xledger: requests and answers that are lost, cut, or late."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from local.proof.fates import call_site
from local.proof.outside import Outside
from local.xledger.answering import Answer
from local.xledger.engine import Xledger
from moment_xledger.adapters.xledger_graphql import document
from moment_xledger.adapters.xledger_replies import read_reply
from moment_xledger.domain.companies import Token
from moment_xledger.domain.replies import Reply, Unanswered

TIMEOUT = 60.0  # as the workers' own
LATE_AND_LATER = (1.0, 59.0)


@dataclass
class Request:
    """As the network saw it. `over`: when its sender knew an answer, gave up or died."""

    token: str
    sender: str
    operation: str
    writes: bool
    sent: datetime
    over: datetime | None = None
    carried_out: datetime | None = None
    answer: Answer | None = None


@dataclass
class Network:
    server: Xledger
    outside: Outside
    requests: list[Request] = field(default_factory=list)

    def ask(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        task = self.outside.scheduler.current
        assert task is not None  # noqa: S101
        task.stop_if_dead()
        site = call_site(operation)
        meets = self.outside.fates.draw(site)
        if meets == "dies before":
            self.outside.bad_luck(site, meets, "before")
        request = Request(
            token.secret, task.name, operation, not operation.startswith("LookUp"), self.outside.scheduler.now
        )
        self.requests.append(request)
        arrives, answered = self._journey(request, len(variables.get("inputs", ())))
        if arrives is not None:
            self.outside.scheduler.later(arrives, lambda: self._carry_out(request, token, variables))
        self._await(request, meets, site, arrives, answered)
        if answered is None or request.answer is None or request.answer.delivery != "whole":
            return Unanswered("no answer")
        return read_reply(request.answer.status, request.answer.body, self.outside.scheduler.now)

    def _journey(self, request: Request, inputs: int) -> tuple[timedelta | None, timedelta | None]:
        """How long until it is carried out, and until its answer is there; None: never."""
        fates, rates = self.outside.fates, self.outside.fates.rates
        arrives = timedelta(seconds=fates.random.uniform(0.05, 0.4) + 0.02 * inputs)
        if fates.happens(rates.lost_requests):
            self.outside.note(f"{request.sender}: {request.operation} is lost on its way")
            return None, None
        if fates.happens(rates.lost_answers):
            self.outside.note(f"{request.sender}: the answer to {request.operation} is lost")
            return arrives, None
        if fates.happens(rates.late_requests):
            arrives = timedelta(seconds=fates.random.uniform(*LATE_AND_LATER))
            self.outside.note(
                f"{request.sender}: {request.operation} is under way for {arrives.seconds} s, and given up before"
            )
            return arrives, None
        return arrives, arrives + timedelta(seconds=fates.random.uniform(0.02, 0.3))

    def _await(
        self,
        request: Request,
        meets: str,
        site: str,
        arrives: timedelta | None,
        answered: timedelta | None,
    ) -> None:
        """A sender that dies does so while its request is under way, or when it is carried out."""
        if meets == "dies after":
            dies_at = self.outside.fates.random.uniform(0, 2) * (arrives or timedelta())
            self.outside.scheduler.wait(dies_at)
        elif answered is not None:
            self.outside.scheduler.wait(answered)
        else:
            self.outside.scheduler.wait(self._gives_up(arrives))
        request.over = self.outside.scheduler.now
        self.outside.bad_luck(site, meets, "after")

    def _gives_up(self, arrives: timedelta | None) -> timedelta:
        """A connection that is cut, or one that is silent until the time-out."""
        random = self.outside.fates.random
        silent = TIMEOUT if arrives is None else min(TIMEOUT, arrives.total_seconds())
        return timedelta(seconds=TIMEOUT if random.random() < 0.3 else random.uniform(0.5, max(1.0, silent)))

    def _carry_out(self, request: Request, token: Token, variables: Mapping[str, Any]) -> None:
        question = {
            "query": document(request.operation),
            "variables": variables,
            "operationName": request.operation,
        }
        headers = {"Authorization": f"token {token.secret}"}
        request.carried_out = self.outside.scheduler.now
        request.answer = self.server.answer("/graphql", headers, json.dumps(question).encode())
