"""Promises of comparing addresses: the door counts, not how much of the address was written."""

import pytest

from jobkit.duplicates import normal
from jobkit.duplicates._text_address import address_likeness


def likeness(left: str, right: str) -> float:
    """Return the likeness of two addresses as people write them."""
    return address_likeness(normal.address(left), normal.address(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("27 Washington", "27 Washington Oak Park IL 60302"),
        ("412 S. Keeler", "412 Keeler Ave"),
        ("Hauptstraße 5, 80331 München", "Hauptstr. 5"),
        ("12 Elmwood Drive", "12 Elmwod Dr."),
        ("Building 3, 27 Washington", "27 Washington"),
        ("124 E 113th St", "124 E. 113 St."),
        ("2850 W. 24 th Street", "2850 West 24th St"),
    ],
)
def test_same_door_is_alike(left: str, right: str) -> None:
    """
    Town, postal code, direction, kind of street and a small slip may be left out or differ.
    """
    assert likeness(left, right) > 0.8


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("12 Main St 60302", "14 Main St 60302"),
        ("Hauptstr. 5, 80331 München", "Hauptstr. 7, 80331 München"),
        ("12 Main St", "12 Oak Ave"),
        ("1200 Lake", "120 Lake"),
    ],
)
def test_other_door_is_not(left: str, right: str) -> None:
    """
    Another house number in one street, though the postal code agrees, or another street is another door.
    """
    assert likeness(left, right) <= 0.6


def test_likeness_has_no_sides() -> None:
    """
    Either address may come first, and one compared with itself is the same.
    """
    one, other = normal.address("27 Washington Blvd Oak Park"), normal.address("27 Washingtn")

    assert address_likeness(one, other) == address_likeness(other, one)
    assert 1.0 == address_likeness(one, one)
