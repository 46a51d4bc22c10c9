"""Which of the signs in a text are meant: not denied, not past, not somebody else's, not a story."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.journal.safety.grammar import Grammar, Language
from bot.journal.safety.matching import Match, Tagged, find
from bot.journal.safety.places import Contexts, Places


class Concern(StrEnum):
    """From the most urgent to the least."""

    ACUTE = "acute"  # says that they want or plan to die or to hurt themselves, or that they did
    INDIRECT = "indirect"  # says it in other words: burden, farewell, no way out, not waking up
    DANGER = "danger"  # somebody else hurts or threatens them
    OTHER = "other"  # worries about somebody else who wants to die
    PAST = "past"  # was so once, or is denied: still worth a kind word


_URGENCY: dict[Concern | None, int] = {concern: rank for rank, concern in enumerate(Concern)}
_ALWAYS = {"other": Concern.OTHER, "behind": Concern.PAST}
_MEANT = {
    "acute": Concern.ACUTE,
    "done": Concern.ACUTE,
    "indirect": Concern.INDIRECT,
    "mention": Concern.INDIRECT,
    "weak": Concern.INDIRECT,
    "danger": Concern.DANGER,
}

DENIAL_REACHES = 2  # words before a sign
TELLER_REACHES = 8
SOMEBODY_REACHES = 4
SAYING_REACHES = 4
SPEAKER_REACHES = 4
TIME_REACHES = 14
STORY_REACHES = 14
GAME_REACHES = 25
QUOTING_REACHES = 3
WEAK_SIGNS_APART = 14  # words; and no more than one sentence further
TIRED = "tired"  # the theme of "I can't do this anymore"
WEARY = "weary"  # "So tired": the same beside another sign, and by itself what any long day is
PARTING = {"goodbye", "pardon"}  # two words are enough: "Forgive me. Farewell."
BESIDES = 2  # words besides a sign of being tired that is all of the entry, and so counts by itself
MENTION_REACHES = 6  # words between a bare mention and an I
SHORT_ENTRY = 12
# A language is the text's own if it knows half as many of its words as the one that knows most.
AT_HOME = 2
# Signs in words that may well mean something else in another language.
LOOSE = {"indirect", "mention", "weak"}
PLAIN = {"acute", "done"}


@dataclass(frozen=True, slots=True)
class Judged:
    """What is meant by the words `first` to `last`; None where a plain sign there is explained away."""

    concern: Concern | None
    first: int
    last: int


def judge(tagged: Tagged, grammar: Grammar) -> list[Judged]:
    """The signs that are meant, the most urgent first, and then the plain ones that are not."""
    signs = find(tagged, grammar.signs)
    if not signs:
        return []
    contexts: Contexts = defaultdict(Places)
    spoken = {sign.pattern.language for sign in signs}
    for match in find(tagged, grammar.contexts, spoken):
        contexts[match.pattern.language, match.pattern.role].add(match)
    each = _Judge(tagged, grammar, contexts)
    threats = [it for it in signs if it.pattern.role == "danger" and each.concern(it)]
    others = [it for it in signs if it.pattern.role == "other" and each.is_about_another(it)]
    home = {code for code, known in each.known.items() if known == max(each.known.values())}
    found: list[tuple[Match, Concern]] = []
    weak: list[Match] = []
    dismissed: list[Match] = []
    explained: set[int] = set()
    # The languages that know the text best come first: what they explain away is no sign in a cousin
    # of theirs (Spanish "me mató el jefe", Portuguese "me mato").
    for sign in sorted(signs, key=lambda it: -each.known[it.pattern.language]):
        if not each.is_at_home(sign) or each.is_said_better(sign, threats, others):
            continue
        concern = each.concern(sign)
        if concern is None and sign.pattern.role in PLAIN:
            explained.update(sign.matched)
            dismissed.append(sign)
        elif concern is not None and sign.pattern.role == "weak":
            weak.append(sign)
        elif concern is not None and (
            sign.pattern.language in home or not explained.issuperset(sign.matched)
        ):
            found.append((sign, concern))
    milder = dismissed + [sign for sign, it in found if it in {Concern.PAST, Concern.OTHER}]
    judged = [
        Judged(it, sign.first, sign.last)
        for sign, it in found
        if it is Concern.DANGER or not _is_part(sign, milder)
    ]
    judged += _together([it for it in weak if not _is_part(it, milder)], tagged)
    # Of equals the longest one: the span then shows the most of what was seen.
    judged.sort(key=lambda it: (_URGENCY[it.concern], it.first - it.last, it.first))
    return judged + [Judged(None, it.first, it.last) for it in dismissed]


def _is_part(sign: Match, wider: list[Match]) -> bool:
    """Of one that is dismissed, past or somebody else's: "kill myself" in "never wanted to kill myself"."""
    own = set(sign.matched)
    return any(own < set(it.matched) for it in wider)


def _together(weak: list[Match], tagged: Tagged) -> list[Judged]:
    """Weak signs of two themes near each other; or one that is nearly the whole entry."""
    weak.sort(key=lambda it: it.first)
    sentences = tagged.reading.sentences
    size = len(sentences)
    alone = [it for it in weak if it.pattern.theme == TIRED and size - (it.last - it.first + 1) <= BESIDES]
    if alone:
        return [Judged(Concern.INDIRECT, it.first, it.last) for it in alone]
    latest: dict[tuple[str, str], Match] = {}
    for sign in weak:
        language = sign.pattern.language
        theme = TIRED if sign.pattern.theme == WEARY else sign.pattern.theme
        for (other_language, other_theme), earlier in latest.items():
            apart = set(earlier.matched).isdisjoint(sign.matched)
            near = apart and sign.first - earlier.last <= WEAK_SIGNS_APART
            near = near and sentences[sign.first] - sentences[earlier.last] <= 1
            plain = min(len(sign.matched), len(earlier.matched)) > 1 or {theme, other_theme} == PARTING
            if near and plain and language == other_language and theme != other_theme:
                return [Judged(Concern.INDIRECT, earlier.first, max(sign.last, earlier.last))]
        latest[language, theme] = sign
    return []


class _Judge:
    def __init__(self, tagged: Tagged, grammar: Grammar, contexts: Contexts) -> None:
        self._tagged = tagged
        self._grammar = grammar
        self._contexts = contexts
        self.known = tagged.known()

    def is_at_home(self, sign: Match) -> bool:
        """Whether the text is in the language of the sign, at least in part; several words that make
        a plain sign are proof enough of that."""
        language = self._grammar.languages[sign.pattern.language]
        if language.not_beside and language.not_beside.search(self._tagged.reading.folded):
            return False
        if sign.pattern.role not in LOOSE and len(sign.matched) > 1:
            return True
        times = 1 if len(sign.matched) == 1 else AT_HOME
        if self.known[language.code] * times >= max(self.known.values(), default=0):
            return True
        # Of a mixed text one sentence is: "Bought bread. Vorrei non svegliarmi domani."
        beside = self._tagged.known_beside(sign.first, sign.last)
        return len(sign.matched) > 1 and beside[language.code] == max(beside.values())

    def is_said_better(self, sign: Match, threats: list[Match], others: list[Match]) -> bool:
        """`He'll kill me` is no wish to die; `my friend tried to kill herself` is not about the writer."""
        if sign.pattern.role in {"danger", "other"}:
            return False
        matched = set(sign.matched)
        if any(not matched.isdisjoint(it.matched) for it in threats):
            return True
        sure = self._is_surely_the_writer(sign)
        return any(
            matched.issubset(it.matched) or (not sure and not matched.isdisjoint(it.matched)) for it in others
        )

    def is_about_another(self, sign: Match) -> bool:
        """Not if an I stands between the other person and the wish (`I told her I want to die`), nor
        if it is only theirs (`I took my mother's pills`)."""
        language = self._grammar.languages[sign.pattern.language]
        if self._owns(sign.first, language):
            return False
        gaps = set(range(sign.first, sign.last + 1)).difference(sign.matched)
        return not any(self._tagged.has(at, language.subject) for at in gaps)

    def _is_surely_the_writer(self, sign: Match) -> bool:
        """Whether one of its words can only be said of oneself."""
        language = self._grammar.languages[sign.pattern.language]
        has = self._tagged.has
        return any(has(at, language.writer) and not has(at, language.either) for at in sign.matched)

    def concern(self, sign: Match) -> Concern | None:
        """How much this sign by itself is worth, or None if it isn't meant."""
        role = sign.pattern.role
        language = self._grammar.languages[sign.pattern.language]
        if self._is_story(sign) or self._is_ordinary(sign, language):
            return None
        if role == "other" and not self.is_about_another(sign):
            return None
        if role in _ALWAYS:
            return _ALWAYS[role]
        teller = self._teller(sign, language) if role != "danger" else "writer"
        if teller != "writer":
            told = teller == "close" and role != "weak" and not self._near("fiction", sign, STORY_REACHES)
            return Concern.OTHER if told else None
        if self._is_denied(sign, language) or self._is_past(sign):
            return Concern.PAST if role not in {"weak", "danger"} else None
        return _MEANT[role]

    def _is_ordinary(self, sign: Match, language: Language) -> bool:
        """A turn of phrase, a death in the family, or a bare word with no I beside it."""
        role = sign.pattern.role
        if role != "danger" and self._is_idiom(sign):
            return True
        if role in {"weak", "danger"} and self._context("everyday", sign).shares(sign.matched):
            return True
        if role in {"weak", "mention"} and self._context("grief", sign).shares(sign.matched):
            return True
        return role == "mention" and not self._is_about_the_writer(sign, language)

    def _is_about_the_writer(self, sign: Match, language: Language) -> bool:
        """A bare word such as "suicide" is worrying in a very short entry, or right beside an I."""
        size = len(self._tagged.reading.words)
        if size <= SHORT_ENTRY:
            return True
        around = range(max(sign.first - MENTION_REACHES, 0), min(sign.last + MENTION_REACHES + 1, size))
        return any(self._tagged.has(at, language.writer) for at in around)

    def _near(self, context: str, sign: Match, reach: int, besides: tuple[int, ...] = ()) -> bool:
        return self._context(context, sign).within(sign.first - reach, sign.last + reach, besides)

    def _context(self, context: str, sign: Match) -> Places:
        return self._contexts[sign.pattern.language, context]

    def _is_idiom(self, sign: Match) -> bool:
        """Of a plain sign, a turn of phrase must take the end, go on after it ("want to die laughing"),
        or fill a gap in it ("cut myself shaving again")."""
        idioms = self._context("idiom", sign)
        if sign.pattern.role not in PLAIN:
            return idioms.shares(sign.matched)
        return (
            idioms.shares(sign.matched[-1:])
            or idioms.shares(sign.matched, at_least=2, beyond=True)
            or idioms.fills(sign.matched)
        )

    def _is_story(self, sign: Match) -> bool:
        """A quotation with a song or a film beside it, or a death in a game."""
        quoted = self._tagged.reading.is_quoted(sign.first, sign.last)
        if quoted and self._near("fiction", sign, STORY_REACHES):
            return True
        role = sign.pattern.role
        if role in {"done", "mention"} and self._near("game", sign, GAME_REACHES):
            return True
        if role in {"other", "mention"} and self._near("fiction", sign, STORY_REACHES):
            return True
        if role == "mention" and self._near("topic", sign, STORY_REACHES):
            return True
        # "the chorus goes I want to die", "a character who says ..."
        return self._context("quoting", sign).within(sign.first - QUOTING_REACHES, sign.first - 1)

    def _teller(self, sign: Match, language: Language) -> str:
        """Who says or feels it: the writer, somebody close, or somebody else."""
        said_by = self._reported_by(sign, language)
        if said_by:
            return said_by
        has = self._tagged.has
        if self._is_surely_the_writer(sign):
            return "writer"
        for at in self._backwards(sign.first, TELLER_REACHES, self._tagged.reading.clauses):
            if has(at, language.writer):
                return "writer"
            who = self._who(at, language)
            if who == "close" or (who and sign.first - at <= SOMEBODY_REACHES):
                return who
        return "writer"

    def _reported_by(self, sign: Match, language: Language) -> str | None:
        """Who is quoted: `she told me that I want to die`, `he said: I'll kill myself`."""
        has, sentences = self._tagged.has, self._tagged.reading.sentences
        says = None
        for at in self._backwards(sign.first, SAYING_REACHES, sentences):
            if has(at, language.says):
                says = at
                break
            # The I right before the sign is the speaker's own: `he texted: I'm going to ...`
            if has(at, language.subject) and at < sign.first - 1:
                return None
        if says is None:
            return None
        for at in self._backwards(says, SPEAKER_REACHES, sentences):
            who = self._who(at, language)
            if who or has(at, language.writer):
                return who
        return None

    def _is_denied(self, sign: Match, language: Language) -> bool:
        negation = language.negation
        has, clauses = self._tagged.has, self._tagged.reading.clauses
        # A sign that needs its negation ("I don't want to live") is not denied by it.
        if negation is None or any(has(at, negation) for at in sign.matched):
            return False
        nearest = sum(1 for _ in self._backwards(sign.first, DENIAL_REACHES, self._tagged.reading.sentences))
        if self._context("denial", sign).within(sign.first - nearest, sign.last, sign.matched):
            return True
        gaps = set(range(sign.first, sign.last + 1)).difference(sign.matched)
        if sign.pattern.role in PLAIN and any(has(at, negation) for at in gaps):
            return True
        before = self._backwards(sign.first, language.negation_reaches, clauses)
        if not has(sign.first, language.subject) and any(has(at, negation) for at in before):
            return True
        follows = range(sign.last + 1, min(sign.last + 1 + language.negation_follows, len(clauses)))
        return any(has(at, negation) and clauses[at] == clauses[sign.last] for at in follows)

    def _is_past(self, sign: Match) -> bool:
        """Long ago, in the same sentence, and neither back again nor, in the same breath, today."""
        reading = self._tagged.reading
        sentence, clause = reading.sentences[sign.first], reading.clauses[sign.first]
        first, last = max(sign.first - TIME_REACHES, 0), min(sign.last + TIME_REACHES, len(reading.words) - 1)
        around = [at for at in range(first, last + 1) if reading.sentences[at] == sentence]
        if not self._context("past", sign).within(around[0], around[-1], sign.matched):
            return False
        breath = [at for at in around if reading.clauses[at] == clause]
        return not (
            self._context("again", sign).within(around[0], around[-1])
            or self._context("today", sign).within(breath[0], breath[-1])
        )

    @staticmethod
    def _backwards(first: int, reach: int, parts: list[int]) -> Iterable[int]:
        """The words before this one, nearest first, in the same part of the text."""
        for at in range(first - 1, max(first - 1 - reach, -1), -1):
            if parts[at] != parts[first]:
                return
            yield at

    def _who(self, at: int, language: Language) -> str | None:
        """Who is named here; nobody if it tells only whose something is: "my mother's pills"."""
        if self._tagged.has(at, language.close):
            return None if self._owns(at, language) else "close"
        return "somebody" if self._tagged.has(at, language.others) else None

    def _owns(self, at: int, language: Language) -> bool:
        if language.close is None or language.of is None:
            return False
        following = at + self._tagged.lengths(at, language.close, 1)
        return following < len(self._tagged.starting) and self._tagged.has(following, language.of)
