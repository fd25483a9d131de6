"""`jobkit demo`: one warranty job from the dealer's request to closed, told as a story."""

from jobkit.cli._demo._run import run_demo

__all__ = ["run_demo"]
