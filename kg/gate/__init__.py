"""Validation: shapes, checks, mutation, findings and their reports."""
