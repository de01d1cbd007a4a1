"""From files of others to projects."""
