"""What people see where a service of AWS tells us to slow down: to try again, and not that we are at fault."""

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from tests.console.site import Site


def refused(code: str, status: int) -> ClientError:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Query")  # type: ignore[arg-type]


def broken(site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    for read in ("get", "get_many", "query"):
        monkeypatch.setattr(site.world.table, read, fail)


@pytest.mark.parametrize(
    "error",
    [
        refused("ThrottlingException", 400),
        refused("ProvisionedThroughputExceededException", 400),
        refused("RequestLimitExceeded", 400),
        refused("InternalServerError", 500),
        refused("SlowDown", 503),
        ReadTimeoutError(endpoint_url="https://dynamodb.example"),
        ConnectTimeoutError(endpoint_url="https://dynamodb.example"),
    ],
    ids=str,
)
@pytest.mark.parametrize("address", ["/overview", "/problems", "/exports", "/settings"])
def test_where_aws_is_slow_people_are_asked_to_try_again(
    site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception, address: str
) -> None:
    browser = site.browser()
    broken(site, monkeypatch, error)
    page, facts = browser.get(address), browser.get_json(address)
    assert (page.status, facts.status) == (503, 503)
    assert "Vent et halvt minutt" in page.text
    assert "dynamodb" not in page.text


@pytest.mark.parametrize("error", [refused("AccessDeniedException", 400), KeyError("x")])
def test_any_other_error_is_ours(site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    browser = site.browser()
    broken(site, monkeypatch, error)
    assert browser.get("/overview").status == 500
