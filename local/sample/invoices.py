"""Invoices and credit notes: one unbroken series of numbers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, NamedTuple

from local.sample.check_digits import mod10, mod11
from local.sample.company import Company
from local.sample.customers import billed_to, customer_number
from local.sample.dice import Dice
from local.sample.projects import client, is_closed, project_number
from local.sample.words import EXTRAS, PERIODS, WORK

FIRST_ID = 900001
FIRST_NUMBER = 10001
CENT = Decimal("0.01")
RATES = {"3": Decimal("0.25"), "31": Decimal("0.15"), "33": Decimal("0.12"), "5": Decimal(0)}
# Mostly architects' hours; the second code, if any, is what was passed on with them.
CODES = (("3",),) * 14 + (("3", "5"), ("3", "33"), ("3", "31"), ("5",), ("33",), ("31",))
HOURLY = (Decimal("1090.50"), Decimal("1190.00"), Decimal("1345.75"), Decimal("1420.00"), Decimal("1685.25"))


@dataclass(frozen=True)
class Series:
    """Invoices, and credit notes spread evenly among them, each for one invoice shortly before it."""

    invoices: int
    credit_notes: int

    def __post_init__(self) -> None:
        if self.credit_notes > self.invoices:
            raise ValueError("There cannot be more credit notes than invoices to credit.")

    def __len__(self) -> int:
        return self.invoices + self.credit_notes

    def creditable(self, position: int) -> range:
        """Which positions may be credited here; none if this is an invoice. No invoice is credited twice."""
        nth = (position + 1) * self.credit_notes // len(self)
        is_credit_note = nth > 0 and position == self._place_of(nth)
        return range(self._place_of(nth - 1) + 1, position) if is_credit_note else range(0)

    def _place_of(self, nth: int) -> int:
        return -(-nth * len(self) // self.credit_notes) - 1


class VatLine(NamedTuple):
    code: str
    net: Decimal
    vat: Decimal

    @classmethod
    def of(cls, code: str, net: Decimal) -> "VatLine":
        vat = (net * RATES[code]).quantize(CENT, ROUND_HALF_UP)
        return cls(code, net, vat + 0)  # + 0: a negative zero becomes an ordinary one

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat


class Work(NamedTuple):
    """What was done, for whom: drawn once, billed once, and perhaps credited."""

    customer: int
    project: int | None
    lines: list[VatLine]
    description: str
    payment_id: int
    days_to_pay: int


def work(company: Company, position: int) -> Work:
    dice = company.dice("invoice", position)
    customer, project = _for_whom(company, dice)
    codes = dice.of(CODES)
    return Work(
        customer,
        project,
        lines=[VatLine.of(code, _net(dice, code)) for code in codes],
        description=_description(dice, codes),
        payment_id=dice.below(10),
        days_to_pay=dice.of((14, 14, 30)),
    )


def _for_whom(company: Company, dice: Dice) -> tuple[int, int | None]:
    """Mostly a running project's customer; else someone who wanted a small thing done."""
    project = dice.below(company.projects) if company.projects and not dice.one_in(7) else None
    customer = None if project is None or is_closed(project) else client(company, project)
    if customer is None:
        return dice.below(company.customers), None
    return customer, project


def _net(dice: Dice, code: str) -> Decimal:
    if code == "3":
        quarters = 6 + dice.below(400)
        return (dice.of(HOURLY) * quarters / 4).quantize(CENT, ROUND_HALF_UP)
    return Decimal(25_000 + dice.below(1_200_000)).scaleb(-2)


def _description(dice: Dice, codes: tuple[str, ...]) -> str:
    extras = [EXTRAS[code] for code in codes if code != "3"]
    if "3" not in codes:
        return extras[0].capitalize()
    return " og ".join([f"{dice.of(WORK)}, {dice.of(PERIODS)}", *extras])


@dataclass(frozen=True)
class Document:
    """One number of the series."""

    company: Company
    series: Series
    position: int

    @property
    def number(self) -> int:
        return FIRST_NUMBER + self.position

    @cached_property
    def credited(self) -> int | None:
        candidates = self.series.creditable(self.position)
        return self.company.dice("credit", self.position).of(candidates) if candidates else None

    def data(self, when: datetime) -> dict[str, Any]:
        origin = self.position if self.credited is None else self.credited
        done = work(self.company, origin)
        lines = done.lines if self.credited is None else self._taken_back(done.lines)
        return {
            "id": FIRST_ID + self.position,
            "version": 1,
            "invoiceNumber": self.number,
            **self._kind(),
            "customer": billed_to(self.company, done.customer),
            **({"projectNumber": project_number(done.project)} if done.project is not None else {}),
            **self._terms(done, when),
            "currency": "NOK",
            "total": str(sum((line.gross for line in lines), Decimal(0))),
            "vatLines": [
                {"vatCode": line.code, "net": str(line.net), "vat": str(line.vat), "gross": str(line.gross)}
                for line in lines
            ],
        }

    def _kind(self) -> dict[str, Any]:
        if self.credited is None:
            return {"kind": "INVOICE"}
        return {"kind": "CREDIT_NOTE", "creditedInvoiceNumber": FIRST_NUMBER + self.credited}

    def _taken_back(self, lines: list[VatLine]) -> list[VatLine]:
        """All of it, or for every other credit note half of it."""
        share = Decimal(1) if self.position % 2 else Decimal("0.5")
        return [VatLine.of(line.code, -(line.net * share).quantize(CENT, ROUND_HALF_UP)) for line in lines]

    def _terms(self, done: Work, when: datetime) -> dict[str, str]:
        """Nobody pays a credit note: it is due at once and has no payment id."""
        issued = when.date()
        if self.credited is not None:
            text, due, kid = f"Kreditnota for faktura {FIRST_NUMBER + self.credited}", issued, None
        else:
            due, kid = issued + timedelta(days=done.days_to_pay), self._kid(done)
            text = done.description
        terms = {"description": text, "invoiceDate": issued.isoformat(), "dueDate": due.isoformat()}
        return {**terms, "kid": kid} if kid else terms

    def _kid(self, done: Work) -> str | None:
        """Customer and invoice in seven digits each, and a check digit: six in ten MOD10, two MOD11."""
        stem = f"{customer_number(done.customer):0>7}{self.number:0>7}"
        if done.payment_id < 6:
            return stem + mod10(stem)
        return stem + mod11(stem) if done.payment_id < 8 else None
