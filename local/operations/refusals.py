"""What AWS refuses, in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from local.run.misuse import Misuse


@contextmanager
def asking_aws() -> Iterator[None]:
    try:
        yield
    except ClientError as fault:
        error = fault.response["Error"]
        raise Misuse(f"AWS: {error.get('Message') or error['Code']}") from None
    except BotoCoreError as fault:
        raise Misuse(f"AWS: {fault}") from None
