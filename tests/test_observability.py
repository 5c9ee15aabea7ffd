"""What may be in a log: ids, counts and reasons of ours; of an error that is not ours, its type and its place."""

import ast
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from local import ROOT
from moment_xledger.domain.errors import FileDiffers, Misconfigured
from moment_xledger.observability import Failed, Signal, logger, publish, watched
from tests.alarms import published
from tests.handlers.cloud import Context
from tests.template import resources, template

SECRET = "Kari Nordmann, Strandgaten 1"
DEPLOYED = sorted([*ROOT.glob("layers/shared/python/**/*.py"), *ROOT.glob("functions/*/*.py")])


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    written = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", written)
    return written


def call(handler: Any) -> Any:
    return watched(handler)({}, Context())  # type: ignore[arg-type]


def last(log: io.StringIO) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(log.getvalue().splitlines()[-1])
    return line


def test_a_field_that_is_not_listed_is_left_out(log: io.StringIO) -> None:
    logger.info("took it in", extra={"company": "nordvik", "counts": {"received": 1}, "customer": SECRET})
    line = last(log)
    assert (line["company"], line["counts"], line["message"]) == ("nordvik", {"received": 1}, "took it in")
    assert "customer" not in line
    assert SECRET not in log.getvalue()


def test_keys_that_were_appended_are_listed_too_or_left_out(log: io.StringIO) -> None:
    with logger.append_context_keys(name=SECRET, run="exports"):
        logger.info("said")
    assert last(log)["run"] == "exports"
    assert SECRET not in log.getvalue()


def test_an_event_that_somebody_logs_as_it_is_stays_out(log: io.StringIO) -> None:
    logger.info({"name": SECRET})
    logger.info(json.dumps([SECRET]))
    assert last(log)["message"] == "(left out)"
    assert SECRET not in log.getvalue()


def test_a_strangers_error_goes_by_its_type_and_place(log: io.StringIO) -> None:
    def handler(event: dict[str, Any], context: LambdaContext) -> None:
        raise KeyError(SECRET)

    with pytest.raises(Failed, match=r"^KeyError at tests/test_observability\.py:\d+$") as failed:
        call(handler)
    assert failed.value.__cause__ is None
    line = last(log)
    assert (line["message"], line["error"]) == ("failed", "KeyError")
    assert line["places"][-1].startswith("tests/test_observability.py:")
    assert SECRET not in log.getvalue()


def test_an_error_of_ours_says_what_it_says(log: io.StringIO) -> None:
    def handler(event: dict[str, Any], context: LambdaContext) -> None:
        try:
            int(SECRET)
        except ValueError as error:
            raise Misconfigured("TABLE is missing") from error

    with pytest.raises(Misconfigured) as failed:
        call(handler)
    assert failed.value.__cause__ is None
    assert (last(log)["error"], last(log)["what"]) == ("Misconfigured", "TABLE is missing")
    assert SECRET not in log.getvalue()


def test_what_aws_refuses_goes_by_its_code(log: io.StringIO) -> None:
    def handler(event: dict[str, Any], context: LambdaContext) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": SECRET}}, "PutItem")

    with pytest.raises(Failed):
        call(handler)
    assert last(log)["code"] == "ThrottlingException"
    assert SECRET not in log.getvalue()


def test_even_a_traceback_that_somebody_logs_has_no_words(log: io.StringIO) -> None:
    try:
        int(SECRET)
    except ValueError:
        logger.exception("caught")
    assert last(log)["message"] == "caught"
    assert SECRET not in log.getvalue()


def test_a_file_that_differs_is_counted_wherever_it_is_found(
    log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    def handler(event: dict[str, Any], context: LambdaContext) -> None:
        raise FileDiffers("000001-standard.csv")

    with pytest.raises(FileDiffers):
        call(handler)
    assert [line["FilesDiffer"] for line in published(capsys.readouterr().out)] == [[1]]


def test_figures_are_one_line_with_their_units(capsys: pytest.CaptureFixture[str]) -> None:
    publish({Signal.WAIT: 901.5, Signal.SWEEPS: 1})
    (line,) = published(capsys.readouterr().out)
    (metrics,) = line["_aws"]["CloudWatchMetrics"]
    assert {each["Name"]: each["Unit"] for each in metrics["Metrics"]} == {
        "WaitSeconds": "Seconds",
        "Sweeps": "Count",
    }
    assert (metrics["Namespace"], line["WaitSeconds"], line["Sweeps"]) == ("MomentXledger", [901.5], [1])


@pytest.mark.parametrize("function", sorted(ROOT.glob("functions/*/handler.py")), ids=lambda f: f.parent.name)
def test_every_function_is_watched(function: Path) -> None:
    (handler,) = [
        node
        for node in ast.parse(function.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name == "lambda_handler"
    ]
    assert [each.id for each in handler.decorator_list if isinstance(each, ast.Name)] == ["watched"]


def said(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="logger" | "logging"), attr=attribute)):
                yield attribute, node
            case ast.Call(func=ast.Name(id="print" as name)):
                yield name, node


@pytest.mark.parametrize("file", DEPLOYED, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_is_said_is_a_sentence_of_ours_with_nothing_put_in(file: Path) -> None:
    for name, spoken in said(file):
        if name not in ("getLogger", "inject_lambda_context"):
            assert name in ("debug", "info", "warning", "error", "exception")
            assert isinstance(spoken.args[0], ast.Constant)
            assert len(spoken.args) == 1


def test_no_deployment_logs_events() -> None:
    functions = [each for each in resources().values() if each["Type"] == "AWS::Serverless::Function"]
    variables = [each["Properties"].get("Environment", {}).get("Variables", {}) for each in functions]
    variables.append(template()["Globals"]["Function"]["Environment"]["Variables"])
    assert not [name for names in variables for name in names if "LOG_EVENT" in name or "DEV" in name]
