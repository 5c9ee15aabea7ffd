"""What the services say as web pages."""

from local.xledger.soap.description import Description


def _page(title: str, text: str) -> str:
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    return f"<!DOCTYPE html>\n<html>{head}<body><h1>{title}</h1>{text}</body></html>\n"


FORBIDDEN = _page("403 - Forbidden: Access is denied.", "<p>A client certificate is required.</p>")
UNSUPPORTED = _page("415 Unsupported Media Type", "<p>Send text/xml or application/soap+xml.</p>")
GATEWAY_ERROR = _page("503 Service Unavailable", "<p>The service is unavailable.</p>")
WEB_PAGE = _page("Maintenance", "<p>We will be back soon.</p>")


def overview(description: Description) -> str:
    """As ASP.NET shows a service to a browser."""
    operations = "".join(f"<li>{name}</li>" for name in description.operations)
    wsdl = '<p>For a formal definition, see the <a href="?wsdl">Service Description</a>.</p>'
    text = f"<p>The following operations are supported.</p><ul>{operations}</ul>{wsdl}"
    return _page(f"{description.name} Web Service", text)
