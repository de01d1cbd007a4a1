"""The document: an immutable project, its edits, history, rules, layout and file."""
