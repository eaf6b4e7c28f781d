"""What the words of a report mention: phenotypes, values, drugs, times, examinations, outcomes, each with its place."""
