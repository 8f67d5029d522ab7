"""Finding reports: filters, lists, search terms, clusters for a map."""
