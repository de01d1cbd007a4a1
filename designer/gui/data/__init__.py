"""The data page: rows or pictures at a glance, what is found in them, and how they are prepared."""
