"""Where samples come from: rows of tables, pictures, stretches of series. A module for each, with the same calls."""
