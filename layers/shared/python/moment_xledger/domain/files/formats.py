"""The formats, by renderer.

An export keeps the number of its renderer, and a lost file is built again with it. So what changes a byte is written
beside what there is, as renderer 2, and never touches files that have left.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from moment_xledger.domain.files import ar10, gl02b, standard
from moment_xledger.domain.files.cells import Part, Row
from moment_xledger.domain.files.settings import FileFormat, Terms
from moment_xledger.domain.files.unfit import Unfit, first_unfit
from moment_xledger.domain.moment import Invoice


@dataclass(frozen=True)
class Format:
    columns: tuple[str, ...]
    rows: Callable[[Invoice, Sequence[Part], Terms], Iterable[Row]]


RENDERERS: Mapping[int, Mapping[FileFormat, Format]] = {
    1: {
        FileFormat.STANDARD: Format(standard.COLUMNS, standard.rows),
        FileFormat.AR10: Format(ar10.COLUMNS, ar10.rows),
        FileFormat.GL02B: Format(gl02b.COLUMNS, gl02b.rows),
    },
    2: {FileFormat.GL02B: Format(gl02b.COLUMNS, gl02b.rows)},  # other currencies also in kroner
}


def format_of(terms: Terms) -> Format:
    return RENDERERS[terms.renderer][terms.settings.format]


def unfit(invoice: Invoice, terms: Terms) -> Unfit | None:
    """Why this invoice cannot stand in a file on these terms; None where it can."""
    return first_unfit(invoice, terms)
