"""What identifies a company in law: its country and its organisation number, whichever way they are written."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple, Self

NORWAY = "NO"
_SAME_COUNTRY = {"SJ": NORWAY, "BV": NORWAY, "UK": "GB", "XI": "GB", "EL": "GR"}
_BY_NAME = {
    **dict.fromkeys(("NORGE", "NOREG", "NORWAY", "SVALBARD OG JAN MAYEN", "SVALBARD AND JAN MAYEN"), NORWAY),
    **dict.fromkeys(("SVERIGE", "SWEDEN"), "SE"),
    **dict.fromkeys(("DANMARK", "DENMARK"), "DK"),
    **dict.fromkeys(("FINLAND", "SUOMI"), "FI"),
    **dict.fromkeys(("STORBRITANNIA", "UNITED KINGDOM", "GREAT BRITAIN"), "GB"),
    **dict.fromkeys(("TYSKLAND", "GERMANY", "DEUTSCHLAND"), "DE"),
}
_NORWEGIAN = re.compile(r"(?:NO|ORGNR|ORG)*(\d{9})(?:MVA|FORETAKSREGISTERET)*")
_FRENCH_VAT = re.compile(r"[0-9A-Z]{2}(\d{9})")
_SWISS_SUFFIX = re.compile(r"(?:MWST|TVA|IVA|TPV)$")


class LegalId(NamedTuple):
    country: str
    number: str

    @classmethod
    def read(cls, country: str | None, number: str | None) -> Self | None:
        """None where there is no number, or no country and a number that is not Norwegian."""
        bare = _bare(number)
        of = country_code(country) or (NORWAY if _NORWEGIAN.fullmatch(bare) else "")
        return cls(of, _normal(of, bare)) if bare and of else None

    def spellings(self) -> Iterator[str]:
        """How the number is usually written: Xledger's `_in` filter finds what is written alike."""
        number = self.number
        if self.country == NORWAY:
            grouped = f"{number[:3]} {number[3:6]} {number[6:]}"
            yield from (number, grouped, f"{number}MVA", f"{number} MVA", f"{grouped} MVA")
            yield from (f"NO{number}", f"NO{number}MVA", f"NO {grouped}", f"NO {grouped} MVA")
            return
        yield from (number, f"{self.country}{number}", f"{self.country} {number}")
        if self.country == "SE" and len(number) == len("5560000000"):
            yield from (f"{number[:6]}-{number[6:]}", f"SE{number}01")
        if self.country == "FI" and len(number) == len("12345678"):
            yield f"{number[:-1]}-{number[-1]}"
        if self.country == "DK":
            yield " ".join(number[start : start + 2] for start in range(0, len(number), 2))


def country_code(text: str | None) -> str | None:
    """ISO 3166, with territories that have their companies in another country's register."""
    upper = " ".join((text or "").split()).upper()
    return _SAME_COUNTRY.get(upper) or _BY_NAME.get(upper) or upper or None


def _bare(number: str | None) -> str:
    """Capital letters and plain digits."""
    text = unicodedata.normalize("NFKC", number or "").upper()
    return "".join(character for character in text if character.isalnum())


def _normal(country: str, bare: str) -> str:
    if country == NORWAY:
        found = _NORWEGIAN.fullmatch(bare)
        return found[1] if found else bare
    number = _compact(country, bare)
    match country:
        case "SE":
            return _swedish(number)
        case "FR" if found := _FRENCH_VAT.fullmatch(number):
            return found[1]
        case "CH":
            return _SWISS_SUFFIX.sub("", number)
    return number


def _compact(country: str, bare: str) -> str:
    """Without the country's own prefix, and with the leading zeros that belong to it."""
    # Loaded here: few companies are abroad, and the library brings more along than a function needs to start.
    from stdnum.exceptions import ValidationError as WrongNumber
    from stdnum.util import get_cc_module

    vat = get_cc_module(country, "vat")
    if vat is None:
        return bare.removeprefix(country) if bare.removeprefix(country).isdigit() else bare
    try:
        compact: str = vat.compact(bare)
    except WrongNumber:
        return bare
    return compact


def _swedish(number: str) -> str:
    """Ten digits: a VAT number has 01 behind them, and a number in a register of persons and companies 16 before."""
    if len(number) != len("165560000000") or not number.isdigit():
        return number
    from stdnum.se import orgnr

    candidates = [
        each for each in (number.removesuffix("01"), number.removeprefix("16")) if len(each) < len(number)
    ]
    return next(filter(orgnr.is_valid, candidates), candidates[0] if candidates else number)
