"""What an expense must say before Moment takes it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from local.moment.records import Moment, Record

Text = Annotated[str, Field(min_length=1, max_length=1000)]


class Expense(BaseModel):
    """All assumed but the first five. An unknown field is refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)

    description: Text
    amount: Annotated[Decimal, Field(max_digits=15, decimal_places=2)]  # incl. VAT; negative for a correction
    supplier: Text | None = None
    invoice_date: date
    billable: bool = True
    project_id: int | None = None
    project_number: Text | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "NOK"
    external_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    supplier_invoice_number: Text | None = None
    account_number: Annotated[str, Field(pattern=r"^[0-9]{1,10}$")] | None = None

    @model_validator(mode="after")
    def _one_project(self) -> "Expense":
        if (self.project_id is None) == (self.project_number is None):
            raise ValueError("exactly one of projectId and projectNumber is required")
        return self


def read_expense(text: str | bytes, company: str, moment: Moment) -> Record:
    """As it is stored; or a ValueError that names each wrong field."""
    try:
        expense = Expense.model_validate_json(text)
    except ValidationError as error:
        raise ValueError("; ".join(_complaint(fault) for fault in error.errors())) from None
    record = expense.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {**record, **_project(expense, company, moment)}


def _project(expense: Expense, company: str, moment: Moment) -> Record:
    """Both ways to name it, whichever was given."""
    project_id = expense.project_id
    if expense.project_number is not None:
        project_id = moment.numbered(company, expense.project_number)
    project = None if project_id is None else moment.get(company, "projects", project_id)
    if project is None:
        raise ValueError("there is no such project")
    return {"projectId": project["id"], "projectNumber": project["projectNumber"]}


def _complaint(fault: Any) -> str:
    where = ".".join(str(step) for step in fault["loc"])
    return f"{where}: {fault['msg']}" if where else str(fault["msg"])
