"""Takes a project or a run away: as a script, a model file, weights or a picture, none of which needs this program."""
