"""The runbook keeps up: every alarm has its entry, every entry its reason to be read, every command its arguments."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from local.__main__ import _parser
from local.rehearsal import runbook
from local.rehearsal.runbook import Entry
from tests.alarms import alarms
from tests.template import resources

RUNBOOK = runbook.RUNBOOK.read_text()
BOOK = runbook.read()
TITLES = [entry.title for entry in BOOK.entries]
STACK = "moment-xledger"
GENERAL = {"query", "output", "cli-read-timeout"}  # of every `aws` command
RENAMED = {"notification-endpoint": "endpoint"}  # `--endpoint-url` is of every command
CALLED = {"s3api": "s3", "deploy": "codedeploy"}  # otherwise than the service itself


def anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


ANCHORS = {anchor(title): title for title in TITLES}


def commands() -> list[str]:
    """Each that is typed, also those within others and within a sentence."""
    within = [made for made in re.findall(r"\{ (.*); \}", BOOK.beginning) if made.startswith("aws ")]
    lines = [*within, *(command for entry in (BOOK.top, *BOOK.entries) for command in entry.commands)]
    return sorted({shlex.join(shlex.split(line, comments=True)) for line in lines})


def named_in(text: str) -> Iterator[str]:
    """What `of` and `errors` are asked for."""
    yield from re.findall(r"\bof (\w+)\)", text)
    yield from (f"{name}Log" for name in re.findall(r"\b(?:errors|runs|logs) ([A-Z]\w+)", text))


@pytest.mark.parametrize("name", sorted(alarms()))
def test_every_alarm_has_its_entry(name: str) -> None:
    (found,) = re.findall(r"runbook\.md#([a-z-]+)", alarms()[name]["AlarmDescription"])
    assert found in ANCHORS


def test_every_entry_is_named_by_an_alarm_or_by_what_somebody_sees() -> None:
    told = {
        each for alarm in alarms().values() for each in re.findall(r"#([a-z-]+)", alarm["AlarmDescription"])
    }
    assert set(ANCHORS) == told | set(re.findall(r"\]\(#([a-z-]+)\)", BOOK.top.text))


def test_every_link_within_leads_somewhere() -> None:
    assert set(re.findall(r"\]\(#([a-z-]+)\)", RUNBOOK)) <= set(ANCHORS)


@pytest.mark.parametrize("entry", BOOK.entries, ids=TITLES)
def test_every_entry_says_what_to_do_and_how_to_see_that_it_helped(entry: Entry) -> None:
    assert "**Check.**" in entry.text
    assert "**Do" in entry.text or "```" in entry.text


@pytest.mark.parametrize("name", sorted(set(named_in(RUNBOOK))))
def test_what_it_asks_the_stack_for_is_there(name: str) -> None:
    assert name in resources() or name == "$1Log"


@pytest.mark.parametrize("command", [each for each in commands() if each.startswith("op ")])
def test_the_command_line_takes_each_of_our_commands(command: str) -> None:
    options = _parser().parse_args([*shlex.split(command)[1:], "--stack", STACK])
    assert options.stack == STACK


@pytest.mark.parametrize("command", [each for each in commands() if each.startswith("aws ")])
def test_aws_has_each_operation_and_each_option(command: str) -> None:
    service, operation, *rest = shlex.split(command)[1:]
    names = {word.removeprefix("--") for word in rest if word.startswith("--")} - GENERAL
    if operation == "wait":
        operation = "describe-table"
        assert rest[0] == "table-exists"
    known = options_of(CALLED.get(service, service), operation)
    flags = {RENAMED.get(name, name.removeprefix("no-")) for name in names}
    assert flags <= set(known), f"{service} {operation} has no {flags - set(known)}"


PER_PAGE = re.compile(r"\[-?\d*:-?\d*\]|sort_by|max_by|min_by|length\(|reverse\(")


@pytest.mark.parametrize("command", [each for each in commands() if "--output text" in each])
def test_no_answer_lies_with_paging(command: str) -> None:
    """As text, `aws` applies a query to each page by itself: the newest five would be those of every page."""
    query = re.search(r"--query (?:'([^']*)'|(\S+))", command)
    assert query
    assert not PER_PAGE.search(query[1] or query[2])


def test_a_query_that_takes_some_of_all_is_seen() -> None:
    assert all(PER_PAGE.search(each) for each in ("events[-20:].message", "a[:5]", "sort_by(a, &b)[0]"))
    assert not PER_PAGE.search("Rules[].[Name,State]")


@pytest.mark.parametrize("command", [each for each in commands() if "lambda invoke" in each])
def test_a_call_is_not_made_twice_because_its_answer_takes_long(command: str) -> None:
    """`aws` tries again what has not answered after a minute."""
    assert "--cli-read-timeout 0" in command


@cache
def options_of(service: str, operation: str) -> dict[str, Any]:
    model = botocore.session.get_session().get_service_model(service)
    (found,) = (name for name in model.operation_names if xform_name(name, "-") == operation)
    shape = model.operation_model(found).input_shape
    return {} if shape is None else {xform_name(name, "-"): kind for name, kind in shape.members.items()}


def test_nothing_else_is_typed() -> None:
    assert {command.split()[0] for command in commands()} <= {"op", "errors", "runs", "logs", "start", "aws"}
    assert len(commands()) > 40
