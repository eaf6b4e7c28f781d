"""The case: its facts, its file, its timeline, and what is held against its own words."""
