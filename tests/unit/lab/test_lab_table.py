"""The table that the scenario compares `quantum net-list` with."""

from lab.scenario.networks import table

REPORT = """\
+--------------------------------------+--------+-----------------------------------------------------+
| id                                   | name   | subnets                                             |
+--------------------------------------+--------+-----------------------------------------------------+
| 546f14c5-b837-41ef-964a-0eba46aa23f9 | pub101 | 34b28d6f-5398-46ed-ba9e-f848ef6269b0 10.10.101.0/24 |
+--------------------------------------+--------+-----------------------------------------------------+
"""


def test_the_table_of_the_report() -> None:
    """The lines printed in the report come out byte for byte."""
    row = ["546f14c5-b837-41ef-964a-0eba46aa23f9", "pub101", "34b28d6f-5398-46ed-ba9e-f848ef6269b0 10.10.101.0/24"]
    assert REPORT == table(["id", "name", "subnets"], [row])


def test_a_network_with_two_subnets_takes_two_lines() -> None:
    """Several subnets stand below each other in one cell."""
    expected = "+----+\n| id |\n+----+\n| a  |\n| b  |\n+----+\n"
    assert expected == table(["id"], [["a\nb"]])
