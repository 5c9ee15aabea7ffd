"""Files that were uploaded, kept, and imported at once (the real importer runs three times a day)."""

import hashlib
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from local.xledger.soap.imports.importer import LAYOUTS, Imported, Voucher, import_file
from local.xledger.soap.imports.layouts import Posting
from local.xledger.soap.imports.register import Register
from local.xledger.soap.imports.staging import Staging
from local.xledger.soap.plan import IMPORT_CODES

FIRST_FILE_KEY = 7_000_001
NOT_TAKEN = 0
SCANNED = Imported()  # a document for the scanner's inbox: nothing of it is read here


@dataclass(frozen=True)
class Upload:
    file_key: int
    file_name: str
    import_code: str | None  # None for a scanned document
    entity_code: int
    content: bytes = field(repr=False)
    imported: Imported

    def shown(self) -> dict[str, Any]:
        outcome = {"outcome": "scanned"} if self.import_code is None else {}
        return {
            "fileKey": self.file_key,
            "fileName": self.file_name,
            "importCode": self.import_code,
            "entityCode": self.entity_code,
            "sha256": hashlib.sha256(self.content).hexdigest(),
            **self.imported.shown(),
            **outcome,
        }

    def vouchers(self) -> list[dict[str, Any]]:
        return [self._shown(voucher) for voucher in self.imported.vouchers]

    def _shown(self, voucher: Voucher) -> dict[str, Any]:
        first = voucher[0]
        told = {"voucherNo": first.voucher_no, "voucherDate": first.voucher_date}
        origin = {"fileKey": self.file_key, "entityCode": self.entity_code}
        return told | origin | {"lines": [_line(posting) for posting in voucher]}


def _line(posting: Posting) -> dict[str, Any]:
    return {
        "account": posting.account,
        "customer": posting.customer,
        "project": posting.project,
        "vatCode": posting.vat_code,
        "text": posting.text,
        "amount": str(posting.amount),
    }


class Uploads:
    def __init__(self) -> None:
        self.all: list[Upload] = []
        self._file_keys = count(FIRST_FILE_KEY)
        self._posted: dict[int, set[str]] = {}  # voucher numbers by entity
        self._staging = Staging()

    def receive(self, name: str, content: bytes, code: str | None, register: Register) -> int:
        """The file key, or 0 for a code that no import is defined for."""
        layout = (IMPORT_CODES | register.plan.own_import_codes).get(code or "")
        if layout is None or not content:
            return NOT_TAKEN
        posted = self._posted.setdefault(register.owner_code, set())
        imported = import_file(content, LAYOUTS[layout], register, posted)
        posted.update(voucher[0].voucher_no for voucher in imported.vouchers)
        for voucher in imported.vouchers:
            self._staging.stage(voucher, register)
        return self._keep(name, content, code, register, imported)

    def receive_scanned(self, name: str, content: bytes, register: Register) -> int:
        return self._keep(name, content, None, register, SCANNED) if content else NOT_TAKEN

    def _keep(
        self, name: str, content: bytes, code: str | None, register: Register, imported: Imported
    ) -> int:
        key = next(self._file_keys)
        self.all.append(Upload(key, name, code, register.owner_code, content, imported))
        return key

    def shown(self) -> dict[str, Any]:
        vouchers = [voucher for upload in self.all for voucher in upload.vouchers()]
        return {"uploads": [upload.shown() for upload in self.all], "vouchers": vouchers}
