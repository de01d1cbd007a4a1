"""The error for data that cannot be read or used."""

from __future__ import annotations


class DataError(ValueError):
    """Data that cannot be used; the message names the file, the line or the column, and says what to do."""
