"""Requests made from the OpenAPI document and of hostile values, and what must hold of every answer."""
