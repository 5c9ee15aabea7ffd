"""What cannot be taken back: a company leaves, and the ledger is restored."""

import hashlib
import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local.operations.ledgers import NEVER_PUT_BACK
from local.rehearsal.carrying import arrives
from local.rehearsal.events import a_customer
from local.rehearsal.figures import now
from local.rehearsal.scene import Scene, signed_in
from local.rehearsal.stage import Stage
from local.run.books import COMPANY
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
    stage, secrets = scene.stage, scene.stage.aws.client("secretsmanager")
    link, person = stage.use.ledger.links.make(COMPANY, 7, now()), scene.somebody(Role.ACCOUNTANT)
    off = stage.folder / "off.json"
    off.write_text(_off(scene), "utf-8")
    kept = {each["Name"] for each in secrets.list_secrets()["SecretList"]}
    scene.type("op company create", {"off.json": str(off)})
    scene.type("op company pause")
    scene.type("op company sign-out")
    scene.type("op company revoke-links")
    scene.check(not person.may_read("/overview"), "a session lasts")
    scene.check(stage.use.ledger.links.read(link, now()) is None, "a link opens something")
    first, second = (each for each in scene.entry.commands if "delete-secret" in each)
    scene.type(first)
    scene.type(second, fails=f"{stage.stack.name}/{COMPANY}.logon-key" not in kept)
    shown = scene.type("op company show").out
    settings: dict[str, Any] = json.loads(shown[: shown.rindex("}") + 1])
    wanted = json.loads(_off(scene))
    scene.check({name: settings[name] for name in wanted} == wanted, "not all is off")
    since = now()
    stage.invoke("Sweep")
    for run in ("reconcile", "notices"):
        stage.start(run)
    for queue in ("ReconcileQueue", "NoticesQueue"):
        stage.until(f"{queue} is empty", lambda queue=queue: not stage.messages(queue))  # type: ignore[misc]
    for metric in ("CompaniesNotCompared", "TokensExpire", "TokensRefused", "NoticesDelayed"):
        scene.check(not any(stage.figures.of(metric, since)), f"{metric} would ring the next morning")


def _off(scene: Scene) -> str:
    """As the entry has it."""
    (found,) = re.findall(r"`(\{[^`]+\})`", scene.entry.text)
    return str(found)


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
    "A company leaves": a_company_leaves,
}
