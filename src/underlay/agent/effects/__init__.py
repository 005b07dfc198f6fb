"""Step -> Outcome: one idempotent function a step, performed in batches."""
