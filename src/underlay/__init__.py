"""Underlay: provider networks on data-centre VLANs, spoken through the OpenStack Networking API v2.0."""

__version__ = "0.1.0"
