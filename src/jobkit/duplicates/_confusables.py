"""Letters of other alphabets that look like Latin ones: one table, used wherever texts are matched."""

from typing import Final

# By the shape of the capital, for serial plates are typed in capitals.
_CYRILLIC: Final = dict(zip("авекмнорстухіјѕԁһёү", "abekmhopctyxijsdhey", strict=True))
_GREEK: Final = dict(zip("αβεζηικμνορτυχϲ", "abezhikmnoptyxc", strict=True))
_LATIN: Final = dict(zip("øłđħŧıɡɩ", "oldhtigi", strict=True)) | {"æ": "ae", "œ": "oe", "þ": "th"}

CONFUSABLES: Final = str.maketrans(_CYRILLIC | _GREEK | _LATIN)
"""From a letter, casefolded, to the Latin one that it is taken for."""
