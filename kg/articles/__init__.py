"""A published report as it was read: its text, sections, patient, front matter, references."""
