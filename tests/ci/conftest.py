"""The repository that the tests of pipelines begin with."""

from __future__ import annotations

from review.conftest import kept

__all__ = ["kept"]
