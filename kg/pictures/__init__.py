"""Pictures: a patient's timeline, the matrix, changes, criteria."""
