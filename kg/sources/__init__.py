"""Cases of other formats: phenopackets and other people's RDF."""
