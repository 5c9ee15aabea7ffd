"""The people at a company, who are asked what nobody else can know: they look where it should have arrived, and say."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from local.proof.post import INVOICE
from local.proof.stage import Stage
from moment_xledger.domain import invoice_mails, uploads
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.flows.decide_mail import confirm_address, resolve_mail
from moment_xledger.flows.decide_upload import resolve_upload

PATIENT = timedelta(minutes=5)  # what was just sent may still be under way
BY = "Kari"


def open_questions(stage: Stage) -> list[Problem]:
    every = (problem for each in stage.story.companies for problem in stage.ledger.problems.of(each.id))
    return [problem for problem in every if problem.code in _ANSWERS]


def answer_problems(stage: Stage, clock: Callable[[], datetime]) -> None:
    """Only those that have stood for a while."""
    for problem in open_questions(stage):
        if problem.last_seen and clock() - problem.last_seen > PATIENT:
            with suppress(ValueError):  # told of, but not yet theirs to decide
                _ANSWERS[problem.code](problem, stage, clock)


def _mail(problem: Problem, stage: Stage, clock: Callable[[], datetime]) -> None:
    arrived = arrived_mails(stage, problem.company, int(problem.number))
    choice = invoice_mails.Choice.IT_ARRIVED if arrived else invoice_mails.Choice.SEND_AGAIN
    resolve_mail(problem.company, int(problem.number), choice, BY, stage.ledger, clock)


def _address(problem: Problem, stage: Stage, clock: Callable[[], datetime]) -> None:
    confirm_address(problem.company, problem.number, BY, stage.ledger, clock)


def _upload(problem: Problem, stage: Stage, clock: Callable[[], datetime]) -> None:
    key = _file_key(stage, problem.company, int(problem.number))
    choice = uploads.Choice.SEND_AGAIN if key is None else uploads.Choice.IT_ARRIVED
    resolve_upload(problem.company, int(problem.number), choice, BY, stage.ledger, clock, key)


def arrived_mails(stage: Stage, company: CompanyId, number: int) -> int:
    """With this invoice, in Xledger's mailbox."""
    name = f"{company}.{number}."
    return sum(
        not mail.came_back and str(mail.message.get(INVOICE, "")).startswith(name)
        for mail in stage.post.mails
    )


def _file_key(stage: Stage, company: CompanyId, number: int) -> int | None:
    """By which Xledger has this export's file."""
    export = stage.ledger.exports.get(company, number)
    if export is None:
        return None
    sha256 = hashlib.sha256(stage.bucket.files[export.folder + export.file_name()]).hexdigest()
    return next((int(each["fileKey"]) for each in stage.uploads() if each["sha256"] == sha256), None)


_ANSWERS: dict[Code, Callable[[Problem, Stage, Callable[[], datetime]], None]] = {
    Code.MAIL_UNCERTAIN: _mail,
    Code.MAIL_BOUNCED: _mail,
    Code.RECEPTION_ADDRESS_STOPPED: _address,
    Code.UPLOAD_UNCERTAIN: _upload,
    Code.UPLOAD_UNREADABLE: _upload,
    Code.UPLOAD_REFUSED: _upload,
    Code.UPLOAD_FAULT: _upload,
}
