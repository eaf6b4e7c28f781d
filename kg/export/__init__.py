"""Out to other formats, each with an account of what was lost."""
