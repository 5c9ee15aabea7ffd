"""SES: one real MIME mail to one address.

By version 1's `SendRawEmail`, which takes a mail as it is. SES writes its own Message-ID over ours, so what must be
recognised at the other end stands in a header of its own as well.
https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html
"""

from email.message import EmailMessage
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from moment_xledger.domain.mails import (
    AddressRefused,
    MailDelayed,
    MailInDoubt,
    MailNotSent,
    RecipientUnverified,
    on_the_wire,
)

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

_NOT_VERIFIED = "not verified"
_NEVER_CONNECTED = ("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError", "SSLError")


class Mail:
    """`sender` is the address that SES has verified as ours. By `configuration_set` SES tells what became of a mail.

    The client must not retry by itself: a mail whose answer was lost would go twice.
    """

    def __init__(self, client: "SESClient", sender: str, configuration_set: str) -> None:
        self._client = client
        self._configuration_set = configuration_set
        self.sender = sender

    def send(self, message: EmailMessage, to: str) -> str:
        """SES's id of the mail. Raises a `MailNotSent` that says what should happen next."""
        try:
            answer = self._client.send_raw_email(
                Source=self.sender,
                Destinations=[to],
                RawMessage={"Data": on_the_wire(message)},
                ConfigurationSetName=self._configuration_set,
            )
        except ClientError as error:
            raise _meaning(error, self.sender) from error
        except BotoCoreError as error:
            raise _unanswered(error) from error
        return answer["MessageId"]


def _meaning(error: ClientError, sender: str) -> MailNotSent:
    """A sender that is not verified, or no right to send, is our own fault: it passes when somebody mends it.

    An account in SES's sandbox mails to verified addresses only, and names the others with the words that it has for
    an unverified sender: https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html
    """
    code = error.response["Error"]["Code"]
    words = error.response["Error"].get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "MessageRejected" and sender in words:
        return MailDelayed("SenderNotVerified")
    if code == "MessageRejected" and _NOT_VERIFIED in words:
        return RecipientUnverified("InSandbox")
    if code in ("InvalidParameterValue", "MessageRejected"):
        return AddressRefused(code)
    if status >= 500 and code != "ServiceUnavailable":
        return MailInDoubt(code)
    return MailDelayed(code)


def _unanswered(error: BotoCoreError) -> MailNotSent:
    name = type(error).__name__
    if isinstance(error, HTTPClientError) and name not in _NEVER_CONNECTED:
        return MailInDoubt(name)
    return MailDelayed(name)
