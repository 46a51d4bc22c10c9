"""How people say when they want to be reminded, in English, German, Spanish and French."""

import re

# What opens the request, and says nothing of what it is about.
OPENINGS = re.compile(
    r"(?:(?:please|bitte|por favor|s['’]il (?:te|vous) pla[iî]t)[,\s]+)?"
    r"(?:(?:can|could|will|would) you (?:please )?)?"
    r"(?:(?:remind|nudge|ping|poke|tell) (?:me|us)|set (?:me )?a reminder|reminder|"
    r"erinner[en]? mich|recu[eé]rdame|recordarme|av[ií]same|rappelle[- ]moi|fais[- ]moi penser)"
    r"(?:\s*[:,])?(?:\s+|$)",
    re.IGNORECASE,
)
# What leads from the time to the thing, or from the opening.
LINKS = re.compile(
    r"(?:to|that|about|of|for|daran|dran|dass|an|ans|de|que|à)(?:,)?\s+|(?=d['’]\w)d['’]", re.IGNORECASE
)
# What the reading has no way to do, at the edge of what is left.
UNSUPPORTED = re.compile(
    r"(?:^|\b)(?:every (?:other|second|third|two|three|four|\d+|month|year|hour|half|quarter|few)\b|"
    r"each month|monthly|yearly|hourly|every now and then|alle (?:zwei|drei|\d+)\b|jeden monat|jede stunde|"
    r"stündlich|monatlich|cada (?:dos|tres|\d+|mes|hora|año)\b|"
    r"tou(?:te)?s les (?:deux|trois|\d+|mois|heures)\b|chaque (?:mois|heure|année))",
    re.IGNORECASE,
)

EVERY_DAY = {
    "every day", "everyday", "each day", "daily", "all days", "every single day", "jeden tag", "täglich",
    "jeden tag in der woche", "cada día", "cada dia", "todos los días", "todos los dias", "a diario",
    "diariamente", "tous les jours", "chaque jour", "quotidiennement",
}  # fmt: skip
WEEKDAYS = {
    "on weekdays", "weekdays", "every weekday", "on workdays", "workdays", "every workday", "on working days",
    "each weekday", "werktags", "wochentags", "an werktagen", "an wochentagen", "unter der woche",
    "jeden werktag", "an arbeitstagen", "entre semana", "los días laborables", "los dias laborables",
    "en días laborables", "de lunes a viernes", "en semaine", "les jours ouvrables", "les jours de semaine",
    "du lundi au vendredi",
}  # fmt: skip
WEEKENDS = {
    "on weekends", "weekends", "at weekends", "at the weekend", "every weekend", "on the weekend",
    "am wochenende", "jedes wochenende", "an wochenenden", "los fines de semana", "el fin de semana",
    "cada fin de semana", "le week-end", "les week-ends", "le weekend", "chaque week-end",
    "tous les week-ends",
}  # fmt: skip
TODAY = {"today", "heute", "hoy", "aujourd'hui", "aujourd’hui"}
TOMORROW = {"tomorrow", "morgen", "mañana", "manana", "demain"}
AFTER_TOMORROW = {
    "day after tomorrow",
    "the day after tomorrow",
    "übermorgen",
    "pasado mañana",
    "après-demain",
}

# Parts of the day: how many days on, or every day, and the hour where none is said.
PARTS: dict[str, tuple[int | str, int]] = {
    "this morning": (0, 8), "tomorrow morning": (1, 8), "every morning": ("daily", 8),
    "in the mornings": ("daily", 8), "mornings": ("daily", 8),
    "this afternoon": (0, 15), "tomorrow afternoon": (1, 15), "every afternoon": ("daily", 15),
    "this evening": (0, 19), "tonight": (0, 20), "tomorrow evening": (1, 19), "tomorrow night": (1, 20),
    "every evening": ("daily", 19), "every night": ("daily", 21), "in the evenings": ("daily", 19),
    "heute früh": (0, 8), "heute nachmittag": (0, 15), "heute abend": (0, 19), "morgen früh": (1, 8),
    "morgen nachmittag": (1, 15), "morgen abend": (1, 19), "jeden morgen": ("daily", 8),
    "jeden nachmittag": ("daily", 15), "jeden abend": ("daily", 19), "abends": ("daily", 19),
    "morgens": ("daily", 8),
    "esta mañana": (0, 8), "esta tarde": (0, 16), "esta noche": (0, 20), "mañana por la mañana": (1, 8),
    "mañana por la tarde": (1, 16), "mañana por la noche": (1, 20), "cada mañana": ("daily", 8),
    "todas las mañanas": ("daily", 8), "todas las noches": ("daily", 21), "cada noche": ("daily", 21),
    "ce matin": (0, 8), "cet après-midi": (0, 15), "ce soir": (0, 19), "demain matin": (1, 8),
    "demain après-midi": (1, 15), "demain soir": (1, 19), "tous les matins": ("daily", 8),
    "chaque matin": ("daily", 8), "tous les soirs": ("daily", 19), "chaque soir": ("daily", 19),
}  # fmt: skip

_DAYS = (
    "monday mon montag mo lunes lundi",
    "tuesday tue tues dienstag di martes mardi",
    "wednesday wed mittwoch mi miércoles miercoles mercredi",
    "thursday thu thur thurs donnerstag do jueves jeudi",
    "friday fri freitag fr viernes vendredi",
    "saturday sat samstag sonnabend sa sábado sabado samedi",
    "sunday sun sonntag so domingo dimanche",
)
# Of one day, which may be meant once; and of that day of every week.
DAY = {word: day for day, words in enumerate(_DAYS) for word in words.split()}
_SHORT = {"mo", "di", "mi", "do", "fr", "sa", "so", "mon", "tue", "wed", "thu", "fri", "sat", "sun"}
DAYS = {f"{word}s": day for word, day in DAY.items() if word not in _SHORT and not word.endswith("s")} | {
    "sábados": 5, "sabados": 5, "domingos": 6,
}  # fmt: skip
# Alone they are other words: “do”, “so”, “sat”, “sun”.
AMBIGUOUS = {"mo", "di", "mi", "do", "fr", "sa", "so", "sat", "sun", "wed"}
EVERY = {"every", "each", "jeden", "jede", "cada", "chaque", "todos los", "tous les", "los", "les", "le"}
ON = {"on", "next", "this", "am", "an", "nächsten", "kommenden", "el", "este", "próximo", "ce", "prochain"}
AND, UNTIL = (
    {"and", "&", "und", "y", "e", "et", "+"},
    {"to", "till", "until", "through", "-", "–", "bis", "a", "à", "au"},
)

UNITS = {
    "minute": 1, "minutes": 1, "min": 1, "mins": 1, "minuten": 1, "minuto": 1, "minutos": 1,
    "hour": 60, "hours": 60, "h": 60, "hr": 60, "hrs": 60, "stunde": 60, "stunden": 60, "std": 60,
    "hora": 60, "horas": 60, "heure": 60, "heures": 60,
    "day": 1440, "days": 1440, "tag": 1440, "tagen": 1440, "tage": 1440, "día": 1440, "días": 1440,
    "dia": 1440, "dias": 1440, "jour": 1440, "jours": 1440,
    "week": 10080, "weeks": 10080, "woche": 10080, "wochen": 10080, "semana": 10080, "semanas": 10080,
    "semaine": 10080, "semaines": 10080,
}  # fmt: skip
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "half an": 0.5, "half a": 0.5, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30,
    "ein": 1, "eine": 1, "einer": 1, "einem": 1, "einen": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5,
    "sechs": 6, "zehn": 10, "fünfzehn": 15, "zwanzig": 20, "dreißig": 30, "einer halben": 0.5,
    "un": 1, "una": 1, "media": 0.5, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "diez": 10,
    "quince": 15, "veinte": 20, "treinta": 30,
    "une": 1, "une demi": 0.5, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "dix": 10, "quinze": 15,
    "vingt": 20, "trente": 30,
}  # fmt: skip

_MONTHS = (
    "january jan januar jänner enero ene janvier", "february feb februar febrero février fevrier",
    "march mar märz marzo mars", "april apr abril abr avril", "may mai mayo", "june jun juni junio juin",
    "july jul juli julio juillet", "august aug agosto août aout", "september sep sept septiembre septembre",
    "october oct oktober okt octubre octobre", "november nov noviembre novembre",
    "december dec dezember dez diciembre dic décembre decembre",
)  # fmt: skip
MONTHS = {word: month for month, words in enumerate(_MONTHS, 1) for word in words.split()}
