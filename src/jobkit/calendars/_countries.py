"""The public holidays of a country, looked up once and kept as plain dates."""

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from jobkit.calendars._holidays import Holiday
from jobkit.errors import Invalid, Unsupported
from jobkit.findings import Template

NO_PACKAGE = Template(
    "calendars.extra",
    "The package holidays is not installed, and the holidays of {place} are looked up in it.",
    "Install jobkit with the extra holidays: pip install 'jobkit[holidays]'.",
)
UNKNOWN_PLACE = Template(
    "calendars.place",
    "No holidays are known for {place}.",
    "Name a country and one of its regions by their ISO 3166 codes, such as DE and BY.",
)
YEARS = Template(
    "calendars.holiday_range",
    "The holidays of {place} are asked for no years, for more than {limit}, or for years outside 1 to 9999.",
    "Name the years that the calendar is for, such as range(2025, 2030).",
)
_MOST_YEARS: Final = 500


def holidays_of(
    country: str,
    region: str | None = None,
    *,
    years: Iterable[int],
    categories: Iterable[str] = ("public",),
    language: str = "en_US",
) -> tuple[Holiday, ...]:
    """
    Return the public holidays of a country, and of its *region*, as one `Holiday` for each plain date.

    They are resolved now, so that a later release of the package `holidays` changes no calendar that is in
    use; `source` names the release. Days on which a holiday is observed are among them. Needs the extra
    `holidays`; without it, for a place or category that it does not know, and for absurd years, refused.

    >>> [day.on for day in holidays_of("DE", "BY", years=[2026])][:3]
    ['2026-01-01', '2026-01-06', '2026-04-03']
    """
    place = country if region is None else f"{country}-{region}"
    wanted = sorted(set(islice(years, _MOST_YEARS + 1)))
    if not 0 < len(wanted) <= _MOST_YEARS or wanted[0] < 1 or wanted[-1] > 9999:
        raise Invalid.of(YEARS, path="$.years", place=place[:50], limit=_MOST_YEARS)
    package = _package(place)
    try:
        found = package.country_holidays(
            country,
            subdiv=region,
            years=wanted,
            expand=False,
            language=language,
            categories=tuple(categories),
        )
    except (NotImplementedError, ValueError, KeyError) as error:
        raise Invalid.of(UNKNOWN_PLACE, path="$.country", place=place[:50]) from error
    source = f"holidays {package.__version__} {place}"
    return tuple(Holiday(name=found[day], on=day.isoformat(), source=source) for day in sorted(found))


def _package(place: str) -> Any:
    try:
        import holidays
    except ImportError as error:
        raise Unsupported.of(NO_PACKAGE, place=place[:50]) from error
    return holidays
