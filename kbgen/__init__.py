"""kbgen: a customer-service knowledge base that lives in git."""

__version__ = "0.1.0"
