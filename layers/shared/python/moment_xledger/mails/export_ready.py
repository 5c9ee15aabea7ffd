"""The mail that says that an export is ready: all that the accountant must know, and the link, but never the file."""

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from moment_xledger.console.showing import amount, count, moment
from moment_xledger.domain.absences import in_words
from moment_xledger.domain.companies import Language
from moment_xledger.domain.counted import filled
from moment_xledger.domain.exports import Export
from moment_xledger.domain.files.series import SeriesReport
from moment_xledger.domain.mails import TAGS
from moment_xledger.domain.uploads import State
from moment_xledger.mails.handed_over import handed_over
from moment_xledger.mails.pages import page

if TYPE_CHECKING:
    from moment_xledger.flows.tell_accountant import News

MOST_PROBLEMS = 20  # a mail is read by a person; the console has them all
_SUBJECT = {
    Language.NORWEGIAN: "Eksport {1} til Xledger: {0} {0:faktura|fakturaer}, {2} – {3}",
    Language.ENGLISH: "Export {1} to Xledger: {0} {0:invoice|invoices}, {2} – {3}",
}
_FROM = {Language.NORWEGIAN: "Moment til Xledger", Language.ENGLISH: "Moment to Xledger"}


def export_ready(news: "News", to: str, sender: str, now: datetime) -> EmailMessage:
    """The same export for the same reader always has the same id, so that a second copy can be known as one."""
    language = news.company.language
    identity = _identity(news.export, to)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(_FROM[language], addr_spec=sender)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = _subject(news)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{identity}@{sender.rpartition('@')[2]}>"
    mail["X-Moment-Xledger-Id"] = identity  # SES writes its own Message-ID over ours
    mail[TAGS] = f"company={news.company.id}, notice=export"
    mail["Auto-Submitted"] = "auto-generated"  # so that no absence notice answers it
    facts = _facts(news)
    mail.set_content(page(f"export_ready.{language}.txt", facts))
    mail.add_alternative(page(f"export_ready.{language}.html", facts), subtype="html")
    mail["Content-Language"] = str(
        language
    )  # last: what is said of the content before moves into its first part
    return mail


def _identity(export: Export, to: str) -> str:
    readable = f"export-{export.company}-{export.number}"
    return f"{readable}-{hashlib.sha256(to.encode()).hexdigest()[:16]}"


def _subject(news: "News") -> str:
    export, name = news.export, " ".join(news.company.name.split())
    total = " + ".join(money(currency, value) for currency, value in export.totals.items())
    total = total.replace("\u00a0", " ")
    return filled(_SUBJECT[news.company.language], export.invoices, export.number, total, name)


def money(currency: str, value: Any) -> str:
    return f"{amount(value)}\u00a0{'kr' if currency == 'NOK' else currency}"


def _facts(news: "News") -> dict[str, Any]:
    export, language = news.export, news.company.language
    return {
        "export": export,
        "company": news.company,
        "made": moment(export.claimed),
        "invoices": count(export.invoices),
        "totals": [money(currency, value) for currency, value in export.totals.items()],
        "sums": [
            (code, money(currency, value))
            for currency, by_code in export.sums.items()
            for code, value in sorted(by_code.items())
        ],
        "problems": [problem.sentence(language) for problem in news.problems[:MOST_PROBLEMS]],
        "more_problems": max(0, len(news.problems) - MOST_PROBLEMS),
        "handed": handed_over(news),
        "leaves_once": news.upload is None or news.upload.state not in (State.TAKEN_APART, State.OVERTAKEN),
        "link": news.link,
        "link_until": moment(news.link_until),
        **_series(export.series or SeriesReport(), language),
    }


def _series(series: SeriesReport, language: Language) -> dict[str, Any]:
    return {
        "gaps": [(numbers(gap.first, gap.last), in_words(gap.reason, language)) for gap in series.gaps],
        "more_gaps": series.more_gaps,
        "late": [(numbers(late.first, late.last), late.belongs_before) for late in series.late],
        "more_late": series.more_late,
    }


def numbers(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"
