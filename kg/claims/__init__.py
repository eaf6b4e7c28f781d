"""What a union says that no report does: agreement, conflicts, duplicates, novelty, retraction."""
