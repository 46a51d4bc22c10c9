"""The days that a text names, seen from Thursday, 14 November 2024."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal.dates import find_dates, spans
from bot.journal.dates.words import languages

TODAY = date(2024, 11, 14)

LAST_TUESDAY = ("2024-11-12", "2024-11-12")
MAY = ("2024-05-01", "2024-05-31")
TWO_WEEKS_AGO = ("2024-10-28", "2024-11-03")
YESTERDAY = ("2024-11-13", "2024-11-13")
DAY_BEFORE = ("2024-11-12", "2024-11-12")
THE_THIRD = ("2024-11-03", "2024-11-03")
THIRD_OF_MAY = ("2024-05-03", "2024-05-03")
FIRST_OF_MAY = ("2024-05-01", "2024-05-01")
LAST_SUMMER = ("2024-06-01", "2024-08-31")
SUMMER_2022 = ("2022-06-01", "2022-08-31")
CHRISTMAS = ("2023-12-21", "2023-12-29")
A_YEAR_AGO = ("2023-11-07", "2023-11-21")
LAST_WEEK = ("2024-11-04", "2024-11-10")
LAST_MONTH = ("2024-10-01", "2024-10-31")
THREE_DAYS = ("2024-11-11", "2024-11-14")
SINCE_MARCH = ("2024-03-01", "2024-11-14")
MAY_TO_JULY = ("2024-05-01", "2024-07-31")
EARLY_MAY = ("2024-05-01", "2024-05-13")
IN_2022 = ("2022-01-01", "2022-12-31")
WEEKEND = ("2024-11-09", "2024-11-10")

NAMED = {
    "en": {
        "What did I do last Tuesday?": LAST_TUESDAY,
        "on Tuesday night": LAST_TUESDAY,
        "in May": MAY,
        "last May": MAY,
        "two weeks ago": TWO_WEEKS_AGO,
        "a couple of weeks ago": TWO_WEEKS_AGO,
        "yesterday": YESTERDAY,
        "the day before yesterday": DAY_BEFORE,
        "What did I do on the 3rd?": THE_THIRD,
        "2024-05-01": FIRST_OF_MAY,
        "5/1/2024": FIRST_OF_MAY,
        "May 3": THIRD_OF_MAY,
        "3 May 2024": THIRD_OF_MAY,
        "Friday, May 3rd, 2024": THIRD_OF_MAY,
        "the second of May": ("2024-05-02", "2024-05-02"),
        "from 3 to 5 May": ("2024-05-03", "2024-05-05"),
        "last summer": LAST_SUMMER,
        "in the summer of 2022": SUMMER_2022,
        "around Christmas": CHRISTMAS,
        "Christmas last year": ("2023-12-24", "2023-12-26"),
        "New Year's Eve": ("2023-12-31", "2023-12-31"),
        "Easter 2023": ("2023-04-07", "2023-04-10"),
        "this time last year": A_YEAR_AGO,
        "a year ago today": ("2023-11-14", "2023-11-14"),
        "last week": LAST_WEEK,
        "Tuesday last week": ("2024-11-05", "2024-11-05"),
        "last month": LAST_MONTH,
        "in March last year": ("2023-03-01", "2023-03-31"),
        "last November": ("2023-11-01", "2023-11-30"),
        "in November": ("2024-11-01", "2024-11-14"),
        "this week": ("2024-11-11", "2024-11-14"),
        "in the last three days": THREE_DAYS,
        "since March": SINCE_MARCH,
        "between May and July": MAY_TO_JULY,
        "early May": EARLY_MAY,
        "at the end of last month": ("2024-10-19", "2024-10-31"),
        "in 2022": IN_2022,
        "last weekend": WEEKEND,
        "at the weekend": WEEKEND,
        "last night": ("2024-11-13", "2024-11-14"),
    },
    "de": {
        "Was war letzten Dienstag?": LAST_TUESDAY,
        "im Mai": MAY,
        "vor zwei Wochen": TWO_WEEKS_AGO,
        "gestern": YESTERDAY,
        "vorgestern": DAY_BEFORE,
        "Was habe ich am 3. gemacht?": THE_THIRD,
        "am 3. Mai": THIRD_OF_MAY,
        "01.05.2024": FIRST_OF_MAY,
        "vom 3. bis 5. Mai": ("2024-05-03", "2024-05-05"),
        "letzten Sommer": LAST_SUMMER,
        "im Sommer 2022": SUMMER_2022,
        "um Weihnachten": CHRISTMAS,
        "letztes Jahr um diese Zeit": A_YEAR_AGO,
        "letzte Woche": LAST_WEEK,
        "in den letzten drei Tagen": THREE_DAYS,
        "seit März": SINCE_MARCH,
        "zwischen Mai und Juli": MAY_TO_JULY,
        "Anfang Mai": EARLY_MAY,
        "im Jahr 2022": IN_2022,
        "am Wochenende": WEEKEND,
    },
    "fr": {
        "mardi dernier": LAST_TUESDAY,
        "en mai": MAY,
        "il y a deux semaines": TWO_WEEKS_AGO,
        "hier": YESTERDAY,
        "avant-hier": DAY_BEFORE,
        "Qu'ai-je fait le 3 ?": THE_THIRD,
        "le 3 mai": THIRD_OF_MAY,
        "le 1er mai": FIRST_OF_MAY,
        "l'été dernier": LAST_SUMMER,
        "vers Noël": CHRISTMAS,
        "l'année dernière à cette époque": A_YEAR_AGO,
        "la semaine dernière": LAST_WEEK,
        "les trois derniers jours": THREE_DAYS,
        "depuis mars": SINCE_MARCH,
        "entre mai et juillet": MAY_TO_JULY,
        "début mai": EARLY_MAY,
        "en 2022": IN_2022,
    },
    "es": {
        "el martes pasado": LAST_TUESDAY,
        "en mayo": MAY,
        "hace dos semanas": TWO_WEEKS_AGO,
        "ayer": YESTERDAY,
        "anteayer": DAY_BEFORE,
        "¿Qué hice el día 3?": THE_THIRD,
        "el 3 de mayo": THIRD_OF_MAY,
        "1/5/2024": FIRST_OF_MAY,
        "el verano pasado": LAST_SUMMER,
        "alrededor de Navidad": CHRISTMAS,
        "el año pasado por estas fechas": A_YEAR_AGO,
        "la semana pasada": LAST_WEEK,
        "los últimos tres días": THREE_DAYS,
        "desde marzo": SINCE_MARCH,
        "entre mayo y julio": MAY_TO_JULY,
        "a principios de mayo": EARLY_MAY,
        "en 2022": IN_2022,
    },
    "pt": {
        "na terça-feira passada": LAST_TUESDAY,
        "em maio": MAY,
        "há duas semanas": TWO_WEEKS_AGO,
        "ontem": YESTERDAY,
        "anteontem": DAY_BEFORE,
        "O que fiz no dia 3?": THE_THIRD,
        "3 de maio": THIRD_OF_MAY,
        "no verão passado": LAST_SUMMER,
        "por volta do Natal": CHRISTMAS,
        "no ano passado por esta altura": A_YEAR_AGO,
        "na semana passada": LAST_WEEK,
        "nos últimos três dias": THREE_DAYS,
        "desde março": SINCE_MARCH,
        "entre maio e julho": MAY_TO_JULY,
        "no início de maio": EARLY_MAY,
    },
    "it": {
        "martedì scorso": LAST_TUESDAY,
        "a maggio": MAY,
        "due settimane fa": TWO_WEEKS_AGO,
        "ieri": YESTERDAY,
        "l'altro ieri": DAY_BEFORE,
        "Cosa ho fatto il 3?": THE_THIRD,
        "il 3 maggio": THIRD_OF_MAY,
        "l'estate scorsa": LAST_SUMMER,
        "nell'estate del 2022": SUMMER_2022,
        "intorno a Natale": CHRISTMAS,
        "l'anno scorso in questo periodo": A_YEAR_AGO,
        "la settimana scorsa": LAST_WEEK,
        "gli ultimi tre giorni": THREE_DAYS,
        "da marzo": SINCE_MARCH,
        "tra maggio e luglio": MAY_TO_JULY,
        "all'inizio di maggio": EARLY_MAY,
    },
    "nl": {
        "afgelopen dinsdag": LAST_TUESDAY,
        "in mei": MAY,
        "twee weken geleden": TWO_WEEKS_AGO,
        "gisteren": YESTERDAY,
        "eergisteren": DAY_BEFORE,
        "Wat deed ik op de 3e?": THE_THIRD,
        "3 mei": THIRD_OF_MAY,
        "vorige zomer": LAST_SUMMER,
        "rond Kerst": CHRISTMAS,
        "vorig jaar rond deze tijd": A_YEAR_AGO,
        "vorige week": LAST_WEEK,
        "de laatste drie dagen": THREE_DAYS,
        "sinds maart": SINCE_MARCH,
        "tussen mei en juli": MAY_TO_JULY,
        "begin mei": EARLY_MAY,
    },
    "pl": {
        "w zeszły wtorek": LAST_TUESDAY,
        "w maju": MAY,
        "dwa tygodnie temu": TWO_WEEKS_AGO,
        "tydzień temu": LAST_WEEK,
        "wczoraj": YESTERDAY,
        "przedwczoraj": DAY_BEFORE,
        "3 maja": THIRD_OF_MAY,
        "zeszłego lata": LAST_SUMMER,
        "latem": LAST_SUMMER,
        "około Bożego Narodzenia": CHRISTMAS,
        "w zeszłym roku o tej porze": A_YEAR_AGO,
        "w zeszłym tygodniu": LAST_WEEK,
        "przez ostatnie trzy dni": THREE_DAYS,
        "od marca": SINCE_MARCH,
        "na początku maja": EARLY_MAY,
    },
    "ru": {
        "в прошлый вторник": LAST_TUESDAY,
        "в мае": MAY,
        "две недели назад": TWO_WEEKS_AGO,
        "неделю назад": LAST_WEEK,
        "вчера": YESTERDAY,
        "позавчера": DAY_BEFORE,
        "Что было 3 числа?": THE_THIRD,
        "3 мая": THIRD_OF_MAY,
        "прошлым летом": LAST_SUMMER,
        "летом": LAST_SUMMER,
        "около Рождества": CHRISTMAS,
        "в прошлом году в это время": A_YEAR_AGO,
        "на прошлой неделе": LAST_WEEK,
        "за последние три дня": THREE_DAYS,
        "с марта": SINCE_MARCH,
        "в начале мая": EARLY_MAY,
    },
}


@pytest.mark.parametrize(
    ("language", "text", "span"),
    [(language, text, span) for language, texts in NAMED.items() for text, span in texts.items()],
)
def test_names_these_days(language: str, text: str, span: tuple[str, str]) -> None:
    found = find_dates(text, TODAY, language)
    assert [(it.start.isoformat(), it.stop.isoformat()) for it in found] == [span]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I may go, or march on; wait a second, sat in the sun."),
        ("en", "May was nice to me."),
        ("en", "We were on the 3rd floor, and it was my second time."),
        ("en", "next Tuesday, tomorrow, in two weeks, every Monday, next summer"),
        ("en", "I ran 5 miles in 40 minutes at 7.30, or 8:15."),
        ("en", "in 2031, and on 3 May 2030"),
        ("en", "We fall, we spring up. A few days at the sea. Years pass."),
        ("de", "nächsten Dienstag, morgen, in zwei Wochen, jeden Montag"),
        ("de", "Am 3. Tag der Reise war ich müde."),
        ("fr", "Il a été malade, et la semaine prochaine aussi. Planète mars ?"),
        ("pt", "na segunda vez, pela quinta vez"),
        ("es", "la próxima semana, mañana"),
        ("it", "la prossima settimana, domani"),
        ("nl", "volgende week, morgen"),
        ("pl", "w przyszłym tygodniu, jutro"),
        ("ru", "на следующей неделе, завтра"),
        ("en", "2024-02-30 and 99/99/2024"),
        ("xx", "last Tuesday"),
    ],
)
def test_names_no_past_day(language: str, text: str) -> None:
    # "mars" alone may be the planet or the month; it is taken for the month.
    found = [it for it in find_dates(text, TODAY, language) if text[it.text_start : it.text_stop] != "mars"]
    assert found == []


@pytest.mark.parametrize(
    ("language", "day"), [("en-GB", "2024-01-05"), ("en-US", "2024-05-01"), ("de", "2024-01-05")]
)
def test_the_region_tells_the_order_of_figures(language: str, day: str) -> None:
    assert [it.start.isoformat() for it in find_dates("5/1/2024", TODAY, language)] == [day]


def test_each_has_its_place_in_the_text() -> None:
    text = "Was it last Tuesday, or two weeks ago? Not on 2024-05-01."
    found = find_dates(text, TODAY, "en")
    assert [text[it.text_start : it.text_stop] for it in found] == [
        "last Tuesday",
        "two weeks ago",
        "2024-05-01",
    ]


@pytest.mark.parametrize(
    ("today", "text", "span"),
    [
        ("2024-01-01", "yesterday", ("2023-12-31", "2023-12-31")),
        ("2024-01-01", "last month", ("2023-12-01", "2023-12-31")),
        ("2024-03-31", "a month ago", ("2024-02-14", "2024-03-15")),
        ("2024-02-29", "a year ago today", ("2023-02-28", "2023-02-28")),
        ("2024-11-12", "last Tuesday", ("2024-11-05", "2024-11-05")),
        ("2024-11-10", "last weekend", ("2024-11-02", "2024-11-03")),
        ("2024-01-20", "last winter", ("2022-12-01", "2023-02-28")),
        ("2024-03-01", "on the 31st.", ("2024-01-31", "2024-01-31")),
        ("2023-05-01", "on 29 February", ("2020-02-29", "2020-02-29")),
        ("2024-12-25", "Christmas", ("2024-12-24", "2024-12-25")),
    ],
)
def test_at_the_edges_of_the_calendar(today: str, text: str, span: tuple[str, str]) -> None:
    found = find_dates(text, date.fromisoformat(today), "en")
    assert [(it.start.isoformat(), it.stop.isoformat()) for it in found] == [span]


@pytest.mark.parametrize(
    ("year", "sunday"), [(2000, "04-23"), (2008, "03-23"), (2011, "04-24"), (2024, "03-31"), (2038, "04-25")]
)
def test_easter(year: int, sunday: str) -> None:
    assert spans.easter(year) == date.fromisoformat(f"{year}-{sunday}")


WORDS = sorted({word for texts in NAMED.values() for text in texts for word in text.split()})


@given(
    st.lists(st.sampled_from([*WORDS, "9999", "31", "0", "?", "1900"]), max_size=12).map(" ".join)
    | st.text(),
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.sampled_from([*languages(), None, "en-GB"]),
)
def test_every_text_gives_past_days_in_its_order(text: str, today: date, language: str | None) -> None:
    found = find_dates(text, today, language)
    assert all(it.start <= it.stop <= today for it in found)
    assert all(0 <= it.text_start < it.text_stop <= len(text) for it in found)
    places = [it.text_start for it in found]
    assert places == sorted(places)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 6))
def test_last_weekday_is_within_a_week(today: date, weekday: int) -> None:
    day = spans.weekday_before(today, weekday)
    assert day.weekday() == weekday
    assert timedelta(0) < today - day <= timedelta(7)
