"""What is asked of a new version of each function before it gets any work, and what it must answer.

Nothing of any company is read that is somebody's, and nothing is written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Asks a function whether it can work here: whether all its code loads, and whether it may read the ledger.
CHECK: Mapping[str, str] = {"check": "release"}
CHECKED: Mapping[str, bool] = {"checked": True}
# Asks the sweep to look for work, and to wake nobody.
DRY: Mapping[str, bool] = {"dry": True}
NOBODY = "nobody-at-all"  # no company of Moment's
_NO_SESSION = "__Host-session=" + 22 * "0"  # of the right form, so that the ledger is asked


class NoRoom(Exception):
    """Lambda runs as many functions as the account may."""


class CallFailed(Exception):
    """The version could not answer; the message is the error's type."""


@dataclass(frozen=True)
class Version:
    function: str  # its real name, which ends with that in the template
    number: str

    @property
    def in_template(self) -> str:
        return self.function.rpartition("-")[2]


@dataclass(frozen=True)
class Probe:
    event: Mapping[str, Any]
    is_right: Callable[[Any], bool]


def probe(function: str) -> Probe:
    """`function` is its name in the template."""
    return PROBES.get(function, Probe(CHECK, lambda answer: bool(answer == CHECKED)))


def _is_the_page_for_strangers(answer: Any) -> bool:
    return bool(answer["statusCode"] == 401 and "</html>" in answer["body"])


def _to_an_address(method: str, path: str, **more: Any) -> dict[str, Any]:
    """As a function URL gives it."""
    http = {
        "method": method,
        "path": path,
        "protocol": "HTTP/1.1",
        "sourceIp": "192.0.2.1",
        "userAgent": "check",
    }
    host = "check.example"
    context = {"http": http, "domainName": host, "requestId": "check", "stage": "$default", "timeEpoch": 0}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": host, "accept": "text/html"},
        "requestContext": context,
        "isBase64Encoded": False,
        **more,
    }


PROBES: Mapping[str, Probe] = {
    "Sweep": Probe(DRY, lambda answer: "woken" in answer),
    "MeasureWork": Probe({}, lambda answer: bool(answer["Measurements"] == 1)),  # it only reads, whoever asks
    "Console": Probe(_to_an_address("GET", "/overview", cookies=[_NO_SESSION]), _is_the_page_for_strangers),
    "OpenSession": Probe(
        _to_an_address(
            "POST", "/sessions", body=f'{{"company": "{NOBODY}", "person": "Check", "role": "operator"}}'
        ),
        lambda answer: bool(answer["statusCode"] == 404),
    ),
}
