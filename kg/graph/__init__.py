"""The dataset: the store, merging, differences, explanations, inferred triples."""
