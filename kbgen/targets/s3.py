"""
A bucket of S3, or of a store that speaks like it (AWS_ENDPOINT_URL names it).

Files come before the pages that need them; what nobody needs goes last.  Manifests lie below PREFIX.manifests, which must not be
public, and the new one is sent first: a publication that is killed forgets no address.
"""

from __future__ import annotations

import mimetypes
from hashlib import md5
from pathlib import Path
from typing import Any

from kbgen.release.manifest import Release, write
from kbgen.targets.place import SUFFIX, TargetError, in_order, parsed

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".xml": "application/xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"  # names that are made of contents
_ASK = "public, max-age=0, must-revalidate"


class Bucket:
    """A folder of a bucket."""

    def __init__(self, bucket: str, prefix: str) -> None:
        try:
            import boto3
        except ImportError as error:
            raise TargetError('s3:// needs boto3. Install it with  pip install "kbgen[s3]"') from error
        self._bucket, self._prefix = bucket, prefix
        try:
            self._s3: Any = boto3.client("s3")
        except Exception as error:
            raise TargetError(f"s3://{bucket} cannot be reached: {error}") from error

    def last(self) -> Release | None:
        """See Target."""
        from botocore.exceptions import BotoCoreError, ClientError

        key = f"{self._prefix}.manifests/current{SUFFIX}"
        try:
            data = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise TargetError(f"s3://{self._bucket}/{key}: {error}") from error
        except BotoCoreError as error:
            raise TargetError(f"s3://{self._bucket}/{key}: {error}") from error
        return parsed(data, f"s3://{self._bucket}/{key}")

    def names(self) -> list[str]:
        """See Target.  None: the bucket holds one portal."""
        return []

    def publish(self, tree: Path, release: Release) -> None:
        """See Target."""
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._publish(tree, release)
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise TargetError(f"s3://{self._bucket}/{self._prefix}: {error}. Publish again once it answers") from error

    def bring(self, name: str, folder: Path) -> Release:  # noqa: ARG002
        """See Target."""
        raise TargetError(
            f"s3://{self._bucket} holds one portal only, so {name or 'the one before'} cannot be brought back from there. Publish its "
            "commit again:  kbgen releases  names it"
        )

    def told(self) -> str:
        """See Target."""
        return ""

    def _publish(self, tree: Path, release: Release) -> None:
        for name in (release.name, "current"):
            self._put(f"{self._prefix}.manifests/{name}{SUFFIX}", write(release), "application/json", "no-store")
        there = self._there()
        for group in in_order(release.files):
            for path in group:
                data = (tree / path).read_bytes()
                key = f"{self._prefix}/{path}"
                if there.get(key) != md5(data, usedforsecurity=False).hexdigest():
                    self._put(key, data, type_of(path), _FOR_EVER if path.startswith("assets/") else _ASK)
        wanted = {f"{self._prefix}/{path}" for path in release.files}
        gone = sorted(there.keys() - wanted)
        for start in range(0, len(gone), 1000):
            keys = [{"Key": key} for key in gone[start : start + 1000]]
            self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True})

    def _there(self) -> dict[str, str]:
        """Return key -> MD5 of what lies there: what was sent half is sent again."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{self._prefix}/")
        return {row["Key"]: row["ETag"].strip('"') for page in pages for row in page.get("Contents", ())}

    def _put(self, key: str, data: bytes, kind: str, cache: str) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=kind, CacheControl=cache)


def type_of(path: str) -> str:
    """Return the media type that browsers are told."""
    end = Path(path).suffix.lower()
    return _TYPES.get(end) or mimetypes.guess_type(path)[0] or "application/octet-stream"
