"""Publishing to a bucket, against a server that speaks S3."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from release.places import publish
from review.asking import run
from review.repository import REFUND, Repository, article

from kbgen.targets.s3 import type_of

TO = "s3://help/portal"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """An empty bucket, and a client that asks about it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="help")
        yield client


def keys(client: object) -> set[str]:
    """What lies in the bucket."""
    return {row["Key"] for row in client.list_objects_v2(Bucket="help")["Contents"]}  # type: ignore[attr-defined]


def test_a_bucket_serves_what_was_built(kept: Repository, bucket: object) -> None:
    """Media types and caching are right, stale files go, manifests lie apart, addresses live on, and only changes are sent."""
    publish(kept, to=TO)
    bucket.put_object(Bucket="help", Key="portal/stale.html", Body=b"x")  # type: ignore[attr-defined]
    bucket.put_object(Bucket="help", Key="portal-of-others/x", Body=b"x")  # type: ignore[attr-defined]
    css = next(key for key in sorted(keys(bucket)) if key.endswith(".css"))
    first = bucket.head_object(Bucket="help", Key=css)  # type: ignore[attr-defined]
    body = bucket.get_object(Bucket="help", Key=css)["Body"].read()  # type: ignore[attr-defined]
    bucket.put_object(Bucket="help", Key=css, Body=body, Metadata={"sent": "before"})  # type: ignore[attr-defined]
    kept.commit("Move", {REFUND: None, "content/en/money/refund.md": article("refund", "New.")})
    publish(kept, to=TO)
    page = bucket.get_object(Bucket="help", Key="portal/en/money/refund/index.html")  # type: ignore[attr-defined]
    old = bucket.get_object(Bucket="help", Key="portal/en/billing/refund/index.html")["Body"].read().decode()  # type: ignore[attr-defined]
    style = bucket.head_object(Bucket="help", Key=css)  # type: ignore[attr-defined]

    assert "New." in page["Body"].read().decode()
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", "public, max-age=0, must-revalidate")
    assert (first["ContentType"], first["CacheControl"]) == ("text/css; charset=utf-8", "public, max-age=31536000, immutable")
    assert style["Metadata"] == {"sent": "before"}
    assert "url=../../../en/money/refund/" in old
    assert "portal/stale.html" not in keys(bucket)
    assert "portal-of-others/x" in keys(bucket)
    assert len([key for key in keys(bucket) if key.startswith("portal.manifests/")]) == 3


def test_what_a_bucket_cannot_do_is_said(kept: Repository, bucket: object) -> None:
    """It holds one portal, so nothing can be brought back; a bucket that is not there is told."""
    publish(kept, to=TO)
    back = run(kept, "rollback", "--to", TO)

    assert (back.exit_code, "holds one portal only" in back.output) == (1, True)
    assert "NoSuchBucket" in publish(kept, to="s3://nowhere/portal", code=1).output
    assert "is no place to publish to" in publish(kept, to="s3://help", code=1).output


def test_media_types_do_not_depend_on_the_machine() -> None:
    """Whatever a portal holds is told by our own table."""
    assert type_of("assets/kb.abc.mjs") == "text/javascript; charset=utf-8"
    assert type_of("en/site.webmanifest") == "application/manifest+json"
    assert type_of("en/x.pdf") == "application/pdf"
    assert type_of("_headers") == "application/octet-stream"
