"""What cannot be taken back: a company leaves, and the ledger is restored."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from local.operations.ledgers import NEVER_PUT_BACK
from local.rehearsal.carrying import arrives
from local.rehearsal.events import a_customer
from local.rehearsal.figures import now
from local.rehearsal.scene import Scene, signed_in
from local.rehearsal.stage import Stage
from local.rehearsal.staging import EXPORTS
from local.run.books import COMPANY
from moment_xledger.domain.leaving import LONGEST_CALL
from moment_xledger.domain.sessions import Role

LOST = (f"T#{COMPANY}", f"T#{COMPANY}#INV")  # all of the company, and all its invoices and exports


def restore_the_ledger(scene: Scene) -> None:
    """Somebody deletes a company's rows. Then somebody deletes the table."""
    _rows_are_lost(scene)
    _the_table_is_lost(scene)


def _rows_are_lost(scene: Scene) -> None:
    stage = scene.stage
    before = _exported(stage)
    scene.type("op company pause --all")
    time.sleep(1)
    moment = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    time.sleep(1)
    rows = _lose(stage)
    scene.type("aws dynamodb restore-table-to-point-in-time", {"2026-11-22T02:55:00Z": moment})
    scene.type("aws dynamodb wait")
    compare = "op ledger compare --copy ledger-copy"
    said = scene.type(compare, fails=True).out
    exports = f"come out the same: {len(before)} of {len(before)}"
    scene.check(f"only in ledger-copy: {rows}" in said and exports in said, f"compare says: {said}")
    scene.check(f"{rows} items" in scene.type("op ledger put-back").out, "it puts back more, or less")
    said = scene.type(compare).out
    scene.check("only in ledger-copy: 0" in said and exports in said, f"afterwards compare says: {said}")
    scene.type("op company check-file")
    scene.type("op company resume --all")
    scene.type("aws dynamodb delete-table")
    _empty_the_shelf(stage)
    scene.check(_exported(stage) == before, "an export that is made again from the ledger is another")
    _goes_on(scene)
    scene.cannot("the last five minutes, which AWS restores only when they are over")


def _the_table_is_lost(scene: Scene) -> None:
    stage, dynamodb, table = scene.stage, scene.stage.aws.client("dynamodb"), scene.stage["Table"]
    before = _exported(stage)
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=table)
    found = json.loads(scene.type("aws dynamodb list-backups").out)["BackupSummaries"]
    arn = max(found, key=lambda each: str(each["BackupCreationDateTime"]))["BackupArn"]
    scene.type("aws dynamodb restore-table-from-backup", {"ARN": arn})
    for step in ("update-time-to-live", "update-continuous-backups", "update-table"):
        scene.type(f"aws dynamodb {step}")
    told = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    scene.check(told["TimeToLiveStatus"] == "ENABLED", "what is old would stay")
    told = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    status = told["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    scene.check(status == "ENABLED", "it cannot be restored again")
    told = dynamodb.describe_table(TableName=table)["Table"]
    scene.check(told["DeletionProtectionEnabled"], "it can be deleted again")
    scene.check(_exported(stage) == before, "an export is another, or gone")
    _goes_on(scene)


def a_company_leaves(scene: Scene) -> None:
    stage, ledger, folder = scene.stage, scene.stage.use.ledger, scene.stage.folder / "files"
    link, person = ledger.links.make(COMPANY, 7, now()), scene.somebody(Role.ACCOUNTANT)
    files = {"nordvik-files": str(folder)}
    scene.type("op company leave", files)
    scene.check(not person.may_read("/overview"), "a session lasts")
    scene.check(ledger.links.read(link, now()) is None, "a link opens something")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    exports = [each for each in manifest["files"] if each["name"].startswith(f"files/exports/{COMPANY}/")]
    scene.check(len(exports) >= EXPORTS, f"{len(exports)} files of exports are taken along")
    scene.type("op company stay")
    another = a_customer()
    stage.publish(another)
    arrives(scene, another)
    scene.type("op company leave", files)
    leaver = ledger.leavers.get(COMPANY)
    scene.check(leaver is not None, "it is not remembered that it leaves")
    if leaver:  # nobody wants to watch a quarter of an hour go by
        ledger.leavers.save(COMPANY, replace(leaver, since=leaver.since - LONGEST_CALL))
    since, late = now(), a_customer()
    scene.type("op company erase", files)
    scene.check(not ledger.leavers.lingers(COMPANY), "something of it is left in the ledger")
    found = stage.aws.client("s3").list_object_versions(Bucket=stage["Bucket"], Prefix=f"exports/{COMPANY}/")
    scene.check(not found.get("Versions"), "a file of it is left")
    stage.publish(late)
    stage.until("its event is refused", lambda: sum(stage.figures.of("EventsRefused", since)) > 0)
    for run in ("reconcile", "notices"):
        stage.start(run)
    for queue in ("ReconcileQueue", "NoticesQueue"):
        stage.until(f"{queue} is empty", lambda queue=queue: not stage.messages(queue))  # type: ignore[misc]
    for metric in ("CompaniesNotCompared", "TokensExpire", "TokensRefused", "NoticesDelayed"):
        scene.check(not any(stage.figures.of(metric, since)), f"{metric} would ring the next morning")
    scene.check(not ledger.leavers.lingers(COMPANY), "somebody wrote of it again")


def a_person_asks_to_be_forgotten(scene: Scene) -> None:
    event = a_customer()
    scene.stage.publish(event)
    arrives(scene, event)
    name, number = (str(event.document()["data"][each]) for each in ("name", "customerNumber"))
    said = scene.type("op person find", keyboard=f"{name}\n{number}\n").out
    scene.check("+ erased, 1: a customer" in said and name not in said, f"find says: {said}")
    scene.type("op person erase", keyboard=f"{name}\n{number}\n")
    said = scene.type("op person find", keyboard=f"{name}\n{number}\n").out
    scene.check("+" not in said, f"afterwards find says: {said}")


def _lose(stage: Stage) -> int:
    """How many of those that are lost are to be put back."""
    dynamodb, lost = stage.aws.client("dynamodb"), 0
    for page in dynamodb.get_paginator("scan").paginate(TableName=stage["Table"]):
        for item in (each for each in page["Items"] if each["pk"]["S"] in LOST):
            key = {name: item[name] for name in ("pk", "sk")}
            dynamodb.delete_item(TableName=stage["Table"], Key=key)
            lost += not item["sk"]["S"].startswith(NEVER_PUT_BACK)
    return lost


def _exported(stage: Stage) -> dict[int, str]:
    """What the accountant gets of each export: the hash of its bytes."""
    accountant = signed_in(Role.ACCOUNTANT, stage)
    return {
        number: hashlib.sha256(accountant.fetches(number).content).hexdigest() for number in stage.ready()
    }


def _empty_the_shelf(stage: Stage) -> None:
    """So that each file must be made again."""
    s3, bucket = stage.aws.client("s3"), stage["Bucket"]
    for each in s3.list_objects_v2(Bucket=bucket, Prefix="exports/")["Contents"]:
        s3.delete_object(Bucket=bucket, Key=each["Key"])


def _goes_on(scene: Scene) -> None:
    event = a_customer()
    scene.stage.publish(event)
    arrives(scene, event)


ENTRIES: dict[str, Callable[[Scene], None]] = {
    "Restore the ledger": restore_the_ledger,
    "A person asks to be forgotten": a_person_asks_to_be_forgotten,
    "A company leaves": a_company_leaves,
}
