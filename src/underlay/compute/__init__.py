"""Runs this host's guests: records -> guests wanted -> plan <- guests seen -> effects on a hypervisor."""
