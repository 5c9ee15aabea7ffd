"""S3: files that are written once and never change, and links to them that soon expire."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from moment_xledger.domain.errors import FileDiffers

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LINK_LIFETIME = timedelta(minutes=5)
IS_THERE = ("PreconditionFailed", "412")
AT_THE_SAME_TIME = ("ConditionalRequestConflict", "409")
PUTS, PAUSE = 4, 0.5  # tries, and seconds between them


class Files:
    def __init__(self, client: "S3Client", bucket: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._sleep = client, sleep
        self._bucket = bucket

    def put_once(self, key: str, body: IO[bytes], content_type: str, sha256: str) -> None:
        """Leaves a file that is already there as it is. Raises `FileDiffers` if it is another than this one.

        Two that put at the same moment may both be told that there was a conflict: then it is looked at, and where
        there is nothing yet, put again.
        """
        for left in reversed(range(PUTS)):
            try:
                body.seek(0)
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=body,
                    ContentType=content_type,
                    Metadata={"sha256": sha256},
                    IfNoneMatch="*",
                )
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code not in (*IS_THERE, *AT_THE_SAME_TIME):
                    raise
                stored = self.sha256(key)
                if stored is None and code in AT_THE_SAME_TIME and left:
                    self._sleep(PAUSE)
                    continue
                if stored is None and code in AT_THE_SAME_TIME:
                    raise
                if stored != sha256:
                    raise FileDiffers(key) from error
            return

    def sha256(self, key: str) -> str | None:
        """Of the file as it was put; None where there is none."""
        try:
            return self._client.head_object(Bucket=self._bucket, Key=key)["Metadata"].get("sha256")
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
                return None
            raise

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)

    def read(self, key: str) -> bytes | None:
        """A small file; None where there is none."""
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except self._client.exceptions.NoSuchKey:
            return None

    @cached_property
    def origin(self) -> str:
        """Scheme and host of every link: a page must name them, or the browser does not follow its own button."""
        address = urlsplit(self.link("exports"))
        return f"{address.scheme}://{address.netloc}"

    def link(self, key: str, content_type: str = "text/csv") -> str:
        """Whoever has it can read the file for five minutes: never store, log or mail it."""
        name = key.rpartition("/")[2]
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{name}"',
                "ResponseContentType": content_type,
                "ResponseCacheControl": "no-store",
            },
            ExpiresIn=int(LINK_LIFETIME.total_seconds()),
        )
