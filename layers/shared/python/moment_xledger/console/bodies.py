"""What was sent with a request, as bytes: a function URL gives what it does not take for text in base64."""

import base64
import binascii

from aws_lambda_powertools.event_handler.exceptions import BadRequestError
from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent


def body_of(event: LambdaFunctionUrlEvent) -> bytes:
    sent = event.body or ""
    try:
        return base64.b64decode(sent, validate=True) if event.is_base64_encoded else sent.encode()
    except binascii.Error:
        raise BadRequestError("not base64") from None
