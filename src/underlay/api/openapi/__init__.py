"""The OpenAPI 3.1 document of the API, made from the URL table and the attribute tables."""
