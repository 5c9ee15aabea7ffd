"""People who come to the console: they sign in by a link, read pages, press buttons; and press again when they see an
error, or come back later to see what became of it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from local.proof.browsing import JSON, Browser, Front, a_link
from local.proof.outside import BucketTwin
from local.proof.pages import Form, Page
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.sessions import Role

TRIES = 3
OK, SEE_OTHER, OUTSIDE, STALE = 200, 303, 401, 403


NOTHING: Mapping[str, str] = {}


class GivenUp(Exception):
    """For now: the errand is still theirs, and they come back."""


@dataclass(frozen=True)
class Fetched:
    """`sha256` is what the page of the export says."""

    company: CompanyId
    export: int
    piece: str
    content: bytes
    sha256: str


@dataclass
class Told:
    """What people were told, and what they carried home."""

    entered: Counter[str] = field(default_factory=Counter)  # by link: how many got in
    fetched: list[Fetched] = field(default_factory=list)
    # Invoices that they pressed to skip, and whether they were told that it is done.
    skipping: dict[tuple[CompanyId, int], bool] = field(default_factory=dict)
    accepted: list[CompanyId] = field(default_factory=list)  # settings that had to be refused
    again: dict[CompanyId, set[str]] = field(default_factory=dict)  # requests to export once more


@dataclass
class Errand:
    """`run` says whether it is done. Whoever has it does not come for it before `at`."""

    at: timedelta
    what: str
    run: Callable[["Visitor"], bool]


@dataclass
class Visitor:
    company: CompanyId
    name: str
    role: Role
    front: Front
    bucket: BucketTwin
    told: Told
    random: Random
    errands: list[Errand] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.browser = Browser(self.front)

    @property
    def is_here(self) -> bool:
        return any(task.name == str(self) for task in self.front.scheduler.running)

    def __str__(self) -> str:
        return f"{self.name} of {self.company}"

    def due(self, since_start: timedelta) -> list[Errand]:
        return [errand for errand in self.errands if errand.at <= since_start]

    def visit(self, since_start: timedelta) -> None:
        for errand in self.due(since_start):
            try:
                if errand.run(self):
                    self.errands.remove(errand)
            except GivenUp:
                self.note(f"gives up for now: {errand.what}")

    def note(self, what: str) -> None:
        self.front.note(f"{self} {what}")

    def wait(self, least: float, most: float) -> None:
        self.front.scheduler.wait(timedelta(seconds=self.random.uniform(least, most)))

    def come_in(self) -> None:
        """By a link that is good once, perhaps in two tabs at the same moment."""
        link = a_link(self.front, company=self.company, person=self.name, role=self.role)
        if not link:
            raise GivenUp
        form = Browser(self.front).get(link).form(link) or Form(link, {})
        browsers = [Browser(self.front) for _ in range(1 + (self.random.random() < 0.3))]
        tabs = [self._tab(browser, form) for browser in browsers[1:]]
        self._enter(browsers[0], form)
        for tab in tabs:
            self.front.scheduler.wait_for(tab, timedelta(minutes=5))
        self.browser = next((browser for browser in browsers if browser.jar), self.browser)

    def _tab(self, browser: Browser, form: Form) -> Any:
        return self.front.scheduler.start(f"{self}, another tab", lambda: self._enter(browser, form))

    def _enter(self, browser: Browser, form: Form) -> None:
        self.told.entered[form.action] += browser.send(form).status == SEE_OTHER

    def open(self, address: str, accept: str = "text/html") -> Page:
        for _ in range(TRIES):
            page = self.browser.get(address, accept)
            if page.status == OUTSIDE:
                self.come_in()
            elif page.is_broken:
                self.wait(1, 10)
            else:
                return page
        raise GivenUp

    def facts(self, address: str) -> Any:
        """What the page says."""
        page = self.open(address, JSON)
        if page.status != OK:
            raise GivenUp
        return page.facts

    def press(
        self, page: Page, action: str, given: Mapping[str, str] = NOTHING, named: Mapping[str, str] = NOTHING
    ) -> Page:
        """Raises `GivenUp` where the page has no such button, or nobody can say what the press did."""
        form = page.form(action, named)
        if form is None:
            raise GivenUp
        for _ in range(TRIES):
            answer = self.browser.send(form, **given)
            if not answer.is_broken:
                break
            if self.random.random() < 0.5:
                raise GivenUp
            self.wait(1, 20)
        if answer.is_broken or answer.status in (OUTSIDE, STALE):
            raise GivenUp
        return answer

    def carry_home(self, export: int, piece: str, link: str, sha256: str) -> bool:
        """False where the link is too old."""
        content = self.bucket.fetch(link)
        if content is not None:
            self.told.fetched.append(Fetched(self.company, export, piece, content, sha256))
        return content is not None
