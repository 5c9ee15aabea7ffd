# ruff: noqa: E501 -- sentences for people, one a line
"""The notices: what stands still, what waits for somebody, and that it is over. In the company's language."""

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Any

from moment_xledger.domain.companies import Company, Language
from moment_xledger.domain.counted import filled_from
from moment_xledger.domain.mails import TAGS
from moment_xledger.domain.notices import Group, Notice
from moment_xledger.domain.problems import Code, Fixer
from moment_xledger.mails.pages import page

LONGEST_WORDS = 300  # of what Xledger said

_WORDS: Mapping[str, tuple[str, str]] = {
    "from": ("Moment til Xledger", "Moment to Xledger"),
    "urgent_title": (
        "{name}: overføringen til Xledger har stoppet",
        "{name}: the transfer to Xledger has stopped",
    ),
    "expiry_title": (
        "{name}: API-nøkkelen til Xledger utløper snart",
        "{name}: the Xledger API key expires soon",
    ),
    "digest_title": (
        "{name}: {count} {count:sak|saker} venter på dere",
        "{name}: {count} {count:matter waits|matters wait} for you",
    ),
    "clear_title": ("{name}: alt er i orden igjen", "{name}: all is well again"),
    "better_title": ("{name}: noe er i orden igjen", "{name}: something is well again"),
    "urgent_intro": (
        "Dette må noen gjøre noe med. Ingenting er tapt: det som venter, går av seg selv etterpå. Dere får ikke flere e-poster om dette før noe endrer seg.",
        "Somebody has to do something about this. Nothing is lost: what waits goes by itself afterwards. You get no more mails about this until something changes.",
    ),
    "digest_intro": (
        "Hver av disse er holdt tilbake til noen har gjort noe med den; alt annet går som det skal. Nye siden sist: {new}.",
        "Each of these is held back until somebody has seen to it; everything else is going as it should. New since last time: {new}.",
    ),
    "digest_urgent_intro": (
        "Det som haster, stanser alt og står først. Deretter det som er holdt tilbake hver for seg. Nye siden sist: {new}.",
        "What is urgent stops everything and comes first. Then what is held back one by one. New since last time: {new}.",
    ),
    "clear_intro": (
        "Ingenting venter lenger på dere. Det som sto, er overført eller på vei.",
        "Nothing waits for you any more. What had stopped has been carried over or is on its way.",
    ),
    "better_intro": (
        "Det som sto, går av seg selv igjen. Dere trenger ikke gjøre noe.",
        "What had stopped is moving again by itself. You need not do anything.",
    ),
    "partly_intro": (
        "Noe er i orden igjen. Dette står fortsatt, og dere får ikke flere e-poster om det før noe endrer seg.",
        "Something is well again. This has still stopped, and you get no more mails about it until something changes.",
    ),
    "urgent": ("Haster", "Urgent"),
    "needs_you": ("Venter på noen", "Waits for somebody"),
    "over": ("I orden igjen", "Well again"),
    "over_other": ("Noe som hadde stoppet, går igjen.", "Something that had stopped goes again."),
    "who": ("Hvem kan gjøre noe", "Who can do something"),
    "they_say": ("Svaret var", "The answer was"),  # of Xledger, or of Moment
    "also": ("Gjelder også {numbers}", "Also: {numbers}"),
    "and_more": (" og {more} til", " and {more} more"),
    "others": ("Gjelder {more} til", "And {more} more"),
    "repeats": (
        "Har skjedd {repeats:én gang|{repeats} ganger} til",
        "Has happened {repeats:once more|{repeats} more times}",
    ),
    "link": ("Se alt og prøv igjen", "See everything and try again"),
    "link_clear": ("Se status", "See how things stand"),
    "footer": (
        "Denne e-posten går til {to}. Administratoren bestemmer hvem som får den, under Varsler i innstillingene. Svar på den blir ikke lest.",
        "This mail goes to {to}. The administrator decides who gets it, under Notices in the settings. Answers to it are not read.",
    ),
    str(Fixer.ACCOUNTANT): ("regnskapsfører", "accountant"),
    str(Fixer.ADMINISTRATOR): ("administrator", "administrator"),
    str(Fixer.OPERATOR): ("driftsansvarlig", "operator"),
    str(Code.TOKEN_REFUSED): ("API-nøkkelen til Xledger virker.", "The Xledger API key works."),
    str(Code.REFUSED_WITHOUT_REASON): (
        "Xledger svarer igjen.",
        "Xledger answers again.",
    ),
    str(Code.ASSUMPTION_WRONG): (
        "Ingenting i Xledger eller Moment er lenger i veien.",
        "Nothing in Xledger or Moment is in the way any more.",
    ),
    str(Code.XLEDGER_SILENT): (
        "Xledger svarer igjen.",
        "Xledger answers again.",
    ),
    str(Code.TOKEN_EXPIRES): (
        "API-nøkkelen til Xledger er fornyet.",
        "The Xledger API key has been renewed.",
    ),
    str(Code.MOMENT_KEY_REFUSED): ("API-nøkkelen til Moment virker.", "The Moment API key works."),
    str(Code.RECEPTION_ADDRESS_STOPPED): (
        "Mottaksadressen i Xledger er i bruk igjen.",
        "The reception address at Xledger is in use again.",
    ),
    str(Code.EXPORT_FAILED): ("Eksporten er ferdig.", "The export is finished."),
    str(Code.REQUEST_NOT_ACCEPTED): (
        "Xledger tar imot forespørslene våre igjen.",
        "Xledger accepts our requests again.",
    ),
    str(Code.RIGHT_LACKING): (
        "API-nøkkelen til Xledger har rettigheten som manglet.",
        "The Xledger API key has the right that it lacked.",
    ),
    str(Code.OWNER_CODE_NEEDED): (
        "Det er kjent hvilket selskap i Xledger vi skriver til.",
        "It is known which company in Xledger we write to.",
    ),
    str(Code.OWNER_CODE_NOT_REACHED): (
        "API-nøkkelen når selskapet med eierkoden i innstillingene.",
        "The API key reaches the company with the owner code in the settings.",
    ),
    str(Code.ENTITY_TAKEN): (
        "Ingen andre selskaper står i veien i Xledger lenger.",
        "No other company is in the way in Xledger any more.",
    ),
}


def notice_mail(
    notice: Notice, company: Company, to: str, sender: str, now: datetime, link: str
) -> EmailMessage:
    """Its subject says what it is about, and for which company, since one reader may have several."""
    say = _Speaker(company.language)
    facts = _facts(notice, company, to, link, say)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(say("from"), addr_spec=sender)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = facts["title"]
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"  # so that no absence notice answers it
    mail[TAGS] = f"company={company.id}, notice={'digest' if notice.is_digest else 'urgent'}"
    mail.set_content(page("notice.txt", facts))
    mail.add_alternative(page("notice.html", facts), subtype="html")
    mail["Content-Language"] = str(company.language)
    return mail


class _Speaker:
    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, name: str, /, **facts: Any) -> str:
        return filled_from(_WORDS[name][self.language is Language.ENGLISH], facts)


def _facts(notice: Notice, company: Company, to: str, link: str, say: _Speaker) -> dict[str, Any]:
    title, intro = _headline(notice)
    parts = (("urgent", notice.urgent), ("needs_you", notice.needs_you))
    return {
        "language": str(company.language),
        "title": say(title, name=_line(company.name), count=notice.count),
        "intro": say(intro, new=notice.new),
        "parts": [(say(name), [_group(group, say) for group in groups]) for name, groups in parts if groups],
        "over": [say(str(code) if str(code) in _WORDS else "over_other") for code in notice.over],
        "words": {name: say(name) for name in ("over", "who", "they_say")},
        "link": link,
        "link_label": say("link_clear" if notice.all_clear else "link"),
        "footer": say("footer", to=to),
    }


def _headline(notice: Notice) -> tuple[str, str]:
    """Names of the title and the first paragraph."""
    if notice.all_clear:
        return ("clear_title", "clear_intro") if notice.is_digest else ("better_title", "better_intro")
    if not notice.new and not notice.needs_you:
        return "better_title", "partly_intro"
    if notice.is_digest:
        intro = "digest_urgent_intro" if notice.urgent else "digest_intro"
        return "digest_title", intro
    only_expiry = all(group.first.code is Code.TOKEN_EXPIRES for group in notice.urgent)
    return "expiry_title" if only_expiry else "urgent_title", "urgent_intro"


def _group(group: Group, say: _Speaker) -> dict[str, str]:
    sentence = _line(group.first.sentence(say.language))
    return {
        "sentence": sentence[:1].upper() + sentence[1:],
        "words": _line(group.first.their_words)[:LONGEST_WORDS],
        "also": _also(group, say),
        "repeats": _repeats(group, say),
        "who": say(str(group.fixer)),
    }


def _repeats(group: Group, say: _Speaker) -> str:
    if not group.repeats:
        return ""
    return say("repeats", repeats=group.repeats) + "."


def _also(group: Group, say: _Speaker) -> str:
    if not group.others:
        return say("others", more=group.more) + "." if group.more else ""
    more = say("and_more", more=group.more) if group.more else ""
    return say("also", numbers=", ".join(map(_line, group.others))) + more + "."


def _line(text: str) -> str:
    return " ".join(text.split())
