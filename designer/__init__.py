"""Layerloom: draw a neural network, train it and take away weights and code that run without it."""
