"""Notices are calm: at once and once for what stands still, a digest for the rest, and an end to each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from itertools import pairwise
from typing import Any

import pytest

from moment_xledger.adapters.review_file import write_review
from moment_xledger.domain.companies import CompanyId, Language
from moment_xledger.domain.errors import GateClosed
from moment_xledger.domain.exports import next_export
from moment_xledger.domain.gate import token_refused
from moment_xledger.domain.mails import AddressRefused, MailDelayed, MailInDoubt
from moment_xledger.domain.notices import ACT_NOW, Notice
from moment_xledger.domain.problems import Code, Problem
from moment_xledger.domain.scheduled_runs import ScheduledRun
from moment_xledger.flows.export_invoices import Exporter, export_invoices
from moment_xledger.flows.send_notices import Notifier, Report, send_notices
from moment_xledger.flows.start_runs import Report as StartReport
from moment_xledger.flows.start_runs import Starter, start_looks, start_run
from moment_xledger.mails.notice import notice_mail
from tests.builders import a_company, a_customer, a_private_person, a_project, an_invoice, in_xledger
from tests.fakes import FakeFiles
from tests.office import FakePostman
from tests.world import TOKEN_ID, World

NORDVIK = CompanyId("nordvik")
KARI, OLA = "kari@nordvik.example", "ola@nordvik.example"
LINK = "https://console.example/problems"
MONDAY = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)  # 06:30 in Oslo
FIVE_MINUTES = timedelta(minutes=5)


@dataclass
class Post:
    """A world in which the clock looks every five minutes to whom something may have to be told."""

    world: World
    postman: FakePostman = field(default_factory=FakePostman)

    def run(self) -> Report:
        """The jobs that the clock queues now, one after the other."""
        queued: list[str] = []

        def queue(run: ScheduledRun, companies: Sequence[str], time: datetime | None) -> int:
            queued.extend(companies)
            return 0

        starter = Starter(self.world.ledger, queue, lambda: True, self.world.time)
        start_run(ScheduledRun.NOTICES, starter, StartReport())
        start_looks(starter, StartReport())
        total = Report()
        for company in queued:
            report = self.look(CompanyId(company))
            total.urgent += report.urgent
            total.refused += report.refused
        return total

    def look(self, company: CompanyId = NORDVIK) -> Report:
        def write(notice: Any, company: Any, to: str, sender: str, now: datetime) -> EmailMessage:
            return notice_mail(notice, company, to, sender, now, LINK)

        notifier = Notifier(self.world.ledger, self.postman, write, self.world.time)
        return send_notices(company, notifier)

    def until(self, hour: int, minute: int = 0, day: int = 23) -> None:
        """In Oslo, in November: an hour before UTC."""
        end = datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)
        while self.world.time.now < end:
            self.world.time.now += FIVE_MINUTES
            self.run()

    def report(self, *numbers: str, code: Code = Code.REFUSED_BY_XLEDGER, kind: str = "customer") -> None:
        now = self.world.time()
        details = {
            "field": "",
            "vat_code": "3",
            "why": "Permanent",
            "fault": "must have 2 to 25 characters",
            "records": "",
            "reached": "",
            "owner_code": "1",
        }
        self.world.ledger.problems.report(
            Problem(NORDVIK, kind, number, code, details, "", now, now) for number in numbers
        )

    def close(self, *numbers: str, kind: str = "customer") -> None:
        self.world.ledger.problems.close(NORDVIK, [(kind, number) for number in numbers])

    def refuse_token(self) -> None:
        gates = self.world.ledger.gates
        gates.save(TOKEN_ID, token_refused(gates.get(TOKEN_ID), self.world.time()))
        self.report("", code=Code.TOKEN_REFUSED, kind="settings")

    def subjects(self, address: str = KARI) -> list[str]:
        return [str(message["Subject"]) for message in self.postman.to(address)]


def a_post(notify: Iterable[str] = (KARI, OLA), **settings: Any) -> Post:
    settings = {"language": "en", "notify": list(notify)} | settings
    post = Post(World(companies=[a_company(**settings)]))
    post.world.time.now = MONDAY
    return post


@pytest.fixture
def post() -> Post:
    return a_post()


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_what_stands_still_is_told_at_once_and_once_to_each_address(post: Post) -> None:
    post.refuse_token()
    post.run()
    for _ in range(3):
        post.refuse_token()
        post.world.time.now += timedelta(hours=2)
        post.run()
    for address in (KARI, OLA):
        assert post.subjects(address) == ["Nordvik Arkitekter AS: the transfer to Xledger has stopped"]
        (mail,) = post.postman.to(address)
        assert mail["To"] == address
        assert "Make a new one in Xledger" in text(mail)


def test_it_is_told_on_a_sunday_night_too(post: Post) -> None:
    post.world.time.now = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    post.refuse_token()
    assert post.run().urgent == 2


def test_when_it_is_over_that_is_told_once(post: Post) -> None:
    post.refuse_token()
    post.run()
    post.close("", kind="settings")
    post.world.time.now += timedelta(hours=2)
    post.run()
    post.world.time.now += timedelta(hours=2)
    post.run()
    _, better = post.postman.to(KARI)
    assert better["Subject"] == "Nordvik Arkitekter AS: something is well again"
    assert "The Xledger API key works." in text(better)


@pytest.mark.parametrize("code", sorted(ACT_NOW))
@pytest.mark.parametrize("language", Language)
def test_the_end_of_everything_urgent_has_its_sentence(language: Language, code: Code) -> None:
    company, sender = a_company(language=language), "moment@example.com"
    over, more = (
        text(notice_mail(Notice(over=ended), company, KARI, sender, MONDAY, LINK)) for ended in ((), (code,))
    )
    assert len(more.split()) > len(over.split()) + 3


def test_what_comes_and_goes_is_one_mail_an_hour_at_most(post: Post) -> None:
    for _ in range(30):
        post.refuse_token()
        post.run()
        post.world.time.now += FIVE_MINUTES
        post.close("", kind="settings")
        post.run()
        post.world.time.now += FIVE_MINUTES
    times = [message["Date"].datetime for message in post.postman.to(KARI)]
    assert 1 < len(times) <= 6
    assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(times))


def test_what_needs_somebody_waits_for_the_digest(post: Post) -> None:
    post.report("10001")
    post.until(6, 55)
    assert post.postman.sent == []
    post.until(7)
    assert post.subjects() == ["Nordvik Arkitekter AS: 1 matter waits for you"]
    post.until(12, 55)
    assert len(post.subjects()) == 1


def test_nothing_new_at_one_is_no_second_digest(post: Post) -> None:
    post.report("10001")
    post.until(7)
    post.report("10001")
    post.until(18)
    assert len(post.subjects()) == 1


def test_something_new_at_one_is_told_with_what_still_waits(post: Post) -> None:
    post.report("10001")
    post.until(7)
    post.report("10002")
    post.until(13)
    assert post.subjects()[1:] == ["Nordvik Arkitekter AS: 2 matters wait for you"]
    assert "New since last time: 1." in text(post.postman.to(KARI)[1])


def test_nobody_is_reminded_at_the_weekend_but_on_monday_morning(post: Post) -> None:
    post.report("10001")
    post.until(7)
    post.until(19, day=27)
    assert len(post.subjects()) == 1
    post.report("10002")
    post.until(23, day=29)
    assert len(post.subjects()) == 1
    post.until(7, 5, day=30)
    assert len(post.subjects()) == 2
    post.until(7, 5, day=30)
    assert len(post.subjects()) == 2


def test_when_nothing_waits_any_more_the_next_digest_says_so_once(post: Post) -> None:
    post.report("10001")
    post.until(7)
    post.close("10001")
    post.until(18)
    post.until(18, day=24)
    assert post.subjects()[1:] == ["Nordvik Arkitekter AS: all is well again"]


def test_nothing_is_said_to_be_well_while_something_stands_still(post: Post) -> None:
    post.report("10001")
    post.until(7)
    post.refuse_token()
    post.until(8)
    post.close("10001")
    post.until(13)
    post.until(13, day=24)
    assert post.subjects()[2:] == ["Nordvik Arkitekter AS: something is well again"]
    assert "This has still stopped" in text(post.postman.to(KARI)[-1])
    assert "Make a new one in Xledger" in text(post.postman.to(KARI)[-1])


def test_five_thousand_failures_in_an_hour_are_two_mails_an_address_at_most(post: Post) -> None:
    post.until(12, 30)
    post.refuse_token()
    for minute in range(60):
        post.report(*(str(10_000 + minute * 84 + n) for n in range(84)))
        post.world.time.now += timedelta(minutes=1)
        post.run()
    for address in (KARI, OLA):
        assert post.subjects(address) == [
            "Nordvik Arkitekter AS: the transfer to Xledger has stopped",
            "Nordvik Arkitekter AS: 2521 matters wait for you",
        ]
    body = text(post.postman.to(KARI)[1])
    assert len(set(re.findall(r"\b1\d{4}\b", body))) <= 20
    assert "and 2511 more" in body
    assert LINK in body


def test_the_commonest_reason_comes_first_and_repeats_are_counted(post: Post) -> None:
    post.report("1", code=Code.KID_INVALID, kind="invoice")
    for _ in range(4):
        post.report("10001", "10002", "10003")
    post.until(7)
    body = text(post.postman.to(KARI)[0])
    assert body.index("10001") < body.index(
        "The KID of invoice 1 cannot be used: it must have 2 to 25 characters."
    )
    assert "Also: 10002, 10003." in body
    assert "Has happened 9 more times." in body
    post.report("1", code=Code.KID_INVALID, kind="invoice")
    post.report("10004")
    post.until(13)
    assert "Has happened once more." in text(post.postman.to(KARI)[1])
    assert "Who can do something: administrator" in body


def test_throttling_alone_mails_nobody(post: Post) -> None:
    post.world.server.replan({"credits_per_hour": 1})
    post.world.receive(*(a_private_person(str(number)) for number in range(10_001, 10_020)))
    post.world.run(until=timedelta(minutes=30))
    assert any(isinstance(closed, GateClosed) for closed in post.world.closed)
    post.until(18)
    assert post.postman.sent == []


def test_an_address_that_is_refused_is_stopped_and_the_others_go_on(post: Post) -> None:
    post.postman.refuses[KARI] = AddressRefused("InvalidParameterValue")
    post.refuse_token()
    assert (post.run().refused, post.run().refused) == (1, 0)
    assert len(post.postman.to(OLA)) == 1
    stopped = post.world.ledger.mails.stopped(NORDVIK, KARI)
    assert stopped is not None
    assert ("settings", KARI, "NOTICE_ADDRESS_STOPPED") in list(post.world.problems())


def test_a_mail_service_that_is_down_delays_and_loses_nothing(post: Post) -> None:
    post.postman.refuses = {KARI: MailDelayed("Throttling"), OLA: MailDelayed("Throttling")}
    post.refuse_token()
    post.report("10001")
    post.until(7, 30)
    assert post.postman.sent == []
    post.postman.refuses = {}
    post.until(7, 35)
    assert len(post.subjects()) == 2


def test_a_mail_that_may_have_gone_is_not_sent_again(post: Post) -> None:
    post.postman.refuses[KARI] = MailInDoubt("ReadTimeout")
    post.refuse_token()
    post.run()
    post.postman.refuses = {}
    post.run()
    assert (len(post.postman.to(KARI)), len(post.postman.to(OLA))) == (0, 1)


def test_a_run_that_dies_with_an_address_in_hand_is_followed_by_another(post: Post) -> None:
    post.refuse_token()
    assert post.world.ledger.notices.take(NORDVIK, KARI, post.world.time()) is not None
    post.run()
    assert post.subjects() == []
    post.world.time.now += FIVE_MINUTES
    post.run()
    assert len(post.subjects()) == 1


def test_where_there_is_not_time_for_all_addresses_the_others_are_told_soon() -> None:
    addresses = [f"person-{n:02}@nordvik.example" for n in range(20)]
    post = a_post(notify=addresses)
    post.refuse_token()

    class Slow(FakePostman):
        def send(self, message: EmailMessage, to: str) -> str:
            post.world.time.now += timedelta(seconds=20)
            return super().send(message, to)

    post.postman, began = Slow(), post.world.time.now
    assert post.look().delayed == ["out of time"]
    assert post.world.time.now - began < timedelta(seconds=240)
    for _ in range(2):
        post.world.time.now += FIVE_MINUTES
        post.run()
    assert sorted(to for to, _ in post.postman.sent) == addresses


@pytest.mark.parametrize(
    ("today", "days"),
    [
        pytest.param(date(2026, 11, 23), 30, id="a month before"),
        pytest.param(date(2026, 12, 16), 7, id="a week before"),
        pytest.param(date(2026, 12, 22), 1, id="the day before"),
    ],
)
def test_a_keys_end_is_announced(today: date, days: int) -> None:
    post = a_post(token_expires=today + timedelta(days=days))
    post.world.time.now = datetime(today.year, today.month, today.day, 7, 0, tzinfo=UTC)
    post.run()
    assert post.subjects() == ["Nordvik Arkitekter AS: the Xledger API key expires soon"]
    assert f"expires on {today + timedelta(days=days):%d.%m.%Y}." in text(post.postman.to(KARI)[0])


def test_a_reminder_that_stands_for_weeks_says_nothing_that_is_over_the_next_day() -> None:
    post = a_post(token_expires=date(2026, 12, 23))
    post.world.time.now = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    post.run()
    (problem,) = post.world.ledger.problems.of(NORDVIK)
    for language in Language:
        assert "30" not in problem.sentence(language)


def test_a_reminder_waits_for_the_morning() -> None:
    post = a_post(token_expires=date(2026, 12, 23))
    post.until(6, 55)
    assert post.subjects() == []
    post.until(7)
    assert len(post.subjects()) == 1


def test_three_reminders_in_all_and_one_word_when_the_key_is_new() -> None:
    post = a_post(token_expires=date(2026, 12, 23))
    for day in range(31):
        post.world.time.now = MONDAY + timedelta(days=day, hours=2)
        post.run()
    assert len(post.subjects()) == 3
    post.world.ledger.companies.save(
        a_company(language="en", notify=[KARI], token_expires=date(2027, 12, 23))
    )
    post.world.time.now += timedelta(hours=2)
    post.run()
    assert "has been renewed" in text(post.postman.to(KARI)[-1])
    assert list(post.world.problems()) == []


def test_a_reception_address_that_is_in_the_settings_no_more_is_told_of_no_more() -> None:
    """News of a mail that went before the address was corrected may come after it."""
    new, old = "mb.20000@xledger.example", "mb.00000@xledger.example"
    post = a_post(route="email", reception_address=new.upper())
    for address in (new, old):
        post.report(address, code=Code.RECEPTION_ADDRESS_STOPPED, kind="settings")
    post.run()
    assert list(post.world.problems()) == [("settings", new, "RECEPTION_ADDRESS_STOPPED")]


def test_an_export_that_failed_twice_is_told_at_once_and_so_is_its_end(post: Post) -> None:
    world = post.world
    in_xledger(world.ledger, NORDVIK, a_customer(), a_project())
    world.receive(an_invoice(10231))
    company, watermark = a_company(), world.ledger.exports.watermark(NORDVIK)
    world.ledger.exports.claim(next_export(company, watermark, 1, "Kari", world.time()), watermark, "r")

    class Full(FakeFiles):
        def put_once(self, *_: Any, **__: Any) -> None:
            raise OSError

    for minutes, urgent in ((20, 0), (10, 2)):
        world.time.now += timedelta(minutes=minutes)
        with pytest.raises(OSError):  # noqa: PT011 -- there is no more to it
            export_invoices(NORDVIK, "r", "sweep", Exporter(world.ledger, Full(), world.time, write_review))  # type: ignore[arg-type]
        assert post.run().urgent == urgent
    assert list(world.problems()) == [("export", "1", "EXPORT_FAILED")]

    world.time.now += timedelta(hours=1)
    exporter = Exporter(world.ledger, FakeFiles(), world.time, write_review)  # type: ignore[arg-type]
    export_invoices(NORDVIK, "r", "sweep", exporter)
    post.run()
    assert "The export is finished." in text(post.postman.to(KARI)[-1])
    assert list(world.problems()) == []


def test_a_norwegian_company_reads_norwegian_in_text_and_html() -> None:
    post = a_post(language="no")
    post.report("10001", "10002")
    post.until(7)
    mail = post.postman.to(KARI)[0]
    assert mail["Subject"] == "Nordvik Arkitekter AS: 2 saker venter på dere"
    html = mail.get_body(("html",))
    assert html is not None
    for body in (text(mail), str(html.get_content())):
        assert "Xledger tar ikke imot kunde 10001" in body
        assert "Gjelder også 10002." in body
        assert "administrator" in body


def test_xledgers_words_stay_on_their_line_and_cannot_become_html() -> None:
    post = a_post()
    words = "<script>alert(1)</script>\r\nSubject: x"
    now = post.world.time()
    problem = Problem(NORDVIK, "customer", "10001", Code.REFUSED_BY_XLEDGER, {"field": ""}, words, now, now)
    post.world.ledger.problems.report([problem])
    post.until(7)
    mail = post.postman.to(KARI)[0]
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "</script> Subject: x" in text(mail)
