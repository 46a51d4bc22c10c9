"""Which language a short reply is in, by its script and its most frequent words."""

import re

_WORDS = {
    "en": "the and you that was it is of to in what with your for not have but this are me i",
    "de": "und der die das du ist nicht ein eine es mit dir war hast dem auf zu was wie für den",
    "fr": "le la les et vous tu est que de des un une pas dans avec ce qui ton ta au était vos",
    "es": "el la los que de y en un una te tu no se lo con por es fue qué para hoy las",
    "pt": "o a os que de e em um uma você não com se foi para do da é seu sua no dos",
    "it": "il la che di e un una non ti con è per tu hai era lo gli le del della nel sei",
    "ru": "и в не что на ты с это как я у но он она так было за то из тебе",
    "tr": "ve bir bu ne çok da de için ile sen mi gibi ama var yok olan seni sana o",
    "ar": "في من على أن ما هذا كان مع إلى لا هل يا عن ذلك التي قد كنت لك",
    "nl": "de het een en je van dat in is niet met was op voor wat zo er die aan hebt",
    "pl": "i w nie się że na to z jak co do jest tak ale było ci po dla ten cię",
}
_BY_WORD: dict[str, list[str]] = {}
for _language, _listed in _WORDS.items():
    for _word in _listed.split():
        _BY_WORD.setdefault(_word, []).append(_language)


def tongues(text: str) -> dict[str, float]:
    """How much speaks for each language; a word that several share counts in parts. Empty where
    nothing tells."""
    if re.search("[\u3040-\u30ff]", text):
        return {"ja": 10.0}
    if re.search("[\u4e00-\u9fff]", text):
        return {"zh": 10.0}
    found: dict[str, float] = {}
    for word in re.findall(r"\w+", text.lower()):
        for language in _BY_WORD.get(word, ()):
            found[language] = found.get(language, 0.0) + 1 / len(_BY_WORD[word])
    return found


def is_in(text: str, languages: tuple[str, ...]) -> bool:
    """Whether nothing speaks clearly against these languages."""
    found = tongues(text)
    if not found:
        return True
    best = max(found.values())
    return best < 1.5 or max(found.get(it, 0.0) for it in languages) >= 0.6 * best
