"""The part of a script that reads data, for each of the sources that samples come from."""
