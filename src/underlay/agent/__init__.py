"""One per host: feed -> mirror -> desired -> plan -> effects -> report."""
