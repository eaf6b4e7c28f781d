"""Classification and response criteria as data, assessed as intervals."""
