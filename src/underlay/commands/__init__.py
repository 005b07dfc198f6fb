"""The verbs: what a caller asks for, already well-formed, not yet judged.

`UNSET` in an update means "leave as it is". `revision` in an update or delete is the revision_number that
the caller last saw (If-Match), None when it does not care.
"""
