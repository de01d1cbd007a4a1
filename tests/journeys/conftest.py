"""Journeys through the window keep the rules of the window's own tests."""

from __future__ import annotations
