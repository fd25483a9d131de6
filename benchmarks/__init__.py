"""Figures side by side: `python -m benchmarks [name...]` prints one table per room."""
