"""Where Xledger's SOAP services stand."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from moment_xledger.domain.errors import Misconfigured

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Installation(StrEnum):
    """Xledger runs three, each with data of its own."""

    LIVE = "live"
    DEMO = "demo"
    TEST = "test"


@dataclass(frozen=True)
class Host:
    """`application` goes with every call; Xledger refuses the name of another installation."""

    base_url: str
    application: str


HOSTS = {
    Installation.LIVE: Host("https://ws.xledger.net", "XLEDGER"),
    Installation.DEMO: Host("https://wsdemo.xledger.net", "XLEDGERDEMO"),
    Installation.TEST: Host("https://wstest.xledger.net", "XLEDGERTEST"),
}


def host(installation: str, instead: str | None = None) -> Host:
    """`instead`: another base address, given by the deployment for a run on one machine."""
    try:
        found = HOSTS[Installation(installation)]
    except ValueError:
        names = ", ".join(Installation)
        raise Misconfigured(f"there is no Xledger installation {installation!r}: choose {names}") from None
    return Host(_checked(instead), found.application) if instead else found


def pinned(url: str, application: str) -> Host:
    """As a deployment names them. Raises `Misconfigured` where address and name are of different installations."""
    found = Host(_checked(url), application)
    if found not in HOSTS.values() and any(found.base_url == known.base_url for known in HOSTS.values()):
        raise Misconfigured(f"{found.base_url} is not the installation {application}: set both to the same")
    return found


def _checked(url: str) -> str:
    """Passwords go to this address: anything but TLS stays on this machine."""
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not safe or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise Misconfigured(
            "the address of Xledger's SOAP services must be https://<host>, or http on loopback"
        )
    return url.rstrip("/")
