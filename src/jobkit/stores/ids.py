"""Ids and salts from the operating system's randomness, for hosts that bring none of their own."""

import secrets


def random_id() -> str:
    """
    Return a new id: 128 random bits as 32 hex digits.

    >>> len(random_id())
    32
    """
    return secrets.token_hex(16)


def random_salt() -> str:
    """
    Return a new salt for a private value: 256 random bits as 64 hex digits.

    >>> random_salt() == random_salt()
    False
    """
    return secrets.token_hex(32)
