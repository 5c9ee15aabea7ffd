"""The table of what each file format can hold, as it stands in the documentation."""

from moment_xledger.domain.companies import Language
from moment_xledger.domain.details import field_name
from moment_xledger.domain.files.limits import LIMITS, Stated, shown

HEAD = """# What the file formats can hold

Made from `domain/files/limits.py`, by which invoices are held back. An invoice that does not fit is held back with its
reason, and the rest of the file goes. Where a project number in ar10 may be longer, a setting says so.

"""


def written() -> bytes:
    tables = {each: dict(shown(limits)) for each, limits in LIMITS.items()}
    lines = [["field", *tables], ["---"] * (len(tables) + 1)]
    for stated in Stated:
        held = [table[stated][1] for table in tables.values()]
        lines.append([field_name(stated, Language.ENGLISH), *held])
    return (HEAD + "".join(f"| {' | '.join(line)} |\n" for line in lines)).encode()
