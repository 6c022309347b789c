"""
Where releases go.  Each place keeps the manifests of all of them, outside what customers read.

    dir:PATH             releases/<name>/ and `current`, exchanged in one step
    branch:NAME          a branch of this repository, for pages of a forge; manifests on NAME-manifests
    rsync:HOST:PATH      a web space; manifests in PATH.manifests
    s3://BUCKET/PREFIX   a bucket; manifests below PREFIX.manifests
"""

from __future__ import annotations

from pathlib import Path

from kbgen.targets.place import Target, TargetError

__all__ = ["Target", "TargetError", "opened"]


def opened(text: str, root: Path, keep: int) -> Target:
    """
    Open the place that a person names.

    Args:
        root: The knowledge base.
        keep: How many releases a place keeps that can keep several.
    Raises: TargetError: There is no such kind of place, or it cannot be used.
    """
    kind, _, rest = text.partition(":")
    if kind == "dir" and rest:
        from kbgen.targets.directory import Directory

        return Directory((root / rest).absolute(), keep)
    if kind == "branch" and rest:
        from kbgen.targets.branch import Branch

        return Branch(root, rest)
    if kind == "rsync" and rest:
        from kbgen.targets.rsync import Rsync

        return Rsync(rest)
    bucket, _, prefix = rest.removeprefix("//").partition("/")
    if kind == "s3" and bucket and prefix.strip("/"):
        from kbgen.targets.s3 import Bucket

        return Bucket(bucket, prefix.strip("/"))
    raise TargetError(f"{text} is no place to publish to. Write  dir:PATH , branch:NAME , rsync:HOST:PATH  or  s3://BUCKET/PREFIX")
