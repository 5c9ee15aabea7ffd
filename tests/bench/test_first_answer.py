import pytest

from functions.console.handler import lambda_handler
from local.bench.first_answer import requests
from tests.console.site import Context, opened


def test_what_is_timed_is_an_answer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    site = opened(monkeypatch)
    asked = requests(site.world.ledger, site.world.time()).values()
    answers = [lambda_handler(event, Context())["statusCode"] for event in (*asked, *asked)]  # type: ignore[arg-type]
    assert answers == [200, 200, 200, 200, 303] * 2
