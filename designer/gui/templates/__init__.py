"""The choice of a network to start from: cards, the numbers that matter, and the dialog for an open project."""
