"""`company leave | stay | erase`: a company takes its data along as files, and then everything of it is erased here.

Each may be stopped at any line and said again: what is there already is not fetched twice, and what is erased stays so.
"""

import csv
import hashlib
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.exceptions import ClientError

from local.company import Deployment
from local.run.misuse import Misuse
from moment_xledger.adapters.ledger.leavers import Leavers
from moment_xledger.adapters.secrets import KEPT
from moment_xledger.adapters.table import Item
from moment_xledger.domain.companies import CompanyId, Route
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.leaving import Leaver
from moment_xledger.domain.retention import TABLE, Where, begins, row_of
from moment_xledger.wiring import now

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MANIFEST = "manifest.json"
# What each kind of item is called among the files. Those of the ledger that are not here stay behind: they say only how
# far our own work has come.
FILES = {
    (Where.COMPANY, "CONF"): "settings",
    (Where.COMPANY, "CONF#"): "settings-history",
    (Where.COMPANY, "AUD#"): "log",
    (Where.COMPANY, "PROB#"): "problems",
    (Where.COMPANY, "SAID#"): "not-to-be-transferred",
    (Where.COMPANY, "EXPENSE#"): "expenses",
    (Where.RECORDS, "ENT#"): "customers-and-projects",
    (Where.INVOICES, "SEQ#"): "invoices",
    (Where.INVOICES, "HELD#"): "invoices-held",
    (Where.INVOICES, "SKIP#"): "invoices-skipped",
    (Where.INVOICES, "DECIDED#"): "decisions",
    (Where.INVOICES, "EXP#"): "exports",
    (Where.INVOICES, "TOLD#"): "exports-told",
    (Where.INVOICES, "MAIL#"): "mails",
    (Where.INVOICES, "UPL#"): "uploads",
    (Where.INVOICES, "INV#"): "invoice-numbers",
    (Where.INVOICES, "CRED#"): "credited",
    (Where.INVOICES, "DIFF#"): "changed-afterwards",
    (Where.INVOICES, "PASS#"): "let-through",
    (Where.INVOICES, "RATE#"): "exchange-rates",
    (Where.INVOICES, "TOK#"): "exports-asked-for",
}
PREFIXES = tuple(name for row in TABLE if row.where is Where.BUCKET for name in row.names)
TAKEN_PREFIXES = tuple(name for row in TABLE if row.where is Where.BUCKET and row.taken for name in row.names)
_OURS = ("pk", "rev", "ttl", "due", "due_at")  # no columns for people
_RUNS_IN_A_SPREADSHEET = "=+-@\t\r"


class Place(Protocol):
    """Where the files go: a folder, or a bucket of the company's or the operator's."""

    def put(self, name: str, file: Path, sha256: str) -> None: ...
    def holds(self, name: str, size: int, sha256: str) -> bool: ...
    def read(self, name: str) -> bytes | None: ...


@dataclass(frozen=True)
class Folder:
    path: Path

    def put(self, name: str, file: Path, sha256: str) -> None:
        """Whole or not at all."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(target.name + ".part")
        shutil.copyfile(file, half)
        half.replace(target)

    def holds(self, name: str, size: int, sha256: str) -> bool:
        target = self.path / name
        return target.is_file() and target.stat().st_size == size and digest_of(target) == sha256

    def read(self, name: str) -> bytes | None:
        target = self.path / name
        return target.read_bytes() if target.is_file() else None


@dataclass(frozen=True)
class InS3:
    client: "S3Client"
    bucket: str
    prefix: str

    def put(self, name: str, file: Path, sha256: str) -> None:
        extra = {"Metadata": {"sha256": sha256}}
        self.client.upload_file(str(file), self.bucket, self.prefix + name, ExtraArgs=extra)

    def holds(self, name: str, size: int, sha256: str) -> bool:
        try:
            found = self.client.head_object(Bucket=self.bucket, Key=self.prefix + name)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
                return False
            raise
        return found["ContentLength"] == size and found["Metadata"].get("sha256") == sha256

    def read(self, name: str) -> bytes | None:
        try:
            return self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)["Body"].read()
        except self.client.exceptions.NoSuchKey:
            return None


def place_of(to: str, own_bucket: str) -> Place:
    if not to.startswith("s3://"):
        return Folder(Path(to))
    bucket, _, prefix = to.removeprefix("s3://").partition("/")
    if bucket == own_bucket:
        raise Misuse(
            "--to: is the deployment's own bucket; name a folder, or a bucket that stays the company's."
        )
    return InS3(boto3.client("s3"), bucket, f"{prefix.rstrip('/')}/" if prefix else "")


@dataclass(frozen=True)
class File:
    name: str
    bytes: int
    sha256: str
    rows: int | None = None


@dataclass(frozen=True)
class Bag:
    """The company's files, as far as they have been put."""

    place: Place
    scratch: Path

    def put(self, name: str, file: Path, rows: int | None = None) -> File:
        made = File(name, file.stat().st_size, digest_of(file), rows)
        if not self.place.holds(name, made.bytes, made.sha256):
            self.place.put(name, file, made.sha256)
        return made


def leave(company: CompanyId, to: str, by: str, deployment: Deployment) -> int:
    """0 when all is taken along. From the first line on, nothing is done for the company any more."""
    leavers = deployment.use.ledger.leavers
    try:
        leaver = leavers.begin(company, by, now())
    except Conflict:
        raise Misuse(f"{company}: its settings are saved at this moment; try again.") from None
    if leaver is None:
        raise Misuse(f"There is no company {company}.")
    if leaver.erasing:
        raise Misuse(
            f"{company}: is being erased since {_said(leaver.erasing)}; nothing can be taken along now."
        )
    leavers.shut(company)
    with TemporaryDirectory() as scratch:
        bag = Bag(place_of(to, deployment.bucket), Path(scratch))
        files, state = _take_items(company, leavers, bag)
        files += _take_objects(company, deployment, bag)
        manifest = Path(scratch) / MANIFEST
        manifest.write_text(_manifest(company, leaver, files, state), "utf-8")
        kept = bag.put(MANIFEST, manifest)
    leavers.save(company, replace(leaver, manifest=kept.sha256))
    print(f"{company}: {len(files)} files are in {to}, listed in {MANIFEST}.")
    for line in _left_behind(company, deployment):
        print(f"! {line}")
    print(f"Nothing is done for it any more. It can be erased from {_said(leaver.may_be_erased_from)} on.")
    return 0


def stay(company: CompanyId, deployment: Deployment) -> int:
    """As if it had not left, as long as nothing is erased. 1 where it did not leave."""
    try:
        is_back = deployment.use.ledger.leavers.take_back(company, now())
    except Conflict:
        raise Misuse(f"{company}: is being erased since this moment; it cannot stay.") from None
    print(
        f"{company}: " + ("is here again; what waited goes." if is_back else "does not leave, or is erased.")
    )
    if is_back:
        print("Events that came meanwhile were refused: ask Moment to publish them again.")
    return 0 if is_back else 1


def _take_items(company: CompanyId, leavers: Leavers, bag: Bag) -> tuple[list[File], dict[str, Any]]:
    """Each kind as it lies in the ledger, one item a line, and as a table for people."""
    state = State()
    with ExitStack() as stack:
        written: dict[str, Any] = {}
        for item in leavers.items(company):
            name = state.add(item)
            if name:
                path = bag.scratch / f"{name}.jsonl"
                out = written.get(name) or written.setdefault(
                    name, stack.enter_context(path.open("w", encoding="utf-8"))
                )
                out.write(_line(item) + "\n")
    files = []
    for name in sorted(written):
        lines, table = bag.scratch / f"{name}.jsonl", bag.scratch / f"{name}.csv"
        rows = _write_table(lines, table)
        files += [bag.put(f"ledger/{name}.jsonl", lines, rows), bag.put(f"{name}.csv", table, rows)]
    return files, state.shown()


class State:
    """What the ledger holds of a company, so that any later change is seen: of each kind how many, and a sum."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._sums: dict[str, int] = defaultdict(int)

    def add(self, item: Item) -> str | None:
        """The name of the file that it belongs to; None where it is not taken along."""
        name = FILES.get((row_of(item["pk"], item["sk"]).where, begins(item["sk"])))
        if name:
            self._counts[name] += 1
            self._sums[name] ^= int.from_bytes(hashlib.sha256(_line(item).encode()).digest())
        return name

    def shown(self) -> dict[str, Any]:
        return {name: [count, f"{self._sums[name]:064x}"] for name, count in sorted(self._counts.items())}


def _line(item: Item) -> str:
    return json.dumps(item, default=_number, ensure_ascii=False, sort_keys=True)


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    raise TypeError(type(value).__name__)


def _write_table(lines: Path, table: Path) -> int:
    """As a spreadsheet in Norwegian opens it. Read twice: the first time for the columns."""
    columns = list(dict.fromkeys(column for row in _rows(lines) for column in row))
    rows = 0
    with table.open("w", encoding="utf-8-sig", newline="") as out:
        written = csv.writer(out, delimiter=";", lineterminator="\r\n")
        written.writerow(columns)
        for row in _rows(lines):
            written.writerow(_cell(row.get(column, "")) for column in columns)
            rows += 1
    return rows


def _rows(lines: Path) -> Iterator[dict[str, Any]]:
    with lines.open(encoding="utf-8") as held:
        for line in held:
            yield dict(
                _columns({name: value for name, value in json.loads(line).items() if name not in _OURS})
            )


def _columns(item: Mapping[str, Any], of: str = "") -> Iterator[tuple[str, Any]]:
    """What lies within another is a column of its own."""
    for name, value in item.items():
        inner = _object(value)
        if inner is None:
            yield of + name, value
        else:
            yield from _columns(inner, f"{of}{name}.")


def _object(value: Any) -> dict[str, Any] | None:
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, dict) else None


def _cell(value: Any) -> str:
    """Text that a spreadsheet would run is told to be text; the lines beside it have it as it is."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] and text[0] in _RUNS_IN_A_SPREADSHEET else text


def _take_objects(company: CompanyId, deployment: Deployment, bag: Bag) -> list[File]:
    """One at a time; what is there already is not fetched again."""
    s3, bucket, files = boto3.client("s3"), deployment.bucket, []
    for key in _keys(company, s3, bucket):
        found = s3.head_object(Bucket=bucket, Key=key)
        size, sha256 = found["ContentLength"], found["Metadata"].get("sha256", "")
        name = f"files/{key}"
        if sha256 and bag.place.holds(name, size, sha256):
            files.append(File(name, size, sha256))
            continue
        fetched = bag.scratch / "object"
        s3.download_file(bucket, key, str(fetched))
        files.append(bag.put(name, fetched))
    return files


def _keys(company: CompanyId, s3: "S3Client", bucket: str) -> Iterator[str]:
    for prefix in TAKEN_PREFIXES:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}{company}/")
        yield from (each["Key"] for page in pages for each in page.get("Contents", []))


def _manifest(company: CompanyId, leaver: Leaver, files: Iterable[File], state: Mapping[str, Any]) -> str:
    return json.dumps(
        {
            "company": company,
            "left": leaver.since.isoformat(),
            "files": [
                {name: value for name, value in asdict(file).items() if value is not None} for file in files
            ],
            "ledger": state,
            "not taken along": "keys, sessions, links, and how far our own work had come",
        },
        ensure_ascii=False,
        indent=2,
    )


def _left_behind(company: CompanyId, deployment: Deployment) -> Iterator[str]:
    """What Xledger has not got from here, and will not any more."""
    ledger = deployment.use.ledger
    waiting = [
        each.invoice.number
        for each in ledger.invoices.since(company)
        if each.export is None
        and each.route in (Route.FILE, Route.UPLOAD)
        and not each.invoice.do_not_transfer
    ]
    if waiting:
        yield f"{len(waiting)} invoices have left with no export, such as {waiting[0]}: they are in invoices.csv."
    if mails := ledger.mails.count_open(company):
        yield f"{mails} invoices were to leave by mail and have not: they are in mails.csv."
    if held := sum(1 for _ in ledger.invoices.held(company)):
        yield f"{held} invoices are held back: they are in invoices-held.csv."


def erase(company: CompanyId, to: str, by: str, deployment: Deployment) -> int:
    """0 when nothing is left here. Said again, it goes on where it was, and looks once more."""
    leavers = deployment.use.ledger.leavers
    leaver = leavers.get(company)
    if leaver is None or not leaver.manifest:
        raise Misuse(f"{company}: has taken nothing along yet; first `company leave {company} --to FOLDER`.")
    if now() < leaver.may_be_erased_from:
        raise Misuse(
            f"{company}: functions that began before it left may still write; erase it from "
            f"{_said(leaver.may_be_erased_from)} on."
        )
    if not leaver.erasing:
        _compare(company, to, leaver, deployment)
        leaver = replace(leaver, erasing=now(), by=by)
        leavers.save(company, leaver)
    counts = Counter(leaver.counts)
    for what, step in _steps(company, leaver, deployment).items():
        done = step()
        counts.update(done)
        print(f"{what}: {sum(done.values())}")
        leaver = replace(leaver, counts={name: count for name, count in counts.items() if count})
        leavers.save(company, leaver)
    if leavers.lingers(company):
        raise Misuse(f"{company}: somebody wrote meanwhile; say it again.")
    leavers.save(company, replace(leaver, token_id=None, erased=now()))
    print(
        f"{company} is erased. Backups hold it for 35 days and logs its id for 90, and then nothing does; "
        "what is kept is that it left, and how much was erased."
    )
    return 0


def _compare(company: CompanyId, to: str, leaver: Leaver, deployment: Deployment) -> None:
    """Raises `Misuse` unless what was taken along is whole, and all there is."""
    place = place_of(to, deployment.bucket)
    content = place.read(MANIFEST)
    if content is None or hashlib.sha256(content).hexdigest() != leaver.manifest:
        raise Misuse(f"--to {to}: has not the {MANIFEST} that `company leave` wrote last.")
    manifest = json.loads(content)
    files = [File(**each) for each in manifest["files"]]
    for file in files:
        if not place.holds(file.name, file.bytes, file.sha256):
            raise Misuse(
                f"--to {to}: {file.name} is missing or is not what it was; say `company leave` again."
            )
    state = State()
    for item in deployment.use.ledger.leavers.items(company):
        state.add(item)
    keys = {f"files/{key}" for key in _keys(company, boto3.client("s3"), deployment.bucket)}
    if state.shown() != manifest["ledger"] or keys != {f.name for f in files if f.name.startswith("files/")}:
        raise Misuse(f"{company}: something changed after it was taken along; say `company leave` again.")


def _steps(
    company: CompanyId, leaver: Leaver, deployment: Deployment
) -> Mapping[str, Callable[[], Counter[str]]]:
    """In an order that lets each be done again when a later one has failed."""
    leavers = deployment.use.ledger.leavers
    return {
        "beside it": lambda: leavers.erase_beside(company, leaver, now()),
        "keys": lambda: _erase_keys(company, deployment),
        "files": lambda: _erase_objects(company, deployment),
        "items": lambda: leavers.erase_items(company),
    }


def _erase_keys(company: CompanyId, deployment: Deployment) -> Counter[str]:
    """At once: a secret that waits to be deleted could be restored."""
    client, erased = boto3.client("secretsmanager"), Counter[str]()
    for name in (company, company + KEPT):
        secret = deployment.secrets_prefix + name
        try:
            client.describe_secret(SecretId=secret)
        except client.exceptions.ResourceNotFoundException:
            continue
        client.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
        erased["keys"] += 1
    return erased


def _erase_objects(company: CompanyId, deployment: Deployment) -> Counter[str]:
    """Every version, and the markers that stand for deleted ones; a page at a time."""
    s3, bucket, erased = boto3.client("s3"), deployment.bucket, Counter[str]()
    for prefix in PREFIXES:
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=f"{prefix}{company}/")
        for page in pages:
            found: list[Any] = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if not found:
                continue
            versions: Any = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": versions, "Quiet": True})
            if refused := answer.get("Errors"):
                raise Misuse(
                    f"S3 does not delete {len(refused)} versions ({refused[0].get('Code')}); say it again."
                )
            erased[prefix.rstrip("/")] += len(versions)
    return erased


def digest_of(file: Path) -> str:
    with file.open("rb") as held:
        return hashlib.file_digest(held, "sha256").hexdigest()


def _said(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
