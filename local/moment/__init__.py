"""
Moment's API as far as the integration calls it, over HTTP, for one machine.

From Moment's own pages and from public code that calls it: `/api/1.0/companies/{company}/{resource}`, Basic
authentication as `apikey`, GET / and /{id}, POST /, PUT or PATCH /{id} (equal), the names of a list's
parameters, `content` and `page.totalElements`, pages counted from 1.

Assumed, because no public description was found. When there is one, correct it here and in the file named:

* records look like the data of the published events (`records`)
* 50 records a page unless asked, at most 200; `ids` has commas between; `query` looks for a text, whatever
  its case, in every plain field of the record; both ends of a date range count; a date without a time is the
  whole day in UTC (`listing`)
* an unknown key is answered 401, a company that the key may not open 403; an error is
  `{"status": …, "error": …, "message": …}` (`app`)
* everything about expenses but that they have a description, an amount incl. VAT, a supplier, an invoice date
  and a project, and are billable unless said otherwise (`expenses`); that one on an invoice names it as
  `invoiceId` and is changed no more, which is answered 409
* an invoice as PDF is at `invoices/{id}/pdf`, and what it looks like (`pdf`)

* that a list shows all fields without `/include/`; a `Shape` has it otherwise

Not simulated: webhooks, rate limits, writing anything but expenses.

Beside the API, for whoever drives it:

* `GET /_state` tells all that is known, and how often each thing was asked for
* `POST /_events` takes further events, one JSON text a line
* `POST /_faults` takes words for the requests to come, one each: a status such as 503 is answered and nothing
  is done; `page-403` is a firewall's page in its place; `lost` does what was asked and hangs up without an answer
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from local import serving
from local.moment.app import application
from local.moment.records import Moment
from local.moment.shape import AS_EVENTS, Shape
from local.serving import Running

__all__ = ["Moment", "Shape", "application", "serve", "start"]

Keys = Mapping[str, Collection[str]]  # an API key → the companies it opens


def serve(port: int, events: Iterable[dict[str, Any]], keys: Keys) -> None:
    """Until SIGTERM or Ctrl-C."""
    serving.serve(application(Moment(events), keys), port)


def start(events: Iterable[dict[str, Any]], keys: Keys, port: int = 0, shape: Shape = AS_EVENTS) -> Running:
    return serving.start(application(Moment(events), keys, shape), port)
