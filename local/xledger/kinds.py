"""The three kinds of records that can be written, and what is checked of each when a request runs."""

from dataclasses import dataclass, field
from typing import Any

# Where an input is kept, if not under its own name.
CUSTOMER_PLACES = {
    "phoneNumber2": "phone2",
    "taxNumber": "taxNo",
    **{name: f"address.{name}" for name in ("streetAddress", "zipCode", "place", "country")},
    # Assumed: the second address is the billing address.
    **{f"{name}2": f"billAddress.{name}" for name in ("streetAddress", "zipCode", "place", "country")},
}

# Assumption: no public material gives a single maximum length. What is not listed here takes 255 characters.
LENGTHS = {
    "code": 25,
    "companyNumber": 25,
    "taxNumber": 25,
    "zipCode": 30,
    "zipCode2": 30,
    "phone": 50,
    "phone2": 50,
    "phoneNumber2": 50,
    "place": 100,
    "place2": 100,
    "notes": 4000,
    "overview": 4000,
    "invoiceHeader": 4000,
    "invoiceFooter": 4000,
    "shortInfo": 4000,
    "shortInternalInfo": 4000,
}
LENGTH = 255


@dataclass(frozen=True)
class Kind:
    """`mandatory` are all needed, of `one_of` at least one."""

    table: str
    node: str  # the type shown
    inputs: str  # as in Add<inputs>InputNode
    mandatory: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    places: dict[str, str] = field(default_factory=dict)
    begins_with: dict[str, Any] = field(default_factory=dict)


COMPANIES = Kind("companies", "Company", "Companies", one_of=("description", "companyNumber", "code"))
CUSTOMERS = Kind(
    "customers", "Customer", "Customers", mandatory=("company", "code", "description"), places=CUSTOMER_PLACES
)
PROJECTS = Kind(
    "projects",
    "Project",
    "Projects",
    mandatory=("code", "description"),
    # Nothing is booked here.
    begins_with={
        "pctCompleted": 0.0,
        "yearlyEstimateHours": 0.0,
        "totalRevenue": "0.00",
        "yearlyRevenue": "0.00",
        "yearlyCost": "0.00",
    },
)
KINDS = (COMPANIES, CUSTOMERS, PROJECTS)
