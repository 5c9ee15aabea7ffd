"""What tries out the functions' rights: who visits, what was used of what was granted, what is tried."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug import Request, Response

from local import ROOT
from local.aws import Stack
from local.aws import template as templates
from local.rights.tour import _a_bounce
from local.rights.trials import MAY, calls
from local.rights.used import Right, Rights, rights
from local.rights.visitor import Visitor
from local.serving import Running, start
from moment_xledger.adapters.ses_events import read_feedback
from moment_xledger.domain.feedback import Happened

PAGES = {
    "/overview": '<a href="/problems">problems</a> <a href="https://elsewhere.example/">away</a>',
    "/problems": """<a href="/overview">back</a>
        <form method="post" action="/retry"><input name="csrf" value="token"></form>
        <form method="post" action="/skip"><input name="reason" value=""></form>
        <form method="post" action="/out"></form>""",
}


@pytest.fixture
def pressed() -> list[tuple[str, dict[str, str]]]:
    return []


@pytest.fixture
def console(pressed: list[tuple[str, dict[str, str]]]) -> Iterator[Running]:
    @Request.application
    def answer(request: Request) -> Response:
        if request.method == "POST":
            pressed.append((request.path, request.form.to_dict()))
            return Response(status=500 if request.path == "/skip" else 303)
        return Response(f"<html><body>{PAGES[request.path]}</body></html>", content_type="text/html")

    with start(answer) as running:
        yield running


def test_a_visitor_opens_every_page_and_presses_every_button_but_the_one_that_leaves(
    console: Running, pressed: list[tuple[str, dict[str, str]]]
) -> None:
    visitor = Visitor("http://console.example/in/once", console.url)
    visitor.look_around()
    assert pressed == [("/in/once", {}), ("/retry", {"csrf": "token"}), ("/skip", {"reason": "Tried out"})]
    assert visitor.answers == {200: 2, 303: 2, 500: 1}


def test_a_visitor_tells_where_the_console_failed(console: Running) -> None:
    visitor = Visitor("http://console.example/in/once", console.url)
    visitor.look_around()
    assert visitor.failed == ["POST /skip answers 500"]


@pytest.mark.parametrize(
    ("granted", "asked", "is_covered"),
    [
        (Right("s3:GetObject", "arn:b/exports/*"), Right("s3:GetObject", "arn:b/exports/1/a.csv"), True),
        (Right("s3:GetObject", "arn:b/exports/*"), Right("s3:GetObject", "arn:b/mails/1"), False),
        (Right("s3:GetObject", "arn:b/exports/*"), Right("s3:PutObject", "arn:b/exports/1"), False),
    ],
)
def test_a_right_covers_its_own_action_on_what_it_names(
    granted: Right, asked: Right, is_covered: bool
) -> None:
    assert granted.covers(asked) is is_covered


def a_role(*statements: tuple[str, str, Any, str]) -> Any:
    document = {
        "Statement": [
            {"Sid": sid, "Effect": effect, "Action": action, "Resource": on}
            for sid, effect, action, on in statements
        ]
    }
    iam = SimpleNamespace(get_role_policy=lambda **_: {"PolicyDocument": document})
    return SimpleNamespace(client=lambda _: iam)


def test_what_was_granted_and_never_used_is_told_and_so_is_what_was_refused(tmp_path: Path) -> None:
    aws = a_role(
        ("Log", "Allow", ["logs:PutLogEvents"], "arn:log"),
        ("Ledger", "Allow", ["dynamodb:GetItem", "dynamodb:PutItem"], "arn:s-Table-1"),
        ("Not", "Deny", "dynamodb:Scan", "arn:s-Table-1"),
    )
    names = {"Sweep": "s-Sweep-1", "SweepRole": "s-SweepRole-1", "Table": "s-Table-1"}
    stack = Stack("s", {}, names, ("Sweep",), ())
    asked = [
        {"who": "arn:role/s-Sweep-1", "action": "dynamodb:GetItem", "on": "arn:s-Table-1", "given": True},
        {"who": "arn:role/s-Sweep-1", "action": "s3:GetObject", "on": "arn:file", "given": False},
        {"who": "arn:role/s-Other-1", "action": "dynamodb:PutItem", "on": "arn:s-Table-1", "given": True},
    ]
    witness = tmp_path / "witness"
    witness.write_text("".join(json.dumps(each) + "\n" for each in asked))
    its = rights(aws, stack, witness)["Sweep"]
    assert its.not_used == [Right("dynamodb:PutItem", "arn:Table")]
    assert its.refused == {Right("s3:GetObject", "arn:file")}


def test_what_one_tour_used_is_used() -> None:
    reads, writes = Right("s3:GetObject", "arn:b/*"), Right("s3:PutObject", "arn:b/*")
    read, wrote = Right("s3:GetObject", "arn:b/1"), Right("s3:PutObject", "arn:b/1")
    granted, nothing = frozenset({reads, writes}), frozenset[Right]()
    first, second = Rights(granted, frozenset({read}), nothing), Rights(granted, frozenset({wrote}), nothing)
    assert (first.not_used, (first | second).not_used) == ([writes], [])


def test_every_function_of_the_template_is_tried_with_what_there_is_to_try() -> None:
    resources = templates.read(ROOT / "template.yaml")["Resources"]
    functions = {name for name, each in resources.items() if each["Type"] == "AWS::Serverless::Function"}
    tried = calls(Stack("s", {}, dict.fromkeys(resources, "real-name"), (), ()))
    assert functions == MAY.keys()
    assert set().union(*MAY.values()) < tried.keys()


def test_some_things_no_function_may_do() -> None:
    resources = templates.read(ROOT / "template.yaml")["Resources"]
    tried = calls(Stack("s", {}, dict.fromkeys(resources, "real-name"), (), ()))
    assert tried.keys() - set().union(*MAY.values()) == {
        "becomes another",
        "changes the fingerprints' key",
        "marks a version of the fingerprints' key",
        "deletes a company's keys",
        "deletes an export",
        "drops the ledger",
        "empties a queue",
        "opens the bucket",
        "reads a log",
        "reads a role",
        "reads all names of keys",
        "reads another's variables",
        "reads the whole ledger",
        "reads what was rejected",
        "sends a mail as somebody else",
        "sends to Events",
        "sends to MailEvents",
        "starts another function",
        "uses the key by itself",
        "writes elsewhere",
    }


def test_the_bounce_that_is_told_of_is_one_that_is_understood() -> None:
    feedback = read_feedback(_a_bounce())
    assert feedback
    assert (feedback.happened, feedback.company) == (Happened.BOUNCED, "nordvik")
