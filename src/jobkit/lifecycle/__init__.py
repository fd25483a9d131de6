"""Configurable state machines whose every "no" says what unblocks it."""
