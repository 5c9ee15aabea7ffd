"""What an export's files are called."""

import re
from datetime import date

from moment_xledger.domain.files.settings import FileFormat


def file_name(owner: str, day: date, export: int, file_format: FileFormat, suffix: str = ".csv") -> str:
    """`owner` is Xledger's owner code or, where none is set, the company. No sign in it needs escaping anywhere."""
    safe = re.sub(r"[^A-Za-z0-9-]+", "-", owner).strip("-")
    return f"moment-xledger-{safe}-{day:%Y%m%d}-{export:06}-{file_format}{suffix}"
