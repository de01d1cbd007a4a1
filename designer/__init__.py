"""Layerloom: draw a neural network, train it and take away weights and code that run without it."""

from __future__ import annotations

__version__ = "0.1.0"
