"""S3: files that are written once and never change, and links to them that soon expire."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from os import SEEK_END
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from moment_xledger.domain.errors import FileDiffers

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

LINK_LIFETIME = timedelta(minutes=5)
IS_THERE = ("PreconditionFailed", "412")
AT_THE_SAME_TIME = ("ConditionalRequestConflict", "409")
PUTS, PAUSE = 4, 0.5  # tries, and seconds between them
LARGE, A_PART = 64 * 1024**2, 16 * 1024**2  # bytes


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
                self._put_new(key, body, content_type, sha256)
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

    def _put_new(self, key: str, body: IO[bytes], content_type: str, sha256: str) -> None:
        size = body.seek(0, SEEK_END)
        body.seek(0)
        about: Any = {"ContentType": content_type, "Metadata": {"sha256": sha256}}
        if size <= LARGE:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*", **about)
        elif (
            self.sha256(key) != sha256
        ):  # else it is there already: what is large is not sent to find that out
            self._put_in_parts(key, body, about)

    def _put_in_parts(self, key: str, body: IO[bytes], about: Any) -> None:
        """So that a broken connection costs one part. Parts without an end are deleted by the bucket's own rule."""
        place: Any = {"Bucket": self._bucket, "Key": key}
        place["UploadId"] = self._client.create_multipart_upload(**place, **about)["UploadId"]
        parts: Any = [
            {
                "PartNumber": number,
                "ETag": self._client.upload_part(**place, PartNumber=number, Body=block)["ETag"],
            }
            for number, block in enumerate(iter(lambda: body.read(A_PART), b""), start=1)
        ]
        self._client.complete_multipart_upload(**place, MultipartUpload={"Parts": parts}, IfNoneMatch="*")

    def sha256(self, key: str) -> str | None:
        """Of the file as it was put; None where there is none."""
        found = self._head(key)
        return found["Metadata"].get("sha256") if found else None

    def size(self, key: str) -> int:
        """In bytes; none where there is no file."""
        found = self._head(key)
        return found["ContentLength"] if found else 0

    def _head(self, key: str) -> "HeadObjectOutputTypeDef | None":
        try:
            return self._client.head_object(Bucket=self._bucket, Key=key)
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
