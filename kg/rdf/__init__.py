"""A case as RDF and back: triples, canonical form, collections of named graphs."""
