"""The people of the companies. Everywhere somebody answers what nobody else can know: they look where it should have
arrived, and say."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from local.proof.belonging import moves_of
from local.proof.browsing import Front
from local.proof.desk import BORDVIK, errands_of
from local.proof.errands import SOON, choose, open_problem
from local.proof.post import INVOICE
from local.proof.stage import Stage
from local.proof.visitors import GivenUp, Visitor
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.sessions import Role

KARI, ADMINISTRATORS = "Kari", ("Ola", "Siri")


def people_of(stage: Stage, front: Front, random: Random, period: timedelta) -> list[Visitor]:
    """An accountant everywhere; where the console is worked with, two administrators as well."""

    def somebody(company: CompanyId, name: str, role: Role) -> Visitor:
        errands = errands_of(name, period, stage, random) if company == BORDVIK else []
        if name != KARI and stage.story.belonging:
            errands = moves_of(company, stage.story.belonging, period, random)
        return Visitor(company, name, role, front, stage.bucket, stage.told, random, errands)

    names = [company.id for company in stage.story.companies]
    accountants = [somebody(company, KARI, Role.ACCOUNTANT) for company in names]
    others = [(BORDVIK, name) for name in ADMINISTRATORS] if BORDVIK in names else []
    if stage.story.belonging:
        others = [(company, ADMINISTRATORS[0]) for company in names]
    return accountants + [somebody(company, name, Role.ADMINISTRATOR) for company, name in others]


def open_questions(stage: Stage) -> list[Problem]:
    every = (problem for each in stage.story.companies for problem in stage.ledger.problems.of(each.id))
    return [problem for problem in every if problem.code in _ANSWERS]


def patient_questions(stage: Stage, company: CompanyId, now: datetime) -> list[Problem]:
    """Only those that have stood for a while: what was just sent may still be under way."""
    return [
        problem
        for problem in open_questions(stage)
        if problem.company == company and problem.last_seen and now - problem.last_seen > SOON
    ]


def answer(visitor: Visitor, asked: Sequence[Problem], stage: Stage) -> None:
    for problem in asked:
        try:
            _ANSWERS[problem.code](problem, stage, visitor)
        except GivenUp:
            visitor.note(f"gives up for now: {problem.code} of {problem.number}")


def _mail(problem: Problem, stage: Stage, visitor: Visitor) -> None:
    arrived = arrived_mails(stage, problem.company, int(problem.number))
    choose(visitor, problem, "arrived" if arrived else "again")


def _address(problem: Problem, _: Stage, visitor: Visitor) -> None:
    visitor.press(open_problem(visitor, problem), "/problems/retry")


def _upload(problem: Problem, stage: Stage, visitor: Visitor) -> None:
    key = _file_key(stage, problem.company, int(problem.number))
    choose(visitor, problem, "again" if key is None else "arrived", key)


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


_ANSWERS: dict[Code, Callable[[Problem, Stage, Visitor], None]] = {
    Code.MAIL_UNCERTAIN: _mail,
    Code.MAIL_BOUNCED: _mail,
    Code.MAIL_BOUNCED_LATE: _mail,
    Code.RECEPTION_ADDRESS_STOPPED: _address,
    Code.UPLOAD_UNCERTAIN: _upload,
    Code.UPLOAD_UNREADABLE: _upload,
    Code.UPLOAD_REFUSED: _upload,
    Code.UPLOAD_FAULT: _upload,
}
