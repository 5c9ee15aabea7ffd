"""`company`: creates, shows, tests, probes and reports on a company of a deployment, with the credentials of the shell.

Keys are read from a file or from standard input, never from the command line, where others could see them.
"""

import argparse
import itertools
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.cassettes.recording import recording
from local.operations.stack import unfinished
from local.run.misuse import Misuse
from moment_xledger.adapters.secrets import Vault
from moment_xledger.domain.companies import LEAVE_IN_A_FILE, Company, CompanyId
from moment_xledger.domain.connection_tests import Check, Outcome
from moment_xledger.domain.errors import Conflict, Unreachable
from moment_xledger.domain.probe_report import reported, reported_as_json
from moment_xledger.domain.probes import MOST_REQUESTS
from moment_xledger.domain.settings_faults import BadSettings
from moment_xledger.environment import Environment
from moment_xledger.flows.check_before_sending import check_before_sending
from moment_xledger.flows.control_report import control_report
from moment_xledger.flows.probe_company import probe_company
from moment_xledger.flows.save_company import OPERATOR, Form, save_form
from moment_xledger.flows.test_connection import try_connection
from moment_xledger.wiring import Wiring, now

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MARKS = {Outcome.PASSED: "+", Outcome.REFUSED: "!", Outcome.LATER: "?", Outcome.NOT_TRIED: "·"}
_LAST_CHANGES = 5
_PARAMETERS = {
    "XLEDGER_URL": "XledgerUrl",
    "XLEDGER_TIMEOUT": "XledgerTimeout",
    "XLEDGER_SOAP_URL": "XledgerSoapUrl",
    "XLEDGER_APPLICATION": "XledgerApplication",
    "MOMENT_URL": "MomentUrl",
    "BOOKKEEPING_YEARS": "BookkeepingYears",
}


@dataclass(frozen=True)
class Deployment:
    """Where a stack keeps its companies. `use` has what the functions have."""

    use: Wiring
    vault: Vault
    url: str  # where Xledger answers GraphQL
    bucket: str = ""
    secrets_prefix: str = ""


def company(options: argparse.Namespace) -> int:
    if not is_id(options.id):
        raise Misuse("ID: must be 1 to 64 characters of a-z, 0-9, _ and -.")
    if options.all or options.reason or options.to or options.export is not None or options.owner_code:
        raise Misuse(
            "--all, --reason, --export, --owner-code and --to are for what an operator does; see docs/runbook.md."
        )
    company_id = CompanyId(options.id)
    if options.what != "create" and (options.settings or options.keys):
        raise Misuse("--settings and --keys go with create.")
    if (options.json or options.record) and options.what != "probe":
        raise Misuse("--json and --record go with probe.")
    month = _month(options)
    form = _form(company_id, options) if options.what == "create" else None
    try:
        deployment = find_deployment(options.stack)
        if form:
            return create(form, deployment)
        if month:
            return report(company_id, month, deployment)
        if options.what == "probe":
            return probe(company_id, deployment, as_json=options.json, record=options.record)
        return show(company_id, deployment) if options.what == "show" else try_it(company_id, deployment)
    except (ClientError, BotoCoreError) as fault:
        raise Misuse(f"AWS: {_words(fault)}") from None


def is_id(text: str | None) -> bool:
    return bool(text and _ID.fullmatch(text))


def create(form: Form, deployment: Deployment) -> int:
    """What is not given stays as it is; a key that is null goes. What is saved is tested at once, and a new company
    whose keys are good is probed."""
    ledger = deployment.use.ledger
    leaver = ledger.leavers.get(form.company)
    if leaver and not leaver.erased:
        raise Misuse(f"{form.company} is leaving: erase it first, then it can be created anew.")
    stored, version = ledger.companies.get_with_version(form.company)
    kept = stored.model_dump(mode="json", exclude={"id", "token_id", "keys_id"}) if stored else {}
    removed = [name for name, key in form.keys.items() if key is None]
    whole = Form(form.company, {**kept, **form.settings}, form.keys, version, form.by, removed)
    try:
        saved = save_form(whole, ledger, deployment.vault, now, deployment.url)
    except BadSettings as bad:
        raise Misuse(str(bad)) from None
    except Conflict:
        raise Misuse(
            "Somebody else saved this company at the same moment; look at it and try again."
        ) from None
    print(f"{saved.name} is saved, version {version + 1}.")
    failed = try_it(saved.id, deployment)
    if not failed and ledger.probes.hold(saved.id).waits_for_probe:
        probe(saved.id, deployment)
    hold = ledger.probes.hold(saved.id)
    if not hold.is_open:
        failed = 1
        what = "Nothing" if hold.waits_for_probe else "Something"
        negated = "is" if hold.waits_for_probe else "is not"
        print(
            f"{what} of it {negated} transferred before `company probe {saved.id}` finds nothing in the way."
        )
    return failed


def show(company_id: CompanyId, deployment: Deployment) -> int:
    company = known(company_id, deployment)
    for line in _shown(company, deployment):
        print(line)
    return 0


def try_it(company_id: CompanyId, deployment: Deployment) -> int:
    """0 only if nothing was refused and everything that can be tried was. Differences are told, and no failure."""
    company, trial = known(company_id, deployment), deployment.use.trial()
    result = try_connection(company_id, OPERATOR, trial)
    for check in result.checks:
        print(_line(check, company))
    if company.route in LEAVE_IN_A_FILE:
        for difference in check_before_sending(company_id, trial.worker, trial.reference).differences:
            print(f"! {difference.sentence(company.language)}")
    return 0 if result.passed else 1


def probe(
    company_id: CompanyId, deployment: Deployment, *, as_json: bool = False, record: Path | None = None
) -> int:
    """0 only if nothing is so that something must stop. Requests are told as they go, on standard error."""
    company, count = known(company_id, deployment), itertools.count(1)

    def tell(name: str) -> None:
        print(f"{next(count):>2} of at most {MOST_REQUESTS}: {name}", file=sys.stderr)

    with recording(company) as kept:
        found = probe_company(company_id, OPERATOR, deployment.use.prober(), tell)
    if record:
        kept.keep(record, company, found, "a probe of a real company")
    text = reported_as_json(found) if as_json else "\n".join(reported(found, company.language))
    print(text)
    return 0 if found.passed else 1


def report(company_id: CompanyId, month: date, deployment: Deployment) -> int:
    """The month's control report, as CSV. 1 if Moment does not answer, and then nothing is printed."""
    company, use = known(company_id, deployment), deployment.use.reconciler(lambda: True)
    try:
        found = control_report(company, month, use.ledger, use.vault, use.moment)
    except Unreachable as unreachable:
        print(f"{unreachable}. There is no report without it; try again later.", file=sys.stderr)
        return 1
    print(found.to_csv(company.language), end="")
    return 0


def find_deployment(stack: str) -> Deployment:
    """By what the stack itself says of its table, its addresses and its secrets."""
    try:
        variables, fingerprint = _of(stack)
    except KeyError:
        raise unfinished(stack) from None
    vault = Vault(boto3.client("secretsmanager"), variables["SECRETS_PREFIX"], fingerprint)
    return Deployment(
        Wiring(Environment(variables)),
        vault,
        variables["XLEDGER_URL"],
        variables["BUCKET"],
        variables["SECRETS_PREFIX"],
    )


def _of(stack: str) -> tuple[dict[str, str], str]:
    """The functions' variables, and where the key of the fingerprints is."""
    cloudformation = boto3.client("cloudformation")
    (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
    given = {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])}
    resource = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="Fingerprint")
    fingerprint = resource["StackResourceDetail"]["PhysicalResourceId"]
    variables = {name: given[parameter] for name, parameter in _PARAMETERS.items()}
    variables |= {"TABLE": outputs["TableName"], "BUCKET": outputs["BucketName"]}
    return variables | {"SECRETS_PREFIX": f"{found['StackName']}/"}, fingerprint


def _form(company: CompanyId, options: argparse.Namespace) -> Form:
    settings = _object("--settings", options.settings.read_text) if _is_file(options.settings) else {}
    keys: Mapping[str, Any] = {}
    if options.keys == "-":
        keys = _object("--keys", sys.stdin.read)
    elif options.keys and _is_file(Path(options.keys), "--keys"):
        keys = _object("--keys", Path(options.keys).read_text)
    if "id" in settings and settings["id"] != company:
        raise Misuse(f"--settings: the file is of another company than {company}; leave out id.")
    return Form(company, {name: value for name, value in settings.items() if name != "id"}, keys, 0, OPERATOR)


def _month(options: argparse.Namespace) -> date | None:
    """Its first day, where a report is asked for."""
    if (options.what == "report") != bool(options.month):
        raise Misuse("--month goes with report, and report with --month, such as 2026-10.")
    try:
        return datetime.strptime(options.month, "%Y-%m").date() if options.month else None  # noqa: DTZ007 a month
    except ValueError:
        raise Misuse("--month: must be a year and a month, such as 2026-10.") from None


def _is_file(path: Path | None, option: str = "--settings") -> bool:
    if path is not None and not path.is_file():
        raise Misuse(f"{option} {path}: there is no such file.")
    return path is not None


def _object(option: str, read: Any) -> dict[str, Any]:
    try:
        content = json.loads(read())
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise Misuse(f"{option}: must hold one JSON object.")
    return content


def known(company_id: CompanyId, deployment: Deployment) -> Company:
    company = deployment.use.ledger.companies.get(company_id)
    if company is None:
        raise Misuse(_why_there_is_none(company_id, deployment))
    return company


def _why_there_is_none(company_id: CompanyId, deployment: Deployment) -> str:
    leaver = deployment.use.ledger.leavers.get(company_id)
    if leaver is None:
        return f"There is no company {company_id} yet; create it first."
    return f"{company_id} has left, {_local(leaver.since)}; " + (
        f"it was erased {_local(leaver.erased)}." if leaver.erased else "it is not erased yet."
    )


def _shown(company: Company, deployment: Deployment) -> Iterator[str]:
    ledger = deployment.use.ledger
    yield json.dumps(
        company.model_dump(mode="json", exclude={"token_id", "keys_id"}), indent=2, ensure_ascii=False
    )
    keys = {name: tail for name, tail in vars(ledger.settings_history.tails(company.id)).items() if tail}
    yield "keys: " + (", ".join(f"{name} {tail}" for name, tail in keys.items()) or "none")
    if pause := ledger.pauses.now().of(company.id):
        yield f"paused: since {_local(pause.since)} by {pause.who}: {pause.why}"
    yield from _writes_to(company, deployment)
    tested = ledger.connection_tests.newest(company.id)
    yield "tested: " + (
        f"{_local(tested.when)}, {'passed' if tested.passed else 'failed'}" if tested else "never"
    )
    for address in filter(None, (*company.notify, company.reception_address)):
        if stopped := ledger.mails.stopped(company.id, address):
            yield f"no more mail to {address}: {stopped.why}"
    for saved in ledger.settings_history.of(company.id, limit=_LAST_CHANGES):
        fields = ", ".join(change.field for change in saved.changes) or "nothing"
        yield f"version {saved.version}, {_local(saved.when)}, {saved.who}: {fields}"


def _writes_to(company: Company, deployment: Deployment) -> Iterator[str]:
    entities = deployment.use.ledger.entities
    current = entities.current(company.id)
    if current.entity is None:
        yield f"writes to: not known{f' ({current.trouble})' if current.trouble else ''}"
        return
    others = [each for each in entities.writers(current.entity).companies if each != company.id]
    yield f"writes to: {current.entity}" + (f", and so does {', '.join(others)}" if others else "")


def _line(check: Check, company: Company) -> str:
    return f"{_MARKS[check.outcome]} {check.sentence(company.language)}"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _words(fault: ClientError | BotoCoreError) -> str:
    if isinstance(fault, ClientError):
        return str(fault.response["Error"].get("Message") or fault.response["Error"]["Code"])
    return str(fault)
