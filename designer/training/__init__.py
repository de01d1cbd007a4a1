"""Trains a project: reads its data, drives the stream of events and writes the run folder."""
