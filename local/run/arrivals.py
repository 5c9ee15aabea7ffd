"""Where invoices have arrived, as the receiving end shows it: files, mails and an import, never our own ledger."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from local.mailbox import Mail
from local.run.shown import State
from local.run.summary import Upload

_AR10, _AR10_INVOICE_NUMBER = "GBAT10", 15


@dataclass
class Arrived:
    """`numbers` counts where each invoice is; `wrong` are sentences on what came and is not as it must be."""

    place: str
    numbers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def in_files(files: Iterable[Path]) -> Arrived:
    return Arrived("file", Counter(number for file in files for number in _numbers_in(file)))


def _numbers_in(file: Path) -> set[str]:
    """The invoice numbers in a file of any format. `ar10` has no header; its rows begin with its name."""
    with file.open(encoding="utf-8", newline="") as lines:
        first, *rows = csv.reader(lines, delimiter=";")
    if first[0] == _AR10:
        return {row[_AR10_INVOICE_NUMBER] for row in (first, *rows)}
    return {row[first.index("InvoiceNo")] for row in rows}


def in_mails(mails: Iterable[Mail], reception_address: str) -> Arrived:
    """Xledger reads the one PDF of a mail, so its name tells the invoice."""
    arrived = Arrived("mail")
    for mail in mails:
        if reception_address not in mail.to:
            continue
        attached = list(_attachments(mail.path))
        pdfs = [part for part in attached if part.get_content().startswith(b"%PDF-")]
        if len(attached) != 1 or len(pdfs) != 1:
            arrived.wrong.append(
                f"{mail.path.name} has {len(attached)} attachments, {len(pdfs)} of them PDF."
            )
            continue
        arrived.numbers[str(pdfs[0].get_filename()).removesuffix(".pdf").rpartition("-")[2]] += 1
    return arrived


def _attachments(path: Path) -> Iterator[EmailMessage]:
    message = message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default)
    yield from message.iter_attachments()


def uploads_between(before: State, after: State) -> list[Upload]:
    """Those of this run, also at a simulator that was given files before."""
    if "uploads" not in before or "uploads" not in after:
        return []
    old = {each["fileKey"] for each in before["uploads"]}
    return [
        Upload(
            file_key=each["fileKey"],
            file=each["fileName"],
            import_code=each["importCode"],
            outcome=each["outcome"],
            rows=each["rows"],
            vouchers=each["vouchers"],
            reasons=tuple(each["reasons"]),
            sha256=each["sha256"],
        )
        for each in after["uploads"]
        if each["fileKey"] not in old
    ]


def in_imports(uploads: Iterable[Upload], after: State) -> Arrived:
    """Each invoice is a voucher that sums to zero."""
    arrived, keys = Arrived("voucher"), set()
    for upload in uploads:
        keys.add(upload.file_key)
        if upload.outcome != "imported":
            arrived.wrong.append(
                f"Xledger's import of {upload.file}: {upload.outcome}. {' '.join(upload.reasons)}"
            )
    for voucher in after["vouchers"]:
        if voucher["fileKey"] not in keys:
            continue
        arrived.numbers[voucher["voucherNo"]] += 1
        total = sum(Decimal(line["amount"]) for line in voucher["lines"])
        if total:
            arrived.wrong.append(f"Voucher {voucher['voucherNo']} sums to {total} and not to zero.")
    return arrived
