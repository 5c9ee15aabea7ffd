"""Bad days of the SOAP services: on schedule, or by rate and seed."""

import pytest

from local.xledger.soap.plan import What
from tests.local.xledger.soap_caller import SoapCaller, content_of, logged_on


@pytest.mark.parametrize(
    ("what", "status", "begins", "delivery", "done"),
    [
        pytest.param("lost_requests", 503, b"<!DOCTYPE html>", "lost", 0, id="lost on the way there"),
        pytest.param("errors_503", 503, b"<!DOCTYPE html>", "whole", 0, id="a page with 503 instead"),
        pytest.param("soap_faults", 500, b"<?xml", "whole", 0, id="a fault instead"),
        pytest.param("html_pages", 200, b"<!DOCTYPE html>", "whole", 0, id="a page with 200 instead"),
        pytest.param("errors_503_after", 503, b"<!DOCTYPE html>", "whole", 1, id="done, and 503"),
        pytest.param("lost_answers", 200, b"<?xml", "lost", 1, id="done, and the answer lost"),
        pytest.param("cut_bodies", 200, b"<?xml", "cut", 1, id="done, and the answer cut"),
        pytest.param("delays", 200, b"<?xml", "whole", 1, id="late"),
    ],
)
def test_a_scheduled_fault_meets_the_next_request_it_fits_once(
    what: What, status: int, begins: bytes, delivery: str, done: int
) -> None:
    caller = logged_on(scheduled=[{"what": what, "only": "ReceiveFile", "seconds": 30}])
    assert caller.text("AuthenticateConnection", **caller.known) == "true"
    answer = caller.send("ReceiveFile", **caller.upload_fields(b"x"))
    assert (answer.status, answer.delivery) == (status, delivery)
    assert content_of(answer).startswith(begins)
    assert answer.delay == (30 if what == "delays" else 0)
    assert len(caller.xledger.seen()["uploads"]) == done
    assert caller.upload(b"x") > 0


def test_a_new_schedule_replaces_what_is_left_and_other_changes_do_not() -> None:
    page = {"what": "html_pages", "only": "GetFileUploadEntityCodes"}
    caller = logged_on(scheduled=[page, page])
    caller.xledger.replan({"soap": {"key_life_seconds": 9}})
    assert content_of(caller.send("GetFileUploadEntityCodes")).startswith(b"<!DOCTYPE html>")
    caller.xledger.replan({"soap": {"scheduled": [{"what": "delays", "seconds": 2}]}})
    assert [caller.send("GetFileUploadEntityCodes").delay for _ in range(2)] == [2, 0]


def story(caller: SoapCaller) -> list[str]:
    return [caller.send("AuthenticateConnection", **caller.known).delivery for _ in range(100)]


def test_the_same_seed_gives_the_same_story() -> None:
    stories = [story(logged_on(lost_answers=0.2, cut_bodies=0.2)) for _ in range(2)]
    assert stories[0] == stories[1]
    assert {"lost", "cut", "whole"} == set(stories[0])


def test_rates_can_be_for_one_operation_only() -> None:
    caller = logged_on(lost_answers=1, faults_only="ReceiveFile")
    assert set(story(caller)) == {"whole"}
    assert caller.send("ReceiveFile", **caller.upload_fields(b"x")).delivery == "lost"
