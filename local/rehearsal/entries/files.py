"""Invoices in files: made, stored, compared, and opened by who may."""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import requests

from local.rehearsal.events import finalized_today, number_of
from local.rehearsal.figures import now
from local.rehearsal.scene import Scene
from local.rehearsal.stage import NotAsWritten
from local.rehearsal.staging import KEYS, SETTINGS
from local.run.accountant import links
from local.run.books import COMPANY
from moment_xledger.domain.exports import Export
from moment_xledger.domain.sessions import Role

SAME = ("+ stored: the same", "+ made again: the same")


def export_stuck(scene: Scene) -> None:
    """A release that writes to a bucket that is not there."""
    stage, ready = scene.stage, set(scene.stage.ready())
    invoice = stage.new_invoice()
    with stage.mistake("ExportInvoices", BUCKET="nowhere"):
        stage.publish(invoice)
        stage.until("the invoice is taken in", lambda: stage.has_invoice(number_of(invoice)))
        stage.start("exports")
        stage.until("it fails", lambda: "failed" in stage.log_of("ExportInvoices"))
        scene.check("NoSuchBucket" in scene.type("errors ExportInvoices").out, "the log does not say why")
    stage.until("the export is ready", lambda: set(stage.ready()) > ready)
    (made,) = set(stage.ready()) - ready
    scene.check(
        f"{made:06}-gl02b.csv" in _text(scene, f"/exports/{made}"), "the console does not show its file"
    )
    stage.until("the accountant is told", lambda: list(links(stage.mailbox, COMPANY, made)))
    scene.check(_is_the_same(scene), "the file is not what was exported")


def checksum_differs(scene: Scene) -> None:
    """Somebody writes over the file in the bucket."""
    stage, s3, since = scene.stage, scene.stage.aws.client("s3"), now()
    bucket, folder = stage["Bucket"], f"exports/{COMPANY}/000007/"
    kept = s3.list_objects_v2(Bucket=bucket, Prefix=folder)["Contents"]
    (key,) = (each["Key"] for each in kept if each["Key"].endswith(".csv"))
    s3.put_object(Bucket=bucket, Key=key, Body=b"InvoiceNo;Amount\r\n")
    accountant = scene.somebody(Role.ACCOUNTANT)
    scene.check(not accountant.may_fetch(7), "a wrong file is handed out")
    scene.check("FileDiffers" in scene.type("errors Console").out, "the log does not say what differs")
    scene.type("errors UploadExports")
    stage.until("the alarm's figure rises", lambda: any(stage.figures.of("FilesDiffer", since)))
    said = scene.type("op company check-file", fails=True).out
    scene.check("! stored" in said and SAME[1] in said, "it does not say which of the two differs")
    versions = json.loads(scene.type("aws s3api list-object-versions").out)["Versions"]
    scene.check(sum(each["Key"] == key for each in versions) == 2, "the older version is not there")
    scene.type("aws s3api delete-object", {"NAME.csv": key.removeprefix(folder)})
    scene.check(accountant.fetches(7).ok, "the right one is not made again")
    scene.check(_is_the_same(scene), "it does not say `the same` twice")


def reconciliation_differs(scene: Scene) -> None:
    """Moment has an invoice whose event never came."""
    stage, invoice, since = scene.stage, finalized_today(next(scene.stage.invoices)), now()
    stage.moment.tell([invoice])
    stage.start("reconcile")
    stage.until("the alarm's figure rises", lambda: stage.figures.of("InvoicesDiffer", since)[-1:] == [1])
    scene.check(stage.has_invoice(number_of(invoice)), "it is not taken in")
    scene.type("errors Reconcile")
    said = scene.type("op company report").out
    scene.check("in Moment;" in said and "arrived;" in said, "the month does not stand beside Moment's")
    scene.check("LATE_FROM_MOMENT" in _problems(scene), "the company has no problem that tells of it")
    since = now()
    stage.start("reconcile")
    stage.until(
        "the next night finds nothing new", lambda: stage.figures.of("InvoicesDiffer", since)[-1:] == [0]
    )


def not_compared(scene: Scene) -> None:
    """Moment refuses the company's key."""
    stage, since = scene.stage, now()
    stage.save({}, {"moment_key": "a-key-that-is-no-more"})
    stage.start("reconcile")
    stage.until("the alarm's figure rises", lambda: any(stage.figures.of("CompaniesNotCompared", since)))
    scene.type("errors Reconcile")
    scene.check(f'"{COMPANY}":' in scene.type("runs Reconcile").out, "`later` does not name the company")
    stage.save({}, KEYS)
    since = now()
    scene.type("start reconcile")
    stage.until(
        "the alarm's figure is 0", lambda: stage.figures.of("CompaniesNotCompared", since)[-1:] == [0]
    )
    newest = scene.type("runs Reconcile").out.splitlines()[-1]
    scene.check('"later":{}' in newest, f"the newest line has not an empty `later`: {newest}")


def wrong_mapping_shipped(scene: Scene) -> None:
    stage, ledger = scene.stage, scene.stage.use.ledger
    tokens = [ledger.links.make(COMPANY, number, now()) for number in (7, 8)]
    scene.type("op company pause nordvik")
    for number in (7, 8):
        scene.type(f"op company revoke-links nordvik --export {number}")
    scene.check(not any(_opens(scene, token) for token in tokens), "a link still opens something")
    accounts = dict.fromkeys(ledger.companies.get_known(COMPANY).file.revenue_accounts, "3020")
    stage.save({"file": {"format": "gl02b", "revenue_accounts": accounts}})
    scene.type("op company resume nordvik")
    accountant, before = scene.somebody(Role.ACCOUNTANT), set(stage.ready())
    for number in (7, 8):
        accountant.presses(f"/exports/{number}/again", "/again")
    stage.until("the new files are ready", lambda: len(stage.ready()) == len(before) + 2)
    again = set(stage.ready()) - before
    scene.check({_export(scene, each).repeats for each in again} == {7, 8}, "they do not name the old ones")
    for right in (_export(scene, each) for each in again):
        wrong = _export(scene, right.members_of)
        scene.check(right.sha256 != wrong.sha256, "the new file is not by today's settings")
        scene.check(right.invoices == wrong.invoices, "it has not the same invoices")
    scene.check(_is_the_same(scene), "the old file is not what it was")
    counted = {each.export for each in ledger.invoices.since(COMPANY)}
    scene.check({7, 8} <= counted and not again & counted, "invoices are counted in the new files")
    stage.save({"file": SETTINGS["file"]})


def leaked_link(scene: Scene) -> None:
    token = scene.stage.use.ledger.links.make(COMPANY, 7, now())
    scene.check(_opens(scene, token), "the link opens nothing to begin with")
    accountant, administrator = scene.somebody(Role.ACCOUNTANT), scene.somebody(Role.ADMINISTRATOR)
    scene.check(accountant.fetches(7).ok, "the file cannot be fetched to begin with")
    scene.check("000007" in administrator.reads("/log"), "the company's log does not show what was fetched")
    said = scene.type("op company revoke-links").out
    scene.check("nordvik: 1 links" in said, f"it took back: {said}")
    scene.type("op company sign-out")
    scene.check(not _opens(scene, token), "the link still opens the page")
    scene.check(not accountant.may_read("/overview"), "the session lasts")


def _export(scene: Scene, number: int) -> Export:
    export = scene.stage.use.ledger.exports.get(COMPANY, number)
    if export is None:
        raise NotAsWritten(f"export {number} is gone")
    return export


def _is_the_same(scene: Scene) -> bool:
    said = scene.type("op company check-file nordvik --export 7").out
    return all(each in said for each in SAME)


def _text(scene: Scene, path: str) -> str:
    return scene.somebody(Role.ACCOUNTANT).reads(path)


def _problems(scene: Scene) -> set[str]:
    return {str(each.code) for each in scene.stage.use.ledger.problems.of(COMPANY)}


def _opens(scene: Scene, token: str) -> bool:
    """For whoever has it, without a session."""
    host = urlsplit(scene.stage.stack.outputs["ConsoleUrl"]).netloc
    return requests.get(f"{scene.stage.aws.url}/e/{token}", headers={"Host": host}, timeout=60).ok


ENTRIES: dict[str, Callable[[Scene], None]] = {
    "Export stuck": export_stuck,
    "Checksum differs": checksum_differs,
    "Reconciliation differs": reconciliation_differs,
    "Not compared": not_compared,
    "Wrong mapping shipped": wrong_mapping_shipped,
    "Leaked link": leaked_link,
}
