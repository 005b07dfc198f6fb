"""The reference scenario, played on the lab: steps that run real commands and check what came of them."""
