"""What Daybook says in its own fixed words in the evening, as Telegram HTML."""

from collections.abc import Sequence

from bot.journal.phrases_charts import category, days
from bot.journal.phrases_correcting import name_of

WHY, CORRECT, QUIETER, HELPLINES = "Why this score", "✎ Correct", "Quieter", "☎ Helplines"
UNDO, EVEN_QUIETER = "Undo", "Even quieter"

WORDS_FOLLOW = "<i>These are the numbers. I can't find the words just now; they will follow here.</i>"
NO_WORDS = "<i>I found no words this time; these are the numbers.</i>"
NOTHING_FOLLOWS = "<i>I leave this one without words.</i>"
LITTLE = "The diary tells too little of this day for a score."

# After a day of which nothing was told, to those who asked for a line.
SOFT_LINES = (
    "A quiet evening. If you like, a word or a number is enough: how was today?",
    "Your diary is here whenever you like. One word is a fine entry.",
)

# A day with a grave concern: no score, no cheer. The button below shows the card again.
CONCERN = {
    "en": "Thank you for telling me about today. There is no score for a day like this. "
    "You don't have to carry it alone: people who listen are a tap away.",
    "de": "Danke, dass du mir von heute erzählt hast. Für so einen Tag gibt es keine Punkte. "
    "Du musst das nicht allein tragen: Menschen, die zuhören, erreichst du hier.",
    "es": "Gracias por contarme lo de hoy. Un día así no lleva puntuación. "
    "No tienes que cargar con esto a solas: aquí abajo hay personas que escuchan.",
    "fr": "Merci de m'avoir parlé d'aujourd'hui. Un jour comme celui-ci ne reçoit pas de note. "
    "Tu n'as pas à porter cela seul·e : des personnes à l'écoute sont juste ici.",
    "pt": "Obrigado por me contares o dia de hoje. Um dia assim não tem pontuação. "
    "Não tens de carregar isto sozinho: aqui em baixo há pessoas que ouvem.",
    "it": "Grazie per avermi raccontato di oggi. Un giorno così non ha un punteggio. "
    "Non devi portarlo da solo: qui sotto ci sono persone che ascoltano.",
    "nl": "Dank je dat je over vandaag vertelde. Een dag als deze krijgt geen cijfer. "
    "Je hoeft het niet alleen te dragen: hieronder vind je mensen die luisteren.",
    "pl": "Dziękuję, że opowiadasz mi o dzisiejszym dniu. Taki dzień nie dostaje oceny. "
    "Nie musisz dźwigać tego w samotności: poniżej są ludzie, którzy wysłuchają.",
    "ru": "Спасибо, что рассказываешь о сегодняшнем дне. Таким дням оценок не ставят. "
    "Ты не обязан нести это в одиночку: внизу люди, которые выслушают.",
    "tr": "Bugünü anlattığın için teşekkür ederim. Böyle bir güne puan verilmez. "
    "Bunu tek başına taşımak zorunda değilsin: dinleyen insanlar hemen aşağıda.",
    "ar": "شكرًا لأنك حدثتني عن يومك. لا درجة ليوم كهذا. "
    "لست مضطرًا لحمل هذا وحدك: هناك من يستمع إليك، تجدهم أدناه.",
    "hi": "आज के बारे में बताने के लिए धन्यवाद। ऐसे दिन का कोई अंक नहीं होता। "
    "आपको यह अकेले नहीं उठाना है: सुनने वाले लोग यहीं नीचे हैं।",
    "ja": "今日のことを話してくれてありがとう。こういう日に点数はつけません。"
    "ひとりで抱えなくて大丈夫です。話を聴いてくれる人が、すぐ下にいます。",
    "zh": "谢谢你告诉我今天的事。这样的一天没有分数。你不必独自承受：愿意倾听的人就在下面。",
}

WEEK, MONTH = "Your week", "Your month"
FEW_FOR_REVIEW = "Only a few days of it are in the diary, and that is fine."

# How much a summary says, from all to nothing: what a step is called, and what it does.
LEVELS = {
    "full": ("All of it", "picture, words and score"),
    "plain": ("No picture", "words and score as text"),
    "numbers": ("Numbers only", "the score and its categories as text"),
    "weekdays": ("Weekdays only", "numbers only, and none at the weekend"),
    "off": ("Off", "no summary"),
}
QUIETER_NOW = {
    "full": "From the next one on: picture, words and score again.",
    "plain": "From the next one on the summary comes without the picture.",
    "numbers": "From the next one on the summary is numbers only.",
    "weekdays": "From the next one on: numbers only, from Monday to Friday.",
    "off": "No more summaries. Your diary goes on as before; /settings brings them back.",
}
SUMMARY = "In the summary"
SETTINGS_QUESTION = "<b>How much shall a summary say?</b>"
SETTINGS_REST = (
    "On the <b>weekday</b> that you choose I look back at the week. After days without entries there is "
    "<b>silence</b>, or a <b>soft line</b> now and then."
)
SOFT_ON, SOFT_OFF = "A soft line", "Silence"
NO_MORE_LINES = "After days without entries I stay quiet from now on."
SOFT_AGAIN = "After days without entries a soft line comes now and then."
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def settings_question() -> str:
    amounts = [f"• <b>{label}</b>: {what}." for name, (label, what) in LEVELS.items() if name != "off"]
    return "\n".join([SETTINGS_QUESTION, *amounts, SETTINGS_REST])


def concern(language: str | None) -> str:
    code = (language or "en").replace("_", "-").partition("-")[0].lower()
    return CONCERN.get(code, CONCERN["en"])


def helped(words: str, quote: str) -> str:
    """Both as HTML."""
    return f"✓ {words} <i>“{quote}”</i>"


def suggestion(words: str, goal: str) -> str:
    """Both as HTML."""
    return f"→ {words} <i>({goal})</i>"


def with_(name: str) -> str:
    return name_of(name).replace("_", " ")


def at_least(name: str, value: str) -> str:
    return f"{value} or more {'' if name == 'steps' else 'of '}{_amount(name)}"


def _amount(name: str) -> str:
    units = {
        "sleep_hours": "hours of sleep",
        "work_hours": "hours of work",
        "screen_hours": "hours at screens",
    }
    units |= {"coffee_cups": "cups of coffee", "water_glasses": "glasses of water", "steps": "steps"}
    return units.get(name, name_of(name))


def on_goal(title: str) -> str:
    return f"“{title}”"


def difference(name: str, own: str | None, has: tuple[int, int], lacks: tuple[int, int]) -> str:
    """Plain text: averages with the days behind them; `own` is the category that was left out."""
    of = f"the categories without {category(own)}" if own else "the categories"
    return (
        f"{name[:1].upper()}{name[1:]}: {of} averaged {has[0]} on {days(has[1])} with it "
        f"and {lacks[0]} on {days(lacks[1])} without."
    )


WENT_TOGETHER = "<b>What went together in the last 90 days</b> (which is not yet why)"


def goals(lines: Sequence[str]) -> str:
    return "<b>Your goals</b>\n" + "\n".join(f"• {line}" for line in lines)


def memory(ago: str, when: str, words: str) -> str:
    """All as HTML."""
    return f"<b>{ago}</b> · {when}\n{words}"


def best_day(when: str, score: int) -> str:
    return f"Best day: {when}, {score} of 100."


def lately(told: str) -> str:
    return f"The last 30 days: {told[0].lower()}{told[1:]}"


def moved(count: int) -> str:
    return f"{days(count)} of these" if count else ""


def weekday(number: int) -> str:
    return WEEKDAYS[number]
