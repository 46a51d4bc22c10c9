"""Which time zone a person lives in, told by their words or by where they are.

What is known of zones comes from tzdata, the names in many languages from Unicode's CLDR.
"""

from .finding import Option, countries, find, resembling
from .names import country_name
from .near import city_near, nearest
from .table import city, country_of, is_country, likely, of_region, regions, shown, spelled

__all__ = [
    "Option",
    "city",
    "city_near",
    "countries",
    "country_name",
    "country_of",
    "find",
    "is_country",
    "likely",
    "nearest",
    "of_region",
    "regions",
    "resembling",
    "shown",
    "spelled",
]
