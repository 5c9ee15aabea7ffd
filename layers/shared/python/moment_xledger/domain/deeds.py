"""What people did in the console, as it is kept for whoever must answer for the books."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from moment_xledger.domain.companies import CompanyId

BY_LINK = "link"  # whoever has the stable link of an export; we know no more of them


class What(StrEnum):
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    ASKED_FOR_EXPORT = "asked for an export"
    ASKED_FOR_EXPORT_AGAIN = "asked for an export again"
    FETCHED_FILE = "fetched a file"
    HAD_MAIL_SENT_AGAIN = "had an invoice mailed again"
    SAID_MAIL_ARRIVED = "said that a mailed invoice arrived"
    HAD_FILE_UPLOADED_AGAIN = "had a file uploaded again"
    SAID_FILE_ARRIVED = "said that an uploaded file arrived"
    HAD_FILE_TAKEN_APART = "had a refused file taken apart"
    CONFIRMED_ADDRESS = "confirmed a mail address"
    CHANGED_SETTINGS = "changed the settings"
    TESTED_CONNECTION = "tested the connection"
    PROBED = "checked everything"
    WENT_ON_WITHOUT = "went on without regard to the check of everything"
    RETRIED_PROBLEM = "had a problem tried again"
    DECIDED_PROBLEM = "decided about a problem"
    SKIPPED_PROBLEM = "skipped a problem"
    PAUSED = "paused the work"
    RESUMED = "resumed the work"
    SHARED_ENTITY = "allowed to write where another company writes"
    FORGOT_PERSON = "erased a person's data"
    UNSHARED_ENTITY = "no longer allowed to write where another company writes"


@dataclass(frozen=True)
class Deed:
    """`who` is a person's name, or `BY_LINK`."""

    company: CompanyId
    when: datetime
    who: str
    what: What
    export: int | None = None
    file: str = ""
    about: str = ""  # an invoice's number, an address, or what a problem was about
