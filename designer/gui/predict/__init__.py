"""Predictions for new data in the window."""
