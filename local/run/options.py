"""What `run` was asked for, checked before anything is started."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlsplit

from local.run.bodies import event_files
from local.run.misuse import Misuse
from local.run.places import is_on_this_machine
from local.run.settings import read_settings
from local.run.simulators import MORE_INVOICES, SAMPLE_EVENTS, the_plan
from moment_xledger.domain.companies import Route

XLEDGER_PATH = "/graphql"
MOMENT_PATH = "/api/1.0"


@dataclass(frozen=True)
class Options:
    events: tuple[Path, ...]  # files
    out: Path
    json: Path | None = None
    plan: Path | None = None
    xledger_url: str | None = None
    xledger_token: str | None = None
    moment_url: str | None = None
    later_events: tuple[Path, ...] = ()  # after the first export
    route: Route = Route.FILE
    built: Path | None = None  # what `sam build` wrote, to be deployed instead of what lies in the folders
    settings: Mapping[str, Any] = field(default_factory=dict)  # of the company, laid over the sample's

    @classmethod
    def checked(cls, given: argparse.Namespace) -> "Options":
        the_plan(given.plan, None)
        if given.xledger_url and not given.xledger_token:
            raise Misuse("--xledger-url needs --xledger-token, the token that opens that Xledger.")
        if given.xledger_token and not given.xledger_url:
            raise Misuse(
                "--xledger-token goes with --xledger-url; the simulated Xledger has a token already."
            )
        if given.xledger_url and given.plan:
            raise Misuse("--plan is for the simulated Xledger; leave it out together with --xledger-url.")
        settings = read_settings(given.settings, given.route) if given.settings else {}
        route = Route(settings.get("route") or given.route or Route.FILE)
        xledger_url = _address("--xledger-url", given.xledger_url, XLEDGER_PATH)
        if route == Route.UPLOAD and xledger_url and not is_on_this_machine(xledger_url):
            raise Misuse(
                "Route upload needs a simulated Xledger on this machine: no other has a SOAP user for this run."
            )
        if given.built and not (given.built / "template.yaml").is_file():
            raise Misuse(
                f"--built {given.built}: no template.yaml is in it; `make rehearse` builds one and uses it."
            )
        return cls(
            events=tuple(event_files(given.events or [SAMPLE_EVENTS])),
            out=_folder("--out", given.out),
            json=_file("--json", given.json) if given.json else None,
            plan=given.plan,
            xledger_url=xledger_url,
            xledger_token=given.xledger_token,
            later_events=() if given.events else (MORE_INVOICES,),
            route=route,
            moment_url=_address("--moment-url", given.moment_url, MOMENT_PATH),
            built=given.built,
            settings=settings,
        )


def _address(option: str, url: str | None, path: str) -> str | None:
    """The whole address: what a simulator prints when it is ready is enough."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or a bracket that is none
        is_whole = False
    if not is_whole:
        raise Misuse(f"{option} {url}: write a whole address, such as http://127.0.0.1:8080.")
    return url.rstrip("/") + ("" if parts.path.strip("/") else path)


def _folder(option: str, path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
        _write_into(path)
    except OSError as fault:
        raise Misuse(f"{option} {path}: this cannot be a folder ({fault.strerror}); name another.") from None
    return path


def _file(option: str, path: Path) -> Path:
    try:
        if path.exists():
            path.open("ab").close()
        else:
            _write_into(path.parent)
    except OSError:
        raise Misuse(
            f"{option} {path}: this cannot be written; name a file in a folder that exists."
        ) from None
    return path


def _write_into(folder: Path) -> None:
    """Whether that can be done is asked now, not when a long run has nowhere to put what it found."""
    with TemporaryFile(dir=folder):
        pass
