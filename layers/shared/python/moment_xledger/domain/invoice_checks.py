"""What an invoice is compared with besides itself: the day, the VAT code's rate, and the invoice that it credits."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from moment_xledger.domain.companies import Company
from moment_xledger.domain.days import months_before
from moment_xledger.domain.exchange_rates import Earlier, rate_faults
from moment_xledger.domain.files.limits import HOME
from moment_xledger.domain.invoices import Fault
from moment_xledger.domain.moment import Invoice, InvoiceCustomer, InvoiceKind, VatLine
from moment_xledger.domain.problems import Code
from moment_xledger.domain.vat_rates import RateSources, as_text

LONGEST_TERM = timedelta(days=366)  # from the invoice date to the due date
A_CENT, HALF_A_CENT = Decimal("0.01"), Decimal("0.005")
A_KRONE, SHARE_OF_VAT = Decimal(1), Decimal("0.001")  # the most that the rounding of rows explains
NOTHING = Decimal(0)
NO_CODES: Mapping[str, str] = {}

# What an administrator may let through, knowing it. The rest would put something wrong into the books.
CAN_BE_LET_THROUGH = (
    Code.DATE_IMPLAUSIBLE,
    Code.DUE_DATE_IMPLAUSIBLE,
    Code.VAT_DIFFERS,
    Code.CREDIT_NOTE_OTHER_VAT,
    Code.EXCHANGE_RATE_DIFFERS,
)


@dataclass
class Surroundings:
    """`today` is a day in Oslo. `documents`: the invoices that credit notes name, by number. `credited`: what credit
    notes have taken from each invoice; `credited_at`: the same in øre, by Moment's VAT code. `let_through`: what a
    person has allowed, by number and version. `earlier`: the exchange rate of the newest invoice in each currency.
    """

    today: date
    rates: RateSources = field(default_factory=RateSources)
    documents: dict[int, Invoice] = field(default_factory=dict)
    credited: dict[int, Decimal] = field(default_factory=dict)
    credited_at: dict[int, Counter[str]] = field(default_factory=dict)
    let_through: Mapping[tuple[int, int], Collection[Code]] = field(default_factory=dict)
    earlier: dict[str, Earlier] = field(default_factory=dict)

    def accept(self, invoice: Invoice) -> None:
        """What comes after it finds that this much less is left of the invoice that it credits, and is compared with
        its exchange rate."""
        if invoice.do_not_transfer:
            return
        if invoice.currency != HOME and invoice.exchange_rate and invoice.kind is InvoiceKind.INVOICE:
            self.earlier[invoice.currency] = Earlier(invoice.exchange_rate, invoice.invoice_number)
        if invoice.kind is InvoiceKind.CREDIT_NOTE and (number := invoice.credited_invoice_number):
            self.credited[number] = self.credited.get(number, NOTHING) - invoice.total
            self.credited_at.setdefault(number, Counter()).subtract(cents_at(invoice))


def implausible(invoice: Invoice, company: Company, around: Surroundings) -> Fault | None:
    """What is wrong with an invoice that is sound in itself; None where it may go."""
    allowed = around.let_through.get((invoice.invoice_number, invoice.version), ())
    return next((found for found in _faults(invoice, company, around) if found.code not in allowed), None)


def cents_at(invoice: Invoice) -> Counter[str]:
    """Gross, in øre, by Moment's VAT code."""
    found: Counter[str] = Counter()
    for line in invoice.vat_lines:
        found[line.vat_code] += int(line.gross * 100)
    return found


def takes_too_much(note: Invoice, around: Surroundings) -> Fault | None:
    """Whether more than is left is taken from the invoice, by a credit note that was left out and is to leave."""
    return next(
        (each for each in _credit_faults(note, NO_CODES, around) if each.code is Code.CREDIT_NOTE_TOO_LARGE),
        None,
    )


def _faults(invoice: Invoice, company: Company, around: Surroundings) -> Iterator[Fault]:
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        yield from _credit_faults(invoice, company.vat_codes, around)
    elif invoice.total < 0:
        yield Fault(Code.INVOICE_NEGATIVE, {"total": str(invoice.total), "currency": invoice.currency})
    yield from _date_faults(invoice, company, around.today)
    yield from rate_faults(invoice, around.earlier)
    yield from _vat_faults(invoice, company, around.rates)


def _date_faults(invoice: Invoice, company: Company, today: date) -> Iterator[Fault]:
    first = months_before(today, company.invoice_months_back)
    last = today + timedelta(days=company.invoice_days_ahead)
    issued, due = invoice.invoice_date, invoice.due_date
    if not first <= issued <= last:
        dates = {"date": str(issued), "first": str(first), "last": str(last)}
        yield Fault(Code.DATE_IMPLAUSIBLE, dates)
    elif due - issued > LONGEST_TERM:
        yield Fault(Code.DUE_DATE_IMPLAUSIBLE, {"due": str(due), "days": str((due - issued).days)})


def _vat_faults(invoice: Invoice, company: Company, rates: RateSources) -> Iterator[Fault]:
    """Each line in itself, and what lines at one of Xledger's codes come to together: that is what Xledger posts."""
    lines: dict[str, list[VatLine]] = {}
    for line in invoice.vat_lines:
        lines.setdefault(company.vat_codes[line.vat_code], []).append(line)
    for theirs, same in lines.items():
        percent = rates.rate(theirs, invoice.invoice_date)
        for some in (*([line] for line in same), same) if len(same) > 1 else (same,):
            if found := _vat_fault(some, theirs, percent):
                yield found


def _vat_fault(lines: list[VatLine], theirs: str, percent: Decimal | None) -> Fault | None:
    """Each row of an invoice is rounded by itself. A line that does not say how many rows it adds up counts as one.

    However many rows it says, what they are off together stays small against the VAT.
    """
    net = sum((line.net for line in lines), NOTHING)
    vat = sum((line.vat for line in lines), NOTHING)
    of_rows = A_CENT + HALF_A_CENT * sum(line.rows or 1 for line in lines)
    margin = min(of_rows, max(A_KRONE, abs(net) * (percent or NOTHING) / 100 * SHARE_OF_VAT))
    details = {"vat_code": lines[0].vat_code, "theirs": theirs, "net": f"{net:.2f}", "vat": f"{vat:.2f}"}
    if net * vat < 0 and abs(vat) > margin:
        return Fault(Code.VAT_SIGN_WRONG, details)
    if percent is None:
        return None
    expected = net * percent / 100
    if abs(vat - expected) <= margin:
        return None
    return Fault(Code.VAT_DIFFERS, details | {"rate": as_text(percent), "expected": f"{expected:.2f}"})


def _credit_faults(note: Invoice, codes: Mapping[str, str], around: Surroundings) -> Iterator[Fault]:
    """Where the invoice that it names is not known here, nothing is said of the two together."""
    number = note.credited_invoice_number
    if number is None:
        return
    details = {"credited": str(number)}
    if number == note.invoice_number:
        yield Fault(Code.CREDIT_NOTE_OF_ITSELF, {})
        return
    credited = around.documents.get(number)
    if credited is None:
        return
    if credited.kind is InvoiceKind.CREDIT_NOTE:
        yield Fault(Code.CREDIT_NOTE_OF_CREDIT_NOTE, details)
        return
    if not _is_same_customer(credited.customer, note.customer):
        theirs = {"customer": credited.customer.customer_number, "other": note.customer.customer_number}
        yield Fault(Code.CREDIT_NOTE_OTHER_CUSTOMER, details | theirs)
    if credited.currency != note.currency:
        currencies = {"currency": credited.currency, "other": note.currency}
        yield Fault(Code.CREDIT_NOTE_OTHER_CURRENCY, details | currencies)
        return
    if note.invoice_date < credited.invoice_date:
        days = {"date": str(note.invoice_date), "issued": str(credited.invoice_date)}
        yield Fault(Code.CREDIT_NOTE_BEFORE_INVOICE, details | days)
    left = credited.total - around.credited.get(number, NOTHING)
    if -note.total > left:
        amounts = {"amount": f"{-note.total:.2f}", "left": f"{left:.2f}", "currency": note.currency}
        yield Fault(Code.CREDIT_NOTE_TOO_LARGE, details | amounts)
    if found := _other_vat(note, credited, codes, around.credited_at.get(number, Counter())):
        yield found


def _is_same_customer(one: InvoiceCustomer, other: InvoiceCustomer) -> bool:
    """Its number may have been changed between the two."""
    if one.id and other.id:
        return one.id == other.id
    return one.customer_number == other.customer_number


def _other_vat(
    note: Invoice, credited: Invoice, codes: Mapping[str, str], taken: Mapping[str, int]
) -> Fault | None:
    """A credit note takes the VAT of its invoice back: at no other code of Xledger's, and at each no more than is left
    of what was invoiced. `codes`: Moment's to Xledger's, as they are now."""
    left: Counter[str] = Counter()
    for ours, cents in cents_at(credited).items():
        left[codes.get(ours, ours)] += cents
    for ours, cents in taken.items():
        left[codes.get(ours, ours)] -= cents
    wanted: dict[str, list[str]] = {}
    for ours in cents_at(note):
        wanted.setdefault(codes.get(ours, ours), []).append(ours)
    for theirs, same in wanted.items():
        cents = -sum(cents_at(note)[ours] for ours in same)
        if not min(0, left[theirs]) <= cents <= max(0, left[theirs]):
            amounts = {"amount": _amount(cents), "left": _amount(left[theirs]), "currency": note.currency}
            about = {"credited": credited.number, "vat_code": same[0], "theirs": theirs}
            return Fault(Code.CREDIT_NOTE_OTHER_VAT, about | amounts)
    return None


def _amount(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"
