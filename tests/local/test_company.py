"""`company` on the command line: over the twins, as an operator uses it."""

import io
import json
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local import __main__
from local.company import Deployment, _form, create, probe, report, show, try_it
from local.run.misuse import Misuse
from moment_xledger.adapters.xledger_probe import XledgerProbe
from moment_xledger.adapters.xledger_reference import Reference
from moment_xledger.domain.companies import CompanyId, Secrets
from moment_xledger.domain.deeds import What
from moment_xledger.domain.mails import Stopped
from moment_xledger.flows.probe_company import Prober
from moment_xledger.flows.reconcile import Reconciler
from moment_xledger.flows.sync_records import Worker
from moment_xledger.flows.test_connection import Trial
from tests.flows.probing import Room
from tests.flows.test_reconcile import Moments
from tests.office import MOMENT_KEY, FakeVault, keys, settings
from tests.world import TOKEN, URL, World

NORDVIK = CompanyId("nordvik")


@dataclass
class Stack:
    """A deployment whose outside is in memory."""

    world: World = field(default_factory=lambda: World(companies=[]))
    vault: FakeVault = field(default_factory=FakeVault)
    moment: Moments = field(default_factory=Moments)

    @property
    def ledger(self) -> Any:
        return self.world.ledger

    def trial(self) -> Trial:
        return Trial(self._worker(), Reference, lambda *_: True, lambda *_: True)

    def prober(self) -> Prober:
        """Of Xledger's GraphQL service alone."""
        return Prober(self._worker(), Reference, XledgerProbe)

    def _worker(self) -> Worker:
        worker = self.world.worker()
        object.__setattr__(worker, "vault", self.vault)
        return worker

    def reconciler(self, has_time: Callable[[], bool]) -> Reconciler:
        return Reconciler(self.ledger, self.vault, self.moment, has_time, self.world.time)

    @property
    def deployment(self) -> Deployment:
        return Deployment(self, self.vault, URL)  # type: ignore[arg-type]


@pytest.fixture
def stack() -> Stack:
    return Stack()


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What an operator gives: a file of settings, and keys on standard input."""

    def form(keys: dict[str, Any] | None = None, **content: Any) -> Any:
        file = tmp_path / "settings.json"
        file.write_text(json.dumps(content))
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(keys)))
        return _form(NORDVIK, Namespace(settings=file, keys="-" if keys else None))

    return form


def test_a_company_is_created_shown_and_tested(
    stack: Stack, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert create(typed(keys(), **settings(language="en")), stack.deployment) == 0
    assert try_it(NORDVIK, stack.deployment) == 0
    said = capsys.readouterr().out
    assert said.count("+ Xledger accepts the API key.") == 2
    assert "! VAT code 32 becomes 32, which Xledger does not have. No invoice waits for it yet." in said
    assert show(NORDVIK, stack.deployment) == 0
    shown = capsys.readouterr().out
    assert '"name": "Nordvik Arkitekter AS"' in shown
    assert f"keys: xledger_token …{TOKEN.secret[-4:]}, moment_key …" in shown
    assert "passed" in shown
    assert TOKEN.secret not in shown


def test_a_new_company_whose_keys_are_good_is_probed_and_goes(
    stack: Stack, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert create(typed(keys(), **settings(language="en")), stack.deployment) == 0
    said = capsys.readouterr().out
    assert "is not transferred" not in said
    assert stack.ledger.probes.hold(NORDVIK).is_open
    create(typed(route="off"), stack.deployment)
    assert [each.what for each in stack.ledger.audit.of(NORDVIK)].count(What.PROBED) == 1


def test_one_whose_key_is_refused_waits_and_is_probed_with_the_next_key(
    stack: Stack, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.world.server.replan({"tokens": [{"token": "another"}]})
    assert create(typed(keys(), **settings(language="en")), stack.deployment) == 1
    assert "Nothing of it is transferred before `company probe nordvik`" in capsys.readouterr().out
    stack.world.server.replan({"tokens": [{"token": TOKEN.secret}]})
    assert create(typed({"xledger_token": TOKEN.secret}), stack.deployment) == 0
    assert stack.ledger.probes.hold(NORDVIK).is_open


def test_one_whose_probe_finds_something_in_the_way_says_what_stands_still(
    stack: Stack, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.world.server.replan({"schema_lacks": ["AddProjectsInputNode.subledger"]})
    assert create(typed(keys(), **settings(language="en")), stack.deployment) == 1
    said = capsys.readouterr().out
    assert "AddProjectsInputNode.subledger" in said
    assert "Something of it is not transferred before `company probe nordvik`" in said


def test_who_is_shown_a_company_sees_each_address_that_nothing_is_mailed_to(
    stack: Stack, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    notice, reception = "kari@nordvik.example", "mb.00000@xledger.example"
    form = typed(keys(), **settings(route="email", reception_address=reception, notify=[notice]))
    create(form, stack.deployment)
    for address in (notice, reception):
        stack.ledger.mails.stop(NORDVIK, Stopped(address, "Permanent General", stack.world.time()))
    show(NORDVIK, stack.deployment)
    shown = capsys.readouterr().out
    assert f"no more mail to {notice}: Permanent General" in shown
    assert f"no more mail to {reception}: Permanent General" in shown


def test_what_is_not_given_stays_as_it_is(stack: Stack, typed: Any) -> None:
    create(typed(keys(), **settings()), stack.deployment)
    create(typed(route="off"), stack.deployment)
    company = stack.world.ledger.companies.get_known(NORDVIK)
    assert (company.name, str(company.route)) == ("Nordvik Arkitekter AS", "off")
    assert stack.vault.held[NORDVIK].xledger_token == TOKEN


def test_a_key_that_is_null_goes(stack: Stack, typed: Any) -> None:
    login = {"soap_user": "per", "soap_password": "a-password"}
    create(typed(keys(**login), **settings(import_expenses=True, owner_code=99168)), stack.deployment)
    with pytest.raises(Misuse, match="switch them off first"):
        create(typed({"soap_user": None}), stack.deployment)
    create(typed({"soap_user": None, "soap_password": None}, import_expenses=False), stack.deployment)
    assert stack.vault.held[NORDVIK] == Secrets(TOKEN, MOMENT_KEY)
    with pytest.raises(Misuse, match="“Moment API key” is missing"):
        create(typed({"moment_key": None}), stack.deployment)


def test_a_missing_right_is_a_failure_that_says_what_to_do(
    stack: Stack, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    create(typed(keys(), **settings(language="en")), stack.deployment)
    stack.world.server.replan({"tokens": [{"token": TOKEN.secret, "denied": ["projects"]}]})
    assert try_it(NORDVIK, stack.deployment) == 1
    assert "! The API key does not have the right to read projects." in capsys.readouterr().out


def test_a_probe_tells_of_its_requests_and_fails_where_something_must_stop(
    capsys: pytest.CaptureFixture[str],
) -> None:
    room = Room(plan={"soap": {"filters": "no_lines"}})
    use = SimpleNamespace(ledger=room.world.ledger, prober=room.prober)
    deployment = Deployment(use, room.vault, URL)  # type: ignore[arg-type]
    assert probe(NORDVIK, deployment) == 1
    said = capsys.readouterr()
    assert said.err.splitlines()[0] == " 1 of at most 25: IntrospectSchema"
    assert len(said.err.splitlines()) == 23
    assert "! The filter by time gives the lines that were changed then, and no others." in said.out
    assert "23 requests. Nothing was written." in said.out

    room.world.server.replan({"soap": {"filters": "honoured"}})
    assert probe(NORDVIK, deployment, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["passed"]
    room.close()


def test_what_is_wrong_is_one_sentence_and_nothing_is_saved(stack: Stack, typed: Any) -> None:
    with pytest.raises(Misuse, match="“Owner code” must be five digits"):
        create(typed(keys(), **settings(owner_code=12)), stack.deployment)
    with pytest.raises(Misuse, match="There is no company nordvik yet"):
        show(NORDVIK, stack.deployment)


def test_a_report_is_printed_as_csv_and_not_at_all_when_moment_is_down(
    stack: Stack, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    create(typed(keys(), **settings(language="en")), stack.deployment)
    capsys.readouterr()
    assert report(NORDVIK, date(2026, 10, 1), stack.deployment) == 0
    assert capsys.readouterr().out == "\ufeffWhere;Route;Detail;Currency;Count;Sum incl. VAT\r\n"
    stack.moment.down_at_page = 1
    assert report(NORDVIK, date(2026, 10, 1), stack.deployment) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Moment: ConnectionError. There is no report without it; try again later.\n"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        pytest.param(["create", "nord vik", "--stack", "s"], "ID", id="an id with a space"),
        pytest.param(["show", "nordvik"], "--stack", id="no stack"),
        pytest.param(["report", "nordvik", "--stack", "s"], "--month", id="a report of no month"),
        pytest.param(["report", "nordvik", "--stack", "s", "--month", "2026-13"], "--month", id="no month"),
        pytest.param(
            ["show", "nordvik", "--stack", "s", "--month", "2026-10"], "--month", id="a month to show"
        ),
        pytest.param(["fly", "nordvik", "--stack", "s"], "fly", id="something else to do"),
        pytest.param(["show", "nordvik", "--stack", "s", "--keys", "-"], "create", id="keys to show"),
        pytest.param(
            ["create", "nordvik", "--stack", "s", "--settings", "missing.json"], "missing.json", id="no file"
        ),
        pytest.param(
            ["create", "nordvik", "--stack", "s", "--settings", "list.json"], "--settings", id="a list"
        ),
        pytest.param(
            ["create", "nordvik", "--stack", "s", "--settings", "other.json"], "another", id="another's"
        ),
    ],
)
def test_misuse_is_one_sentence_and_status_2(
    arguments: list[str],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "other.json").write_text('{"id": "sorvik"}')
    try:
        status = __main__.main(["company", *arguments])
    except SystemExit as end:
        status = int(end.code or 0)
    said = capsys.readouterr().err
    assert status == 2
    assert named in said
    assert said.count("\n") == 1
