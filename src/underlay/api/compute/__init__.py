"""The Compute API v2.1 (Nova): servers, flavors, keypairs, and the hosts that run servers."""
