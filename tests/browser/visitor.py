"""A person at a browser, and what the browser complains of meanwhile."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, Response, expect

from local import ROOT
from tests.browser.opened import Opened

PICTURES = ROOT / "out" / "screenshots"
PATIENCE = 20_000  # milliseconds until something that should be on a page is missed
MOST_TABS = 60
_NAME_OF_THE_FOCUSED = "() => (document.activeElement.labels?.[0] ?? document.activeElement).innerText"


class Hands(Protocol):
    """How one gets at what a page offers, by its name as it is read out."""

    def press(self, page: Page, name: str) -> None: ...
    def write(self, page: Page, label: str, text: str) -> None: ...
    def choose(self, page: Page, label: str, option: str) -> None: ...


class Mouse:
    def press(self, page: Page, name: str) -> None:
        button, link = (page.get_by_role(role, name=name, exact=True) for role in ("button", "link"))
        button.or_(link).click()

    def write(self, page: Page, label: str, text: str) -> None:
        page.get_by_label(label, exact=True).fill(text)

    def choose(self, page: Page, label: str, option: str) -> None:
        page.get_by_label(label, exact=True).select_option(label=option)


class Keyboard:
    """Tab, Enter, and what one types."""

    def press(self, page: Page, name: str) -> None:
        self._reach(page, name)
        page.keyboard.press("Enter")

    def write(self, page: Page, label: str, text: str) -> None:
        self._reach(page, label)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)

    def choose(self, page: Page, label: str, option: str) -> None:
        self._reach(page, label)
        page.keyboard.type(option)

    def _reach(self, page: Page, name: str) -> None:
        for _ in range(MOST_TABS):
            if " ".join(page.evaluate(_NAME_OF_THE_FOCUSED).split()) == name:
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {name}")


@dataclass
class Visitor:
    """`complaints`: what the browser logged as an error, such as what the page's own policy forbids."""

    opened: Opened
    context: BrowserContext
    hands: Hands = field(default_factory=Mouse)
    look: str = "at a desk"
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE)
        expect.set_options(PATIENCE)
        self.context.on("console", self._said)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("request", self._asked)
        self.context.on("response", self._answered)
        self.page = self.context.new_page()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.opened.address, self.opened.bucket)):
            self.complaints.append(f"asked {request.url}")

    def _answered(self, response: Response) -> None:
        """A page may refuse, and a test looks at it. What belongs to a page must come."""
        if response.status >= 400 and not response.request.is_navigation_request():
            self.complaints.append(f"{response.status} for {response.url}")

    def sign_in(self, link: str) -> None:
        self.page.goto(link)
        self.press(self.page.get_by_role("heading").inner_text())
        self.page.wait_for_url("**/overview")

    def goto(self, path: str) -> None:
        self.page.goto(self.opened.address + path)

    def press(self, name: str) -> None:
        self.hands.press(self.page, name)

    def write(self, label: str, text: str) -> None:
        self.hands.write(self.page, label, text)

    def choose(self, label: str, option: str) -> None:
        self.hands.choose(self.page, label, option)

    def sees(self, *texts: str) -> None:
        """Waits for them, so that whatever comes next is done on the page that has them."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def unfold(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    def hindrances(self) -> list[str]:
        """What axe says would keep somebody from using the page, of any weight."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [
            f"{each['impact']}: {each['help']}: {node['html']}" for each in found for node in each["nodes"]
        ]

    def must_scroll_sideways(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))

    def take_picture(self, name: str) -> None:
        """For eyes: a test cannot tell what is ugly. Chromium refuses a picture now and then, and takes it when asked
        again."""
        path = PICTURES / self.look.replace(",", "") / f"{name}.png"
        try:
            self.page.screenshot(path=path, full_page=True)
        except Error:
            self.page.screenshot(path=path, full_page=True)
