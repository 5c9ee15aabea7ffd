"""Alarms and dashboard look at what there is, and all that matters is looked at."""

import json
import re
from typing import Any

import pytest

from moment_xledger.domain.scheduled_runs import ScheduledRun
from moment_xledger.flows.measure_work import MISSING
from moment_xledger.observability import NAMESPACE, Signal
from tests.alarms import alarms, on_our_figures
from tests.template import resources, template

RUNBOOK = re.compile(r"docs/runbook\.md#[a-z]+(-[a-z]+)*$")
FUNCTIONS = {name for name, each in resources().items() if each["Type"] == "AWS::Serverless::Function"}
# These watch the clock, and leave the rest to their next run in good time.
STOP_BY_THEMSELVES = {
    *("SyncCustomers", "SyncProjects", "MailInvoices", "UploadExports", "RecheckInvoices"),
    *("ImportExpenses", "GuardNumbers", "Reconcile"),
}

RELEASE = {"ReleaseAlarm", "ReleaseOthersAlarm"}
OUR_FIGURE = "AWS::StackName"  # in place of a function: it is told apart by the stack


def dashboard() -> str:
    body: str = resources()["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    return body


def widgets() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(dashboard())["widgets"]
    return found


def watched(alarm: str) -> dict[str, str]:
    """The functions or queues that an alarm over several looks at, by its own names for them."""
    parts = [each for each in alarms()[alarm]["Metrics"] if "MetricStat" in each]
    return {each["Id"]: _target(each["MetricStat"]["Metric"]["Dimensions"][0]["Value"]) for each in parts}


def _target(reference: dict[str, Any]) -> str:
    if "Fn::Sub" in reference:  # a function that is looked at by its name alone
        return str(reference["Fn::Sub"]).removeprefix("${AWS::StackName}-")
    return str(reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0])


@pytest.mark.parametrize("name", sorted(alarms()))
def test_every_alarm_says_what_it_means_and_where_to_read_on(name: str) -> None:
    assert RUNBOOK.search(alarms()[name]["AlarmDescription"])


@pytest.mark.parametrize("name", sorted(alarms()))
def test_every_alarm_goes_to_somebody_and_says_what_silence_means(name: str) -> None:
    """But for those that a roll-out asks: they ring at a single failure."""
    alarm = alarms()[name]
    both = [{"Ref": "Pages"}, {"Ref": "Tickets"}]
    told = [[]] if name in RELEASE else [both[:1], both[1:], both]
    assert alarm.get("AlarmActions", []) in told
    assert alarm["TreatMissingData"] in {"breaching", "notBreaching", "ignore"}


def test_only_the_silence_of_what_runs_every_minute_is_alarming() -> None:
    """All others may have nothing to say."""
    silent = {name for name, each in alarms().items() if each["TreatMissingData"] == "breaching"}
    assert silent == {"SweepAlarm", "MeasureAlarm"}


def test_every_figure_is_looked_at_and_no_other_one() -> None:
    on_dashboard = [m for w in widgets() for m in w["properties"].get("metrics", []) if m[0] == NAMESPACE]
    looked_at = {each["MetricName"] for each in on_our_figures().values()} | {m[1] for m in on_dashboard}
    assert looked_at == set(Signal)


def test_two_stacks_in_one_account_are_told_apart_and_companies_are_not() -> None:
    stack = {"Ref": "AWS::StackName"}
    assert template()["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == stack
    for alarm in on_our_figures().values():
        assert alarm["Dimensions"] == [{"Name": "service", "Value": stack}]


def test_every_dead_letter_queue_is_looked_at() -> None:
    queues = {name for name in resources() if name.endswith("DeadLetters")}
    assert {"EventsDeadLetters", *watched("DeadLettersAlarm").values()} == queues
    assert all(f"${{{queue}.QueueName}}" in dashboard() for queue in queues)


def test_the_errors_of_every_function_are_looked_at_once() -> None:
    both = [*watched("CarriersFailAlarm").values(), *watched("OthersFailAlarm").values()]
    assert sorted(set(both) - {OUR_FIGURE}) == sorted(FUNCTIONS)
    assert len(both) == len(FUNCTIONS) + 1
    assert all(f'"FunctionName", "${{{function}}}"' in dashboard() for function in FUNCTIONS)


def test_a_release_is_withdrawn_by_the_failure_of_any_function() -> None:
    watching = [each for alarm in RELEASE for each in watched(alarm).values()]
    assert sorted(set(watching) - {OUR_FIGURE}) == sorted(FUNCTIONS)
    assert {"Ref": "StaleAlarm"} in template()["Globals"]["Function"]["DeploymentPreference"]["Alarms"]
    asked = {each["Ref"] for each in template()["Globals"]["Function"]["DeploymentPreference"]["Alarms"]}
    assert asked > RELEASE
    for each in (part for alarm in RELEASE for part in alarms()[alarm]["Metrics"] if "MetricStat" in part):
        assert each["MetricStat"]["Period"] == 60  # it has ten minutes


def test_a_function_that_lambda_turns_away_is_told_as_one_that_fails() -> None:
    """Only ours: whoever else is throttled in the account is no business of this operator."""
    for fails, throttled in (
        ("CarriersFailAlarm", "FunctionsThrottledAlarm"),
        ("OthersFailAlarm", "OthersThrottledAlarm"),
    ):
        assert set(watched(throttled).values()) == set(watched(fails).values()) - {OUR_FIGURE}
        for each in alarms()[throttled]["Metrics"]:
            assert each.get("MetricStat", {}).get("Metric", {}).get("MetricName", "Throttles") == "Throttles"


def test_what_has_an_address_is_looked_at_from_outside() -> None:
    with_url = {
        name
        for name, each in resources().items()
        if each["Type"] == "AWS::Serverless::Function" and "FunctionUrlConfig" in each["Properties"]
    }
    assert set(watched("ConsoleDownAlarm").values()) == with_url
    figures = [
        each["MetricStat"]["Metric"]["MetricName"] for each in alarms()["ConsoleDownAlarm"]["Metrics"][1:]
    ]
    assert figures == ["Url5xxCount"] * len(with_url)


def test_an_alarm_that_went_to_nobody_is_told_by_the_other_way_too() -> None:
    topics = {name for name, each in resources().items() if each["Type"] == "AWS::SNS::Topic"}
    assert {each["Ref"] for each in alarms()["AlarmsUnheardAlarm"]["AlarmActions"]} == topics
    parts = [each["MetricStat"]["Metric"] for each in alarms()["AlarmsUnheardAlarm"]["Metrics"][1:]]
    assert {(_target(each["Dimensions"][0]["Value"]), each["MetricName"]) for each in parts} == {
        (topic, figure)
        for topic in topics
        for figure in ("NumberOfMessagesPublished", "NumberOfNotificationsDelivered")
    }


def test_alarms_are_heard_without_the_key_whose_loss_they_tell_of() -> None:
    """A topic that is encrypted with it would be silent just then."""
    for name, each in resources().items():
        if each["Type"] == "AWS::SNS::Topic":
            assert "KmsMasterKeyId" not in each["Properties"], name
    rule = resources()["KeyInDanger"]["Properties"]
    assert rule["EventPattern"]["detail"]["eventName"] == ["DisableKey", "ScheduleKeyDeletion"]
    assert rule["EventPattern"]["detail"]["resources"] == {"ARN": [{"Fn::GetAtt": ["Key", "Arn"]}]}
    (told,) = rule["Targets"]
    assert told["Arn"] == {"Ref": "Pages"}
    assert RUNBOOK.search(told["InputTransformer"]["InputTemplate"].strip('"'))
    policy = resources()["PagesPolicy"]["Properties"]
    who = {each["Principal"]["Service"] for each in policy["PolicyDocument"]["Statement"]}
    assert (policy["Topics"], who) == (
        [{"Ref": "Pages"}],
        {"cloudwatch.amazonaws.com", "events.amazonaws.com"},
    )


@pytest.mark.parametrize("run", MISSING, ids=str)
def test_each_thing_that_the_clock_starts_has_an_alarm_for_its_silence(run: ScheduledRun) -> None:
    """Two: that it was not started, which counts for all, and that it did not come to its end."""
    measured = {each["MetricName"] for each in on_our_figures().values()}
    assert {Signal.RUNS_BEHIND, MISSING[run]} <= measured
    assert set(ScheduledRun) - set(MISSING) == {ScheduledRun.EXPENSES}  # which comes again with the next hour


@pytest.mark.parametrize("alarm", ["CarriersFailAlarm", "ReleaseAlarm"])
def test_a_part_of_a_batch_that_failed_counts_like_a_function_that_did(alarm: str) -> None:
    (back,) = [id_ for id_, of in watched(alarm).items() if of == OUR_FIGURE]
    (metric,) = [each["MetricStat"]["Metric"] for each in alarms()[alarm]["Metrics"] if each["Id"] == back]
    assert (metric["Namespace"], metric["MetricName"]) == (NAMESPACE, Signal.MESSAGES_PUT_BACK)


def test_a_function_is_slow_by_the_measure_of_its_own_timeout() -> None:
    (share,) = [each["Expression"] for each in alarms()["SlowAlarm"]["Metrics"] if "Expression" in each]
    allowed = {id_: int(limit) for id_, limit in re.findall(r"(\w+)/(\d+)", share)}
    names = watched("SlowAlarm")
    wanted = {id_: resources()[name]["Properties"]["Timeout"] * 1000 for id_, name in names.items()}
    assert allowed == wanted
    assert set(names.values()) == FUNCTIONS - STOP_BY_THEMSELVES


@pytest.mark.parametrize("name", [name for name, each in alarms().items() if "Metrics" in each])
def test_an_alarm_over_several_figures_counts_all_of_them(name: str) -> None:
    """CloudWatch takes ten at most."""
    (sum_,) = [each["Expression"] for each in alarms()[name]["Metrics"] if "Expression" in each]
    assert set(re.findall(r"[a-z]\w*", sum_)) == set(watched(name))
    assert len(alarms()[name]["Metrics"]) <= 11


def test_the_dashboard_has_three_rows() -> None:
    titles = [w["properties"]["markdown"].split("**")[1] for w in widgets() if w["type"] == "text"]
    assert titles == ["Promise", "Budget", "Machine"]


def test_the_operator_hears_when_costs_jump_if_there_is_one_and_a_monitor() -> None:
    subscription = resources()["CostsJump"]
    assert template()["Conditions"][subscription["Condition"]]["Fn::And"][0] == {"Condition": "HasOperator"}
    said = subscription["Properties"]
    assert (said["MonitorArnList"], said["Frequency"]) == ([{"Ref": "CostMonitor"}], "DAILY")
    assert said["Subscribers"] == [{"Type": "EMAIL", "Address": {"Ref": "OperatorEmail"}}]
    threshold = json.loads(said["ThresholdExpression"])["Dimensions"]
    assert (threshold["Key"], threshold["Values"]) == ("ANOMALY_TOTAL_IMPACT_ABSOLUTE", ["10"])


def test_the_operator_need_not_be_named() -> None:
    assert template()["Parameters"]["OperatorEmail"]["Default"] == ""
    for topic in ("Pages", "Tickets"):
        assert resources()[topic]["Properties"]["Subscription"]["Fn::If"][0] == "HasOperator"
