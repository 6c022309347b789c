"""
What a pipeline asks of its forge, and tells it: who approved, the report as a comment, reviews that are due as issues.

What decides, `kbgen approvals` and `kbgen publish`, reads files and opens no connection; this room fetches those files.
"""

from kbgen.forge.client import ForgeError
from kbgen.forge.hosts import HOSTS, Host, host_of

__all__ = ["HOSTS", "ForgeError", "Host", "host_of"]
