"""Values -> text for stdout, one module a format. Pure."""
