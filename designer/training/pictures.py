"""Reading of pictures without the remarks that Pillow logs beside the errors it raises."""

from __future__ import annotations


def silence_pillow() -> None:
    """From now on Pillow logs nothing: what it says of a spoiled picture stands in the error that it raises as well."""
    import logging

    logging.getLogger("PIL").setLevel(logging.CRITICAL)
