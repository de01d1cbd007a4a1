"""Amounts of memory in words."""

from __future__ import annotations


def memory_words(size: float) -> str:
    """Bytes for people: ``210 MB``, ``1.4 GB``."""
    return f"{size / 1e9:,.1f} GB" if size >= 999.5e6 else f"{size / 1e6:,.0f} MB"
