"""The same work on several canvases, each in a process of its own."""
