"""The console's routes as an OpenAPI document, made from what the console itself is built by."""

from local.openapi.document import document as document
from local.openapi.document import written as written
