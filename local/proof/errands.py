"""What people come to the console for. Each looks first whether it is done; whoever does not see it, presses."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from local.proof.pages import Page
from local.proof.post import SesTwin
from local.proof.visitors import SEE_OTHER, GivenUp, Visitor
from moment_xledger.console.settings_form import KEYS
from moment_xledger.domain.problems import Problem
from moment_xledger.domain.typed_keys import TAIL

SOON = timedelta(minutes=5)
ASKED_IN_VAIN = 4
IN_A_MAIL = re.compile(r"https://console\.example(/e/[A-Za-z0-9_-]+)")
EVERYWHERE = (
    "/",
    "/overview",
    "/problems",
    "/record?kind=customer&number=10002",
    "/record?kind=invoice&number=101",
    "/exports",
    "/log",
    "/settings",
)


@dataclass
class OrderExport:
    """Until the page shows it, or that there is nothing for it but invoices that are held for a reason."""

    asked: str = ""
    times: int = 0

    def __call__(self, visitor: Visitor) -> bool:
        if self.asked and self._has_come(visitor):
            return True
        page = visitor.open("/exports")
        form = page.form("/exports")
        if form is None:
            raise GivenUp
        self.asked = form.fields["request"]
        visitor.press(page, "/exports")
        visitor.wait(5, 30)
        return self._has_come(visitor)

    def _has_come(self, visitor: Visitor) -> bool:
        facts = visitor.facts(f"/exports?asked={self.asked}")
        if facts["asked"]["export"] or not (facts["waiting"] or facts["being_made"]):
            return True
        self.times += 1
        held = (group["kind"] == "invoice" for group in visitor.facts("/problems")["groups"])
        return self.times > ASKED_IN_VAIN and not facts["being_made"] and any(held)


def fetch_files(visitor: Visitor) -> bool:
    """Of the newest export that is ready, if there is one."""
    made = [each["number"] for each in visitor.facts("/exports")["exports"] if each["status"] == "ready"]
    return not made or _fetch_all(visitor, f"/exports/{made[0]}", made[0])


def _fetch_all(visitor: Visitor, base: str, number: int) -> bool:
    facts, page = visitor.facts(base), visitor.open(base)
    return all(
        _fetch(visitor, page, f"{base}/files/{file['piece']}", number, facts["sha256"])
        for file in facts["files"]
    )


def _fetch(visitor: Visitor, page: Page, action: str, number: int, sha256: str) -> bool:
    answer = visitor.press(page, action)
    if answer.status != SEE_OTHER:
        raise GivenUp
    return visitor.carry_home(number, action.rpartition("/")[2], answer.place, sha256)


def follow_mail(post: SesTwin) -> Callable[[Visitor], bool]:
    """To the page of an export, without signing in."""

    def follow(visitor: Visitor) -> bool:
        mails = [mail for to, mail in post.sent if to.endswith(f"@{visitor.company}.example")]
        found = IN_A_MAIL.search(mails[-1].get_body().get_content()) if mails else None  # type: ignore[union-attr]
        return found is None or _fetch_all(visitor, found[1], visitor.facts(found[1])["number"])

    return follow


@dataclass
class ExportAgain:
    """The first export, once more. Who saw an error does not know, and does not ask for a third one."""

    asked: str = ""

    def __call__(self, visitor: Visitor) -> bool:
        made = [each["number"] for each in visitor.facts("/exports")["exports"] if each["status"] == "ready"]
        if self.asked or not made:
            return True
        address = f"/exports/{made[-1]}/again"
        page = visitor.open(address)
        form = page.form(address)
        if form is None:
            raise GivenUp
        self.asked = form.fields["request"]
        visitor.told.again.setdefault(visitor.company, set()).add(self.asked)
        visitor.press(page, address)
        return True


def stroll(visitor: Visitor) -> bool:
    """Through every page, and out."""
    for address in EVERYWHERE:
        visitor.open(address)
    for group in visitor.facts("/problems")["groups"]:
        visitor.open(f"/problems/group?{urlencode({name: group[name] for name in ('kind', 'code')})}")
    for address in ("/report?month=2026-11", "/report.csv?month=2026-11"):
        visitor.browser.get(address)  # Moment may not answer
    visitor.press(visitor.open("/settings"), "/settings/test")
    visitor.press(visitor.open("/overview"), "/out")
    return True


def retry_problems(visitor: Visitor) -> bool:
    """Each one by itself, or all of a kind at once."""
    page = visitor.open("/problems")
    for form in [each for each in page.forms if each.action.startswith("/problems/retry")]:
        visitor.press(page, form.action, named=form.fields)
    return True


def open_problem(visitor: Visitor, problem: Problem) -> Page:
    named = {"kind": problem.kind, "code": str(problem.code), "number": problem.number}
    return visitor.open(f"/problems/one?{urlencode(named)}")


def choose(visitor: Visitor, problem: Problem, choice: str, file_key: int | None = None) -> None:
    given = {"choice": choice} | ({"file_key": str(file_key)} if file_key else {})
    visitor.press(open_problem(visitor, problem), "/problems/choose", given)


def skip_invoice(number: int) -> Callable[[Visitor], bool]:
    """For a reason of their own, if it stands among the problems."""

    def skip(visitor: Visitor) -> bool:
        named = {"kind": "invoice", "code": "VAT_CODE_UNMAPPED", "number": str(number)}
        page = visitor.open(f"/problems/one?{urlencode(named)}")
        if page.form("/problems/skip") is None:
            return True
        told, this = visitor.told.skipping, (visitor.company, number)
        told.setdefault(this, False)
        answer = visitor.press(page, "/problems/skip", {"reason": "sent by hand"})
        told[this] = told[this] or answer.place.endswith("did=skip")
        return True

    return skip


def change(**wanted: str) -> Callable[[Visitor], bool]:
    """Of the settings, as the form has them; keys are known by their last characters. Perhaps they are called away
    between opening the form and saving it."""

    def save(visitor: Visitor) -> bool:
        page = visitor.open("/settings")
        if shows(page, wanted):
            return True
        if visitor.random.random() < 0.3:
            visitor.wait(1, 120)
        answer = visitor.press(page, "/settings", wanted)
        if answer.status != SEE_OTHER:
            return False  # others were faster: look again, and save again
        return shows(visitor.open("/settings"), wanted)

    return save


def shows(page: Page, wanted: dict[str, str]) -> bool:
    form = page.form("/settings")
    if form is None:
        raise GivenUp
    ends = {name: f"…{value[-TAIL:]}" for name, value in wanted.items() if name in KEYS}
    return all(
        ends[name] in page.text if name in ends else form.fields.get(name) == value
        for name, value in wanted.items()
    )
