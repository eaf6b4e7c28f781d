"""Questions and tables: queries, lines of therapy, responses, the matrix, the evidence table."""
