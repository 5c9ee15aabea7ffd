"""What the simulated SOAP services are like; `soap` in the plan."""

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Rate = Annotated[float, Field(ge=0, le=1)]
Layout = Literal["ar10", "gl02", "gl02b", "standard"]
USER, PASSWORD = "nordvik-ws", "password-of-the-simulated-xledger"
# Codes that every Xledger has an importer for.
IMPORT_CODES: dict[str, Layout] = {"AR10": "ar10", "GL02": "gl02", "GL02b": "gl02b"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UserPlan(_Strict):
    """A web service user. `denied` are operations not granted to it; what it reaches is as for a token."""

    userName: str = USER  # noqa: N815 -- as Xledger spells it
    password: str = PASSWORD
    key: str | None = None  # a logon key that never expires, besides those that LogonKey gives
    ownerCode: int | None = None  # noqa: N815 -- without it: the first entity
    roles: tuple[int, ...] = ()
    denied: tuple[str, ...] = ()


class LedgerPlan(_Strict):
    """The year of posted lines. It is the same for the same seed, size and last day."""

    ownerCode: int | None = None  # noqa: N815 -- whose it is; without it: the first entity's
    seed: int = 1905
    lines: Annotated[int, Field(ge=0, le=2_000_000)] = 1512  # at least: the last voucher is whole
    ends: date | None = None  # without it: the day before the simulator was started


What = Literal[
    "lost_requests",
    "errors_503",
    "soap_faults",
    "html_pages",
    "errors_503_after",
    "lost_answers",
    "cut_bodies",
    "delays",
]

# In the order they are drawn, so that one seed always gives the same story.
RATES: tuple[What, ...] = get_args(What)


class Scheduled(_Strict):
    """A fault for the next request it fits. `only` is an operation such as ReceiveFile."""

    what: What
    seconds: Annotated[float, Field(ge=0)] = 1  # of a delay
    only: str | None = None


class SoapPlan(_Strict):
    """What is public is the default; how long a key lives, and all of Export, are assumptions."""

    users: tuple[UserPlan, ...] = (UserPlan(),)
    applications: tuple[str, ...] = ("XLEDGER", "XLEDGERDEMO", "XLEDGERTEST")
    key_life_seconds: Annotated[float, Field(ge=0)] = 86_400
    client_certificate: bool = False  # true: FileUpload and Export answer 403, as to a caller without one
    unknown_entity: Literal["fault", "zero"] = "fault"  # what an upload to one is answered with
    largest_request: Annotated[int, Field(gt=0)] = 9_000_000  # bytes

    # Imports.
    own_import_codes: dict[str, Layout] = {}  # the tenant's own, besides AR10, GL02 and GL02b
    codes_without_vat: tuple[str, ...] = ("0", "1")  # taken besides the VAT codes that exist
    gl02_amounts: Literal["gross", "net"] = "gross"  # of the lines that have a TaxRule
    one_bad_row_refuses: Literal["file", "voucher"] = "file"  # all that came with it, or its own voucher
    # Staged vouchers are items of the import; then they are posted. None: nobody ever approves them.
    import_posts_after_seconds: Annotated[float, Field(ge=0)] | None = 0

    # Export.
    ledger: LedgerPlan = LedgerPlan()
    result_shape: Literal["fragment", "string", "dataset"] = "fragment"
    decimal_comma: bool = False
    dates_with_time: bool = False
    posted_amounts: Literal["net", "gross"] = "net"  # whether Amount includes the VAT that the line says
    ids_name: Literal["line", "voucher"] = "line"  # what a TransactionID is of
    project_in: Literal[1, 2, 3] = (
        2  # the GL object, and so the column Posting1 to Posting3; the department has 1 or 2
    )
    column_names: dict[str, str] = {}  # other names for columns; an empty one leaves the column out
    # What becomes of a filter: the lines that it means, all of them, none, or a fault.
    filters: Literal["honoured", "ignored", "no_lines", "refused"] = "honoured"
    export_names: dict[str, str] = {}  # other names of operations and fields of the Export service
    supplier_on_gl_lines: bool = False  # true: supplier and invoice stand on lines of the general ledger too

    # Faults: how often each happens, of 1.
    faults_only: str | None = None  # an operation
    lost_requests: Rate = 0  # not executed, closed without an answer
    errors_503: Rate = 0  # instead of executing
    soap_faults: Rate = 0  # HTTP 500 with a Fault, instead of executing
    html_pages: Rate = 0  # HTTP 200 with a web page, instead of executing
    errors_503_after: Rate = 0  # after executing
    lost_answers: Rate = 0  # executed, closed without an answer
    cut_bodies: Rate = 0
    delays: Rate = 0
    delay_seconds: Annotated[float, Field(ge=0)] = 1
    scheduled: tuple[Scheduled, ...] = ()  # in this order; posting a new list replaces what is left

    def owners(self) -> tuple[int | None, ...]:
        """The entities that are named here."""
        return (self.ledger.ownerCode, *(user.ownerCode for user in self.users))
