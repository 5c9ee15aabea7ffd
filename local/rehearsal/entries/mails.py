"""What leaves by mail or by upload, and the mails that tell people something."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from local.rehearsal.events import number_of
from local.rehearsal.figures import now
from local.rehearsal.scene import Scene
from local.rehearsal.stage import Stage
from local.run.arrivals import in_mails
from local.run.books import COMPANY
from local.run.leaving import RECEPTION
from local.xledger.soap.plan import PASSWORD, USER
from moment_xledger.domain.mails import Stopped
from moment_xledger.domain.sessions import Role
from moment_xledger.domain.uploads import State
from moment_xledger.flows.decide_mail import waiting_mails


def mails_wait(scene: Scene) -> None:
    """Moment delivers no PDF for a while."""
    stage, invoice, since = scene.stage, scene.stage.new_invoice(), now()
    stage.save({"route": "email", "reception_address": RECEPTION})
    stage.moment.fail("503")
    stage.publish(invoice)
    stage.until("the mail waits", lambda: waiting_mails(COMPANY, stage.use.ledger))
    scene.type("errors MailInvoices")
    stage.until("the log tells why", lambda: "moment down" in scene.type("runs MailInvoices").out)
    scene.type("aws ses get-account-sending-enabled")
    scene.type("aws ses get-send-quota")
    number = number_of(invoice)
    stage.until("it is mailed", lambda: in_mails(stage.mailbox, RECEPTION).numbers[number], seconds=180)
    scene.check(
        not waiting_mails(COMPANY, stage.use.ledger), "what is to go by mail does not fall to nothing"
    )
    scene.check(in_mails(stage.mailbox, RECEPTION).numbers[number] == 1, "it was mailed more than once")
    scene.check(not any(stage.figures.of("MailsLate", since)), "the alarm would ring")
    stage.save({"route": "file"})


def mail_not_allowed_yet(scene: Scene) -> None:
    stage, since = scene.stage, now()
    reader = _somebody_new(scene)
    stage.save({"token_expires": _in_days(3)})
    with _unverified(stage):
        stage.start("notices")
        stage.until("the alarm's figure rises", lambda: any(stage.figures.of("NoticesDelayed", since)))
        scene.type("aws sesv2 get-account")
        found = scene.type("aws sesv2 list-email-identities").out
        scene.check(stage["SenderAddress"] not in found, "it is said to be verified")
        scene.type("aws cloudformation describe-stacks")
        scene.type("aws sesv2 put-account-details")
    found = scene.type("aws sesv2 list-email-identities").out
    scene.check(stage["SenderAddress"] in found, "it is not said to be verified")
    stage.start("notices")
    stage.until("what waited goes", lambda: _mails_to(scene, reader))
    stage.save({"token_expires": None})
    scene.check(_mails_to(scene, reader) == 1, "the reader got more than one mail")
    scene.cannot("a sandbox, and production access that AWS grants")


def no_mail_about_an_export(scene: Scene) -> None:
    """Its address came back before."""
    stage, ledger = scene.stage, scene.stage.use.ledger
    gone = _somebody_new(scene)
    ledger.mails.stop(COMPANY, Stopped(gone, "bounced", now()))
    invoice, made = stage.new_invoice(), len(stage.ready())
    stage.publish(invoice)
    stage.until("the invoice is taken in", lambda: stage.has_invoice(number_of(invoice)))
    stage.start("exports")
    stage.until("the export is made", lambda: len(stage.ready()) > made)
    number = max(stage.ready())
    scene.check(f"no more mail to {gone}" in scene.type("op company show").out, "the address is not named")
    scene.type("runs ExportInvoices")
    asked = {"000007": f"{number:06}"}
    told, waiting = (each for each in scene.entry.commands if "get-item" in each)
    scene.check(gone not in scene.type(told, asked).out, "it was told, although it is stopped")
    scene.type(waiting, asked)
    reader = _somebody_new(scene)
    invoice, made = stage.new_invoice(), len(stage.ready())
    stage.publish(invoice)
    stage.until("the next invoice is taken in", lambda: stage.has_invoice(number_of(invoice)))
    stage.start("exports")
    stage.until("the next export is made", lambda: len(stage.ready()) > made)
    asked = {"000007": f"{max(stage.ready()):06}"}
    stage.until("its TOLD names the address", lambda: reader in scene.type(told, asked).out)


def uploads_wait(scene: Scene) -> None:
    """Xledger's web service user has another password by now."""
    stage, ledger = scene.stage, scene.stage.use.ledger
    stage.save({"route": "upload"}, {"soap_user": USER, "soap_password": "no-longer-the-password"})
    invoice = stage.new_invoice()
    number = stage.export(invoice)
    stage.until("a problem tells of it", lambda: any(ledger.problems.of(COMPANY, "settings")))
    scene.type("errors UploadExports")
    scene.check(COMPANY in scene.type("runs UploadExports").out, "the log does not name the company")
    scene.check(
        "! " in scene.type("op company test", fails=True).out, "the test does not tell which setting it is"
    )
    stage.save({}, {"soap_user": USER, "soap_password": PASSWORD})
    said = scene.type("op company test").out
    scene.check(
        any(line.startswith("+") and "SOAP" in line for line in said.splitlines()), f"no + for SOAP: {said}"
    )

    def uploaded() -> bool:
        upload = ledger.uploads.get(COMPANY, number)
        return upload is not None and upload.state is State.UPLOADED

    stage.until("it is handed to Xledger", uploaded, seconds=180)
    page = scene.somebody(Role.ACCOUNTANT).reads(f"/exports/{number}")
    scene.check("Handed to Xledger" in page, f"the export's page does not say that Xledger has it: {page}")
    stage.save({"route": "file"})


def mails_returned(scene: Scene) -> None:
    stage = scene.stage
    gone = _somebody_new(scene)
    stage.aws.client("sqs").send_message(QueueUrl=stage["MailEventsQueue"], MessageBody=_a_bounce(gone))
    stage.until("it is noted", lambda: stage.use.ledger.mails.stopped(COMPANY, gone))
    scene.check(f"no more mail to {gone}" in scene.type("op company show").out, "the address is not named")
    _somebody_new(scene)
    scene.check("no more mail" not in scene.type("op company show").out, "an address is still named")


def notices_delayed(scene: Scene) -> None:
    stage, since = scene.stage, now()
    reader = _somebody_new(scene)
    stage.save({"token_expires": _in_days(3)})
    with _unverified(stage):
        stage.start("notices")
        stage.until("the alarm's figure rises", lambda: any(stage.figures.of("NoticesDelayed", since)))
        scene.type("errors SendNotices")
        scene.check('"delayed":["' in scene.type("runs SendNotices").out, "the log does not say why")
    for _ in range(2):
        scene.type("start notices")
        stage.until("the reader is told", lambda: _mails_to(scene, reader))
    stage.until("the log counts it", lambda: '"urgent":1' in scene.type("runs SendNotices").out)
    scene.check(_mails_to(scene, reader) == 1, "the reader got more than one mail")
    stage.save({"token_expires": None})


def sending_reputation(scene: Scene) -> None:
    scene.type("aws ses get-send-statistics")
    scene.type("errors NoteBounces")
    scene.cannot("the rates of SES, which the check looks at")


def token_expires(scene: Scene) -> None:
    stage, since = scene.stage, now()
    reader = _somebody_new(scene)
    stage.save({"token_expires": _in_days(3)})
    stage.start("notices")
    stage.until("somebody is reminded", lambda: _mails_to(scene, reader))
    stage.until("the alarm's figure rises", lambda: any(stage.figures.of("TokensExpire", since)))
    later = _in_days(365)
    stage.save({"token_expires": later})
    scene.check(
        f'"token_expires": "{later}"' in scene.type("op company show").out, "the new date is not shown"
    )
    since = now()
    stage.start("notices")
    stage.until("the alarm's figure is 0", lambda: stage.figures.of("TokensExpire", since)[-1:] == [0])
    stage.save({"token_expires": None})


@contextmanager
def _unverified(stage: Stage) -> Iterator[None]:
    """SES knows our sender no more; here each version of it has its own."""
    ses, later, sender = stage.aws.client("ses"), stage.aws.client("sesv2"), stage["SenderAddress"]
    ses.delete_identity(Identity=sender)
    later.delete_email_identity(EmailIdentity=sender)
    try:
        yield
    finally:
        ses.verify_email_identity(EmailAddress=sender)
        later.create_email_identity(EmailIdentity=sender)


def _somebody_new(scene: Scene) -> str:
    """Whom the company wants to be told from now on: no address gets two of the mails that cannot wait in an hour."""
    address = f"{now():%H%M%S%f}@nordvik.example"
    scene.stage.save({"notify": [address]})
    return address


def _mails_to(scene: Scene, address: str) -> int:
    return sum(address in mail.to for mail in scene.stage.mailbox)


def _a_bounce(address: str) -> str:
    """Of a notice to this address, as SES tells of it."""
    mail = {"messageId": "1", "destination": [address], "tags": {"company": [COMPANY], "notice": ["1"]}}
    bounce = {"bounceType": "Permanent", "bouncedRecipients": [{"diagnosticCode": "smtp; 550 no such user"}]}
    detail = {"eventType": "Bounce", "mail": mail, "bounce": bounce}
    return json.dumps({"source": "aws.ses", "detail-type": "Email Bounced", "detail": detail})


def _in_days(days: int) -> str:
    return str((datetime.now(UTC) + timedelta(days=days)).date())


ENTRIES: dict[str, Callable[[Scene], None]] = {
    "Mails wait": mails_wait,
    "Mail not allowed yet": mail_not_allowed_yet,
    "No mail about an export": no_mail_about_an_export,
    "Uploads wait": uploads_wait,
    "Token expires": token_expires,
    "Mails returned": mails_returned,
    "Notices delayed": notices_delayed,
    "Sending reputation": sending_reputation,
}
