"""Layers of the user's own: the editor of their code, and the question whether code from elsewhere may run."""
