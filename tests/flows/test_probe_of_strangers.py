"""A probe of an Xledger and a Moment that nobody here wrote: it comes to its end, and calls nothing as assumed that was
not seen to be."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from werkzeug import Request, Response

from local import serving
from moment_xledger.adapters.xledger_replies import read_reply
from moment_xledger.domain.assumptions import Verdict
from moment_xledger.domain.companies import Token
from moment_xledger.domain.probes import Probe
from moment_xledger.domain.replies import Reply
from tests.flows.probing import Room
from tests.world import START

ROOTS = {
    "ListEntities": "entities",
    "ListAccounts": "accounts",
    "FindVatKind": "objectKinds",
    "ListVatCodes": "objectValues",
    "ListVatRates": "taxTableSetups",
    "ListCountries": "countries",
}
# What a whole answer may be, whatever is asked.
ANSWERS: Mapping[str, Any] = {
    "null for everything": lambda _: {"data": {"x": None}},
    "lists in the place of connections": lambda operation: {"data": {ROOTS.get(operation, "all"): [1, 2]}},
    "texts in the place of objects": lambda operation: {"data": {ROOTS.get(operation, "byId"): "none"}},
    "null nodes": lambda operation: {
        "data": {ROOTS.get(operation, "all"): {"edges": [None, {"node": None}], "pageInfo": None}}
    },
    "nodes without ids": lambda operation: {
        "data": {
            ROOTS.get(operation, "all"): {
                "edges": [{"node": {"name": "TAX_RULE"}}],
                "pageInfo": {"hasNextPage": False},
            }
        }
    },
    "a schema of another kind": lambda _: {"data": {"__schema": {"types": "many", "queryType": []}}},
    "errors that are texts": lambda _: {"errors": ["no"], "data": None},
}


class Stranger:
    def __init__(self, answers: Any) -> None:
        self._answers = answers

    def ask(self, token: Token, operation: str, variables: Mapping[str, Any]) -> Reply:
        return read_reply(200, json.dumps(self._answers(operation)).encode(), START)


@Request.application
def nonsense(request: Request) -> Response:
    """SOAP and Moment alike."""
    if "wsdl" in request.url:
        return Response("<definitions><portType/></definitions>", content_type="text/xml")
    if request.method == "POST":
        return Response("<a><b/></a>", content_type="text/xml")
    odd = {"content": [{"id": "x", "active": "yes"}, {}], "page": {"totalElements": 2}}
    return Response(json.dumps(odd), content_type="application/json")


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    with serving.start(nonsense) as running:
        room.xledger = room.moment = running
        yield room
    room.close()


def probed(room: Room, answers: Any) -> Probe:
    prober = room.prober()
    object.__setattr__(prober.worker, "xledger", Stranger(answers))
    room.prober = lambda: prober  # type: ignore[method-assign]
    return room.probe()


@pytest.mark.parametrize("what", ANSWERS)
def test_whatever_it_is_answered_it_ends_and_calls_nothing_as_assumed(room: Room, what: str) -> None:
    probe = probed(room, ANSWERS[what])
    as_assumed = {str(each.assumption) for each in probe.findings if each.verdict is Verdict.AS_ASSUMED}
    assert as_assumed <= {"answers", "rights", "ledger_setup"}
    assert {"schema", "all_customers", "sales_vat", "export_columns"}.isdisjoint(as_assumed)
    moment = [each for each in probe.findings if each.assumption.startswith("moment")]
    assert {each.verdict for each in moment} <= {Verdict.STOP, Verdict.UNKNOWN}
    assert all(each.evidence() for each in probe.findings)
