"""The three shapes in which an Export result may come; which of them Xledger uses is not known."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import chain, islice
from xml.sax.saxutils import escape

from local.xledger.soap.description import NAMESPACE
from local.xledger.soap.envelope import CLOSING, Version, opening
from local.xledger.soap.ledger.lines import COLUMNS, OPEN, Line, Value
from local.xledger.soap.plan import SoapPlan

ROWS_AT_ONCE = 100
ROOT = "NewDataSet"
XSD, MSDATA = "http://www.w3.org/2001/XMLSchema", "urn:schemas-microsoft-com:xml-msdata"
DIFFGRAM = "urn:schemas-microsoft-com:xml-diffgram-v1"
KNOWN = {*COLUMNS, OPEN}
Row = Callable[[Line, int], str]


def result_envelope(
    version: Version, operation: str, lines: Iterable[Line], plan: SoapPlan
) -> Iterator[bytes]:
    """Piece by piece: a hundred thousand rows never stand in memory together."""
    yield opening(version)
    yield f'<{operation}Response xmlns="{NAMESPACE}"><{operation}Result>'.encode()
    yield from (piece.encode() for piece in _shaped(operation.removeprefix("Get")[:-4], lines, plan))
    yield f"</{operation}Result></{operation}Response>".encode()
    yield CLOSING


def _shaped(table: str, lines: Iterable[Line], plan: SoapPlan) -> Iterator[str]:
    if plan.result_shape == "string":
        plain = _wrapped(f"<{ROOT}>", _rows(table, lines, plan), f"</{ROOT}>")
        return (escape(piece) for piece in plain)
    if plan.result_shape == "fragment":
        return _wrapped(f'<{ROOT} xmlns="">', _rows(table, lines, plan), f"</{ROOT}>")
    begins = f'{_schema(table)}<diffgr:diffgram xmlns:msdata="{MSDATA}" xmlns:diffgr="{DIFFGRAM}">'
    rows = _rows(table, lines, plan, numbered=True)
    return _wrapped(f'{begins}<{ROOT} xmlns="">', rows, f"</{ROOT}></diffgr:diffgram>")


def _wrapped(begins: str, pieces: Iterable[str], ends: str) -> Iterator[str]:
    return chain([begins], pieces, [ends])


def _rows(table: str, lines: Iterable[Line], plan: SoapPlan, *, numbered: bool = False) -> Iterator[str]:
    """Many rows to a piece: a small piece costs as much to send as a large one."""
    rows = (_row(table, line, plan, order if numbered else None) for order, line in enumerate(lines))
    while piece := "".join(islice(rows, ROWS_AT_ONCE)):
        yield piece


def _row(table: str, line: Line, plan: SoapPlan, order: int | None) -> str:
    """The known columns first. One without a value is left out."""
    cells = [_cell(name, line[name], plan) for name in COLUMNS if name in line]
    cells += [_cell(name, line[name], plan) for name in sorted(line.keys() - KNOWN)]
    place = "" if order is None else f' diffgr:id="{table}{order + 1}" msdata:rowOrder="{order}"'
    return f"<{table}{place}>{''.join(cells)}</{table}>"


def _cell(name: str, value: Value, plan: SoapPlan) -> str:
    return "" if value is None else f"<{name}>{escape(written(value, plan))}</{name}>"


def written(value: Value, plan: SoapPlan) -> str:
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat() + ("T00:00:00" if plan.dates_with_time else "")
    return str(value).replace(".", "," if plan.decimal_comma else ".")


def _schema(table: str) -> str:
    """As .NET describes a DataSet; every column as text."""
    columns = "".join(f'<xs:element name="{name}" type="xs:string" minOccurs="0"/>' for name in COLUMNS)
    row = f'<xs:element name="{table}"><xs:complexType><xs:sequence>{columns}</xs:sequence></xs:complexType>'
    return (
        f'<xs:schema id="{ROOT}" xmlns="" xmlns:xs="{XSD}" xmlns:msdata="{MSDATA}">'
        f'<xs:element name="{ROOT}" msdata:IsDataSet="true" msdata:UseCurrentLocale="true"><xs:complexType>'
        f'<xs:choice minOccurs="0" maxOccurs="unbounded">{row}</xs:element></xs:choice>'
        "</xs:complexType></xs:element></xs:schema>"
    )
