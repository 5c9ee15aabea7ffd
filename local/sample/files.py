"""The sample as files: what is committed in `events/` is exactly what this gives."""

import json
from collections.abc import Iterable
from pathlib import Path

from local.sample import nordvik
from local.sample.bad import bad_events
from local.sample.company import Event


def sample_files() -> dict[str, bytes]:
    """Path below `events/` → content."""
    return {**_streams(), **_examples(), **_bad()}


def write_sample(folder: Path) -> list[Path]:
    """Writes what differs or is missing, leaves other files alone, and says which files the sample has."""
    written = []
    for name, content in sample_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
        written.append(path)
    return written


def _streams() -> dict[str, bytes]:
    return {
        "nordvik/customers.jsonl": _lines(nordvik.customers()),
        "nordvik/projects.jsonl": _lines(nordvik.projects()),
        "nordvik/invoices.jsonl": _lines(nordvik.invoices()),
        "more-invoices.jsonl": _lines(nordvik.more_invoices()),
    }


def _examples() -> dict[str, bytes]:
    invoices = nordvik.invoices()
    return {
        "customer-saved.json": _pretty(nordvik.customers()[0]),
        "project-saved.json": _pretty(nordvik.projects()[0]),
        "invoice-finalized.json": _pretty(_first(invoices, "INVOICE")),
        "invoice-in-currency-finalized.json": _pretty(_in_currency(_first(invoices, "INVOICE"))),
        "credit-note-finalized.json": _pretty(_first(invoices, "CREDIT_NOTE")),
    }


def _in_currency(event: Event) -> Event:
    """An invoice to somebody abroad: `exchangeRate` is in kroner for one euro, `rows` what each line adds up."""
    line = {"vatCode": "52", "net": "6400.00", "vat": "0.00", "gross": "6400.00", "rows": 3}
    money = {"currency": "EUR", "exchangeRate": "11.7355", "total": "6400.00", "vatLines": [line]}
    return event | {"data": event["data"] | money}


def _bad() -> dict[str, bytes]:
    broken = _pretty(nordvik.customers()[0])[:-40]
    return {
        "bad/not-json.json": broken,
        **{f"bad/{name}.json": _pretty(bad) for name, bad in bad_events().items()},
    }


def _first(invoices: list[Event], kind: str) -> Event:
    return next(event for event in invoices if event["data"]["kind"] == kind)


def _lines(events: Iterable[Event]) -> bytes:
    return "".join(
        json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n" for event in events
    ).encode()


def _pretty(event: Event) -> bytes:
    return (json.dumps(event, ensure_ascii=False, indent=2) + "\n").encode()
