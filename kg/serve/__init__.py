"""The graph over HTTP: a SPARQL 1.1 endpoint and pages to look at it, each query in a process that can be killed."""
