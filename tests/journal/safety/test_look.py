import random
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.journal.safety import Concern, look
from tests.journal.safety.labelled import CRISIS, HELP, labelled

ENTRIES = labelled()
LATIN = {"en", "de", "es", "fr", "pt", "it", "nl", "pl", "tr"}
SHORT = 400
EXPLICIT = [it for it in ENTRIES if it.kind == "explicit" and len(it.text) < SHORT]
# By a pattern: what only the likeness sees may drown in six other entries.
PLAIN = [it for it in EXPLICIT if (found := look(it.text)) and found.concern is Concern.ACUTE]
PEACEFUL = [it for it in ENTRIES if it.kind == "ordinary" and len(it.text) < SHORT and look(it.text) is None]
SAMPLE = [it for it in EXPLICIT if it.language == "en" and it.text.isascii()]
ENDS = ".!?。！？।؟"


def sentences(texts: list[str]) -> str:
    return " ".join(text if text[-1] in ENDS else text + "." for text in texts)


@given(st.text(max_size=600))
def test_never_raises_and_stays_inside(text: str) -> None:
    finding = look(text)
    assert finding is None or 0 <= finding.start < finding.stop <= len(text)


HOSTILE = [
    "",
    "\x00",
    "\ud800 I want to die \udfff",
    "'" * 4096,
    "s*" * 2048,
    "#*" * 2048,
    "a b " * 1024,
    "“" * 4096,
    "ﷺ" * 4096,
    "١٢٣ ٤ ½ ² 10²",
    "I \u200f\u202ewant\u202c to die",
    "ǅ ŉ ß ﬃ İ",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_survives_hostile_texts(text: str) -> None:
    look(text)


@given(st.integers(0, len(PLAIN) - 1), st.randoms(use_true_random=False))
def test_what_stands_around_an_explicit_sentence_does_not_hide_it(number: int, rng: random.Random) -> None:
    entry = PLAIN[number]
    around = [it.text for it in PEACEFUL if it.language == entry.language]
    before, after = rng.sample(around, 3), rng.sample(around, 3)
    finding = look(sentences([*before, entry.text, *after]))
    assert finding is not None
    assert finding.concern in HELP


@pytest.mark.parametrize("language", sorted({it.language for it in ENTRIES}))
def test_one_line_in_a_long_diary_is_seen(language: str) -> None:
    rng = random.Random(language)
    ordinary = [it.text for it in PEACEFUL if it.language == language]
    crisis = [
        it.text for it in ENTRIES if it.language == language and it.kind in CRISIS and len(it.text) < SHORT
    ]
    missed = 0
    for text in crisis:
        rng.shuffle(ordinary)
        middle = min(len(ordinary), 24) // 2
        finding = look(sentences([*ordinary[:middle], text, *ordinary[middle : 2 * middle]]))
        missed += finding is None or finding.concern not in HELP
    assert missed <= 0.07 * len(crisis)


def test_long_ordinary_diaries_are_left_in_peace() -> None:
    """Ten unrelated entries at a time, far denser in everyday misery than a day is."""
    rng = random.Random(5)
    alarms = tries = 0
    for language in sorted({it.language for it in ENTRIES}):
        ordinary = [it.text for it in PEACEFUL if it.language == language]
        for _ in range(15):
            alarms += look(sentences(rng.sample(ordinary, 10))) is not None
            tries += 1
    assert alarms <= 0.08 * tries


def wide(text: str) -> str:
    return "".join(chr(ord(it) + 0xFEE0) if "!" <= it <= "~" else it for it in text)


def bold(text: str) -> str:
    return "".join(chr(0x1D400 + ord(it) - 65) if it.isupper() else it for it in text.upper())


def lookalikes(text: str) -> str:
    return text.translate(str.maketrans("aeopci", "аеорсі"))


def invisible(text: str) -> str:
    return "\u200b".join(text)


def drawn_out(text: str) -> str:
    return " ".join(
        word[:-1] + word[-1] * 4 if word.isalpha() and len(word) > 3 else word for word in text.split()
    )


def stripped(text: str) -> str:
    return "".join(it for it in text if it.isalnum() or it.isspace())


TRICKS: list[Callable[[str], str]] = [
    str.upper, str.title, wide, bold, lookalikes, invisible, drawn_out, stripped,
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.__name__)
def test_tricks_of_writing_do_not_hide_an_explicit_sentence(trick: Callable[[str], str]) -> None:
    """Some of the sample is disguised already, and two disguises at once may be one too many."""
    hidden = [it.text for it in SAMPLE if look(trick(it.text)) is None]
    assert len(hidden) <= 0.07 * len(SAMPLE), hidden


@pytest.mark.parametrize(
    "text",
    [
        "A wonderful day, mood 9, only my nose is running from the cold wind",
        "He has his father's nose.",
        "ya nose, quizas mañana",
        "Tim had a nosebleed at school",
        "I felt odd today, too much coffee",
        "I bought poisson and moules",
        "Learned the elements of the periodic table",
    ],
)
def test_a_word_is_no_other_word(text: str) -> None:
    """Nor is it put together of the words of several languages."""
    assert look(text) is None


FRAGMENTS = (
    "life; think; I think so; would be nice; wish; would; I would; Yes, I would; I wish it was Friday;"
    "not today; everyone would be there; I don't want to go to school; أنا;"
    "quiero; voglio; istiyorum; leben; wenn; чтобы; wenn es regnet; Das wäre schön, wenn es klappt;"
    "Ça serait bien; Je veux bien; я хочу пиццу; я хочу домой; quiero un perro; j'aimerais un thé;"
    "我想; もう寝る; nic; ja"
)


@pytest.mark.parametrize("text", FRAGMENTS.split(";"))
def test_a_word_or_two_that_everybody_says_tell_nothing(text: str) -> None:
    assert look(text) is None


MIXED = [
    "Vorrei non svegliarmi domani.",
    "Não quero mais viver.",
    "Ich will nicht mehr aufwachen.",
    "Je ne veux plus vivre.",
]


@pytest.mark.parametrize("line", MIXED)
def test_one_line_in_another_language_is_seen(line: str) -> None:
    finding = look(f"We bought bread and apples at the market this morning, and then it rained. {line}")
    assert finding is not None
    assert finding.concern in HELP


@pytest.mark.parametrize(
    "text",
    [
        "k1ll mys3lf",
        "su*c*de",
        "I want to d*e and k*ll myself",
        "$uicide",
        "s.u.i.c.i.d.e",
        "s u i c i d e",
        "Late again. s u i c i d e. I was so tired that I could barely see the end of the road",
        "been self harming all week. The train was late, I stood on the platform for an hour and read",
        "iwanttodie",
        "#killmyself",
        "sui-cide",
        "i want to kil mysefl",
        "im suicdal",
        "sucidal thoughts",
        "wanna unalive myself",
        "I want to 🔪 myself",
        "ich will mich umbrngen",
        "me quiero suisidar",
        "je veux me suicidr",
        "I can't tell anyone, quiero morir",
        "I want to d!e",
        "ki11 myself",
        "I want to kiII myself",
        "I OD'd last night",
    ],
)
def test_slips_and_disguises_are_seen_through(text: str) -> None:
    finding = look(text)
    assert finding is not None
    assert finding.concern in HELP


@pytest.mark.parametrize(
    ("text", "concern"),
    [
        ("I want to kill myself.", Concern.ACUTE),
        ("I don't want to kill myself.", Concern.PAST),
        ("I don't want to live.", Concern.ACUTE),
        ("Nobody cares I want to die", Concern.ACUTE),
        ("no puedo más quiero morir", Concern.ACUTE),
        ("Ten years ago I wanted to kill myself.", Concern.PAST),
        ("Ten years ago I wanted to kill myself, and now it is back again.", Concern.ACUTE),
        ("My sister wants to kill herself.", Concern.OTHER),
        ("My sister wants to kill herself and I want to die too.", Concern.ACUTE),
        ("She told me: I want to die.", Concern.OTHER),
        ("I told her: I want to die.", Concern.ACUTE),
        ("She doesn't know that I want to die.", Concern.ACUTE),
        ("My husband beat me again.", Concern.DANGER),
        ("He said he'll kill me.", Concern.DANGER),
        ("Miro desde el balcón y me pregunto si bastaría.", Concern.INDIRECT),
        ("Él dice que quiere matarse.", Concern.OTHER),
        ("My dad said he'll kill me if I fail maths.", None),
        ("My sister overdosed on 40 pills.", Concern.OTHER),
        ("My daughter cuts herself.", Concern.OTHER),
        ("My roommate has a suicide plan.", Concern.OTHER),
        ("Me amenazó con matarme si lo dejo.", Concern.DANGER),
        ("meri beti khud ko kaatti hai", Concern.OTHER),
        ("Ich will mich umbringen.", Concern.ACUTE),
        ("Er droht mich umzubringen.", Concern.DANGER),
        ("After the movie I want to die, for real.", Concern.ACUTE),
        ("Watched a movie and cut myself again tonight.", Concern.ACUTE),
        ("My boss yelled at me, I cut myself again tonight.", Concern.ACUTE),
        ('"I want to die" is the title of a song.', None),
        ("I killed myself in Minecraft.", None),
        ("I took 2 ibuprofen for my headache.", None),
        ("I took 60 ibuprofen.", Concern.ACUTE),
        ("I overdosed an hour ago.", Concern.ACUTE),
        ("I overdosed ten years ago.", Concern.PAST),
        ("I overdosed on chocolate.", None),
        ("I have a gun in my hand.", Concern.ACUTE),
        ("I have a knife in my hand and a pile of onions.", None),
        ("I don't see a way out anymore.", Concern.INDIRECT),
        ("Tonight is my last night.", Concern.INDIRECT),
        ("Tonight is our last night in Rome.", None),
        ("I cut myself again tonight.", Concern.ACUTE),
        ("I cut myself shaving again.", None),
        ("I want to die my hair red.", None),
        ("That meeting made me want to die.", None),
        ("The meeting was fine. I want to die.", Concern.ACUTE),
        ("Ich bringe mich um.", Concern.ACUTE),
        ("Ich bringe mich um den Schlaf.", None),
        ("In the film she wants to kill herself.", None),
        ("Dans le film, elle se jette sous un train.", None),
        ("I took all of my mother's pills.", Concern.ACUTE),
        ("mummy ki saari goliyan kha li", Concern.ACUTE),
        ("我把妈妈的安眠药全吃了", Concern.ACUTE),
        ("妈妈把安眠药全吃了", Concern.OTHER),
        ("母の睡眠薬を全部飲んだ", Concern.ACUTE),
        ("ثم دخلت الغرفة وجرحت يدي بالموس", Concern.ACUTE),
    ],
)
def test_who_when_and_whether(text: str, concern: Concern | None) -> None:
    finding = look(text)
    assert (finding.concern if finding else None) is concern


@pytest.mark.parametrize(
    ("denied", "meant"),
    [
        ("I don't want to die", "I want to die I can't stop thinking about it"),
        ("Ich will nicht sterben", "Ich will sterben und nicht mehr reden"),
        ("No quiero morir", "quiero morir no puedo más"),
        ("Je ne veux pas mourir", "je veux mourir je n'en peux plus"),
        ("Não quero morrer", "quero morrer não aguento mais"),
        ("Non voglio morire", "voglio morire non ce la faccio più"),
        ("Ik wil niet dood", "ik wil dood en kan niet meer"),
        ("Nie chcę umrzeć", "chcę umrzeć nie mam siły"),
        ("Я не хочу умирать", "хочу умереть не могу больше"),
        ("Artık ölmek istemiyorum", "ölmek istiyorum hiç umudum yok"),
        ("intihar etmeyi hiç düşünmedim", "intihar etmek istiyorum kimseyi görmek istemiyorum"),
        ("لا أريد أن أموت", "أريد أن أموت لا أحد يفهمني"),
        ("मैं मरना नहीं चाहता", "मैं मरना चाहता हूँ कुछ अच्छा नहीं लगता"),
        ("main marna nahi chahta", "main marna chahta hu kuch acha nahi lagta"),
        ("我从来没有想过自杀", "受不了想死"),
        ("死にたくない", "死にたくてたまらない"),
        ("死にたいとは思わない", "死にたい気持ちが消えない"),
    ],
)
def test_a_negation_denies_what_it_belongs_to_and_no_more(denied: str, meant: str) -> None:
    findings = look(denied), look(meant)
    assert [it and it.concern for it in findings] == [Concern.PAST, Concern.ACUTE]


@pytest.mark.parametrize(
    "text",
    [
        "Cansada de esta semana. La reunión no tuvo sentido.",
        "Устал за неделю. В отчёте нет смысла.",
        "今週は疲れた。会議に意味がない。",
        "这周好累。会议没有意义。",
    ],
)
def test_a_tiring_week_and_a_pointless_meeting_are_everyday(text: str) -> None:
    assert look(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Estoy cansada de vivir día tras día. Esta semana fue igual.",
        "Моя жизнь не имеет смысла. Устал за неделю.",
        "生きる意味がない。今週は疲れた。",
        "活着没有意义，这周太累了。",
    ],
)
def test_being_tired_of_life_is_not_everyday(text: str) -> None:
    finding = look(text)
    assert finding is not None
    assert finding.concern in HELP


def test_tells_what_it_saw() -> None:
    text = "Lunch was fine. 😀 Ich will sterben! Dann Sport."
    finding = look(text)
    assert finding is not None
    assert text[finding.start : finding.stop] == "Ich will sterben"


THREADS = """
import sys, threading
from bot.journal import safety
sys.setswitchinterval(1e-6)
start, seen, opened = threading.Barrier(6), [], []
def first() -> None:
    start.wait()
    seen.append(safety.look("I want to die").concern.value)
threads = [threading.Thread(target=first) for _ in range(6)]
sys.addaudithook(lambda event, about: event == "open" and opened.append(str(about[0])))
for it in threads: it.start()
for it in threads: it.join()
print(seen, *(sum(it.endswith(file) for it in opened) for file in ("en.toml", "likeness.npz")))
"""


def test_threads_that_ask_first_share_one_reading_of_the_rules() -> None:
    done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{['acute'] * 6} 1 1"


def calls(text: str) -> int:
    """How many functions run for a text: the same every time, unlike the time it takes."""
    count = 0

    def note(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        look(text)
    finally:
        sys.setprofile(before)
    return count


GROWING = [
    "kill want die myself life end not ",
    "I don't want to live ",
    "s*i*c*d k#ll ",
    "a b c d ",
    "killmyselfnow ",
    "“'«「 ",
    "Heute war ich müde, und die Arbeit war lang. ",
    "今天我去上班，和朋友喝咖啡。",
    "never not no without nobody nothing ",
]


@pytest.mark.parametrize("piece", GROWING)
def test_the_work_grows_with_the_length_and_no_faster(piece: str) -> None:
    look("")
    once, fourfold = calls(piece * (1000 // len(piece))), calls(piece * (4000 // len(piece)))
    assert fourfold <= 4.6 * once


def test_a_wall_of_puzzles_or_of_one_phrase_is_not_all_solved() -> None:
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefghijklmnop", k=9)) for _ in range(400)]
    look("")
    plain = calls(" ".join(words))
    assert calls(" ".join(f"{word[:3]}*{word[4:6]}*{word[6:]}" for word in words)) <= 9 * plain
    assert calls(" ".join(one + other for one, other in pairwise(words))) <= 2 * plain
    assert calls("I want to die " * 285) <= 2 * plain
