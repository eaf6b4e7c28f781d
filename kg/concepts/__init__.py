"""Terminology: term modules, labels and hierarchy, mappings, whole ontologies added by a project."""
