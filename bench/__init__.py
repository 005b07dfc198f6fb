"""What is measured, and how to repeat it: `python -m bench.<name>`, one JSON line a figure."""
