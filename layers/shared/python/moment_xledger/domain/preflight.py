"""What a company's settings and invoices use and Xledger does not have: said before anything is sent.

Codes and accounts are compared as text. A list that could not be read, or is old, stops nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from moment_xledger.domain.companies import Language
from moment_xledger.domain.counted import filled
from moment_xledger.domain.files.settings import Absent, FileFormat, Terms
from moment_xledger.domain.files.unfit import Unfit, first_absent
from moment_xledger.domain.moment import Invoice
from moment_xledger.domain.problems import Code

FRESH = timedelta(hours=1)  # read again only after that
STALE = timedelta(days=2)  # no invoice is stopped by a list that is older
MOST_EXAMPLES = 20

STOPS_AN_INVOICE = (
    Code.FORMAT_CANNOT_HOLD,
    Code.EXCHANGE_RATE_MISSING,
    Code.VAT_CODE_NOT_IN_XLEDGER,
    Code.ACCOUNT_NOT_IN_XLEDGER,
)


@dataclass(frozen=True)
class Lists:
    """Xledger's accounts and VAT codes as they were at `read_at`; None where the token may not read them."""

    read_at: datetime
    accounts: frozenset[str] | None
    vat_codes: frozenset[str] | None


@dataclass(frozen=True)
class Difference:
    """`invoices`: how many of those that wait are stopped by it, with some of their numbers."""

    absent: Absent
    invoices: int = 0
    examples: tuple[str, ...] = ()

    def sentence(self, language: Language = Language.ENGLISH) -> str:
        is_norwegian = language is Language.NORWEGIAN
        text = _SENTENCES[self.absent.is_account, self.absent.vat_code is None][not is_norwegian]
        stops = (_STOPS_SOME if self.invoices else _STOPS_NONE)[not is_norwegian]
        named = text.format(theirs=self.absent.theirs, ours=self.absent.vat_code)
        return f"{named} {filled(stops, count=self.invoices, examples=', '.join(self.examples[:5]))}"


# By whether it is an account, and whether every invoice needs it.
_SENTENCES = {
    (False, False): (
        "MVA-kode {ours} blir til {theirs}, som Xledger ikke har.",
        "VAT code {ours} becomes {theirs}, which Xledger does not have.",
    ),
    (True, False): (
        "Inntekt med MVA-kode {ours} går til konto {theirs}, som Xledger ikke har eller ikke kan bokføre på.",
        "Revenue at VAT code {ours} goes to account {theirs}, which Xledger does not have or cannot post to.",
    ),
    (True, True): (
        "Konto {theirs} brukes av alle fakturaer, men Xledger har den ikke eller kan ikke bokføre på den.",
        "Every invoice uses account {theirs}, which Xledger does not have or cannot post to.",
    ),
}
_STOPS_NONE = ("Ingen faktura venter på det ennå.", "No invoice waits for it yet.")
_STOPS_SOME = (
    "Det stanser {count} {count:faktura|fakturaer}: {examples}.",
    "It stops {count} {count:invoice|invoices}: {examples}.",
)


def with_absent(terms: Terms, lists: Lists | None, now: datetime) -> Terms:
    """As an export is claimed with them."""
    if lists is None or now - lists.read_at > STALE:
        return terms
    return terms.model_copy(update={"absent": tuple(absent(terms, lists))})


def absent(terms: Terms, lists: Lists) -> Iterator[Absent]:
    if lists.vat_codes is not None:
        for ours, theirs in sorted(terms.vat_codes.items()):
            if theirs not in lists.vat_codes:
                yield Absent(theirs=theirs, vat_code=ours)
    if lists.accounts is not None:
        for each, code in _accounts(terms):
            if each not in lists.accounts:
                yield Absent(theirs=each, vat_code=code, is_account=True)


def _accounts(terms: Terms) -> Iterator[tuple[str, str | None]]:
    """Those that this format posts to, with the VAT code whose lines do; None where every invoice does."""
    settings = terms.settings
    if settings.format is FileFormat.STANDARD:
        return
    yield settings.receivable_account, None
    if settings.format is FileFormat.GL02B and settings.gl02b_amount == "net":
        yield settings.vat_account, None
    for code in sorted(terms.vat_codes):
        yield settings.revenue_accounts[code], code


def differences(terms: Terms, waiting: Iterable[Invoice]) -> list[Difference]:
    """Those that stop invoices first. `terms` as from `with_absent`; each invoice counts where it is stopped first.

    Where nothing is absent, no invoice is read.
    """
    stopped: dict[Absent, list[str]] = {each: [] for each in terms.absent}
    for invoice in waiting if stopped else ():
        if found := first_absent(invoice, terms):
            stopped[found].append(invoice.number)
    listed = [
        Difference(each, len(numbers), tuple(numbers[:MOST_EXAMPLES])) for each, numbers in stopped.items()
    ]
    return sorted(listed, key=lambda difference: -difference.invoices)


def reason_of(unfit: Unfit) -> tuple[Code, Mapping[str, str]]:
    """Why an invoice stays behind, and what fills the sentence."""
    found = unfit.absent
    if unfit.currency:
        return Code.EXCHANGE_RATE_MISSING, {"currency": unfit.currency}
    if found is None:
        return Code.FORMAT_CANNOT_HOLD, {"field": unfit.field, "limit": unfit.limit}
    if found.is_account:
        return Code.ACCOUNT_NOT_IN_XLEDGER, {"account": found.theirs}
    return Code.VAT_CODE_NOT_IN_XLEDGER, {"vat_code": str(found.vat_code), "theirs": found.theirs}
