"""What Daybook says in its own fixed words, as Telegram HTML."""

from html import escape

from bot.errors import AudioError, AudioSilent, AudioTooLarge, AudioTooLong, MindError, MindNotConfigured

UNKNOWN_COMMAND = "I don't know that command. Just write or speak about your day; /help shows the rest."
EDITED_COMMAND = "I don't follow a command that is edited: please send it once more."

NOT_AN_ENTRY = {
    "sticker": "Nice sticker! I can only keep words, though: tell me in a few what it stands for.",
    "location": "I don't keep places. If this one mattered today, tell me about it in words.",
    "contact": "I don't keep contacts, and I haven't stored this one. Tell me about them in your own words.",
    "poll": "I can't vote in polls. Tell me the question in words, and what you think of it.",
    "document": "I can't read files. Send the words as a message, or add a caption and I keep that.",
    "photo": "I can't see pictures. Add a caption, or tell me in words what is on it, and I keep that.",
    "video": "I can't watch videos. Add a caption, or send a voice note, and I keep that.",
    "other": "I can't keep that. Send me text, a voice note, or anything with a caption.",
}

ASK = (
    "What would you like to know? Ask in your own words, such as <i>when did I last sleep well?</i> "
    "I answer from your diary alone, and say on which days it rests."
)

ENTRY_GONE = "This entry is gone."
OLD_BUTTON = "This button no longer does anything."

GROUP = "I keep private diaries, so I only talk in private. Write to me directly: {link}"

SET_ASIDE = "Something in this message keeps defeating me, so I set it aside. Could you send it another way?"

NOT_FETCHED = (
    "I noted your recording, but I can't fetch it just now. I'll try again by myself; "
    "please leave it in this chat until I have answered."
)

KEPT = "Kept, as it is now."

SEE_CARD = "I've put numbers of people who can help right below. They are there for this."

REFUSED = "I'd rather not answer this one, but it is safely kept, word for word."


def transcript(text: str) -> str:
    return f"🎙 What I heard:\n<blockquote expandable>{escape(text, quote=False)}</blockquote>"


def cannot_hear(error: AudioError) -> str:
    """Why a recording did not become text, and what to do."""
    if isinstance(error, AudioTooLarge):
        return (
            "This recording is over 20 MB, more than Telegram lets me fetch. I noted that you sent it. "
            "Send it in shorter pieces, or as a voice note, and I'll listen."
        )
    if isinstance(error, AudioTooLong):
        return (
            "This recording is over six hours long, more than I can listen to. I kept it. "
            "Send me the part that matters, and I'll listen."
        )
    if isinstance(error, AudioSilent):
        return (
            "I listened, but there are no words to hear in this recording. I kept it. "
            "If you did speak, check the microphone and try again."
        )
    return (
        "I can't read this recording: the file is empty, broken or of a kind I don't know. "
        "Please record it again as a voice note."
    )


def waiting(error: MindError) -> str:
    """The one kind word while a mind is down."""
    if isinstance(error, MindNotConfigured) and error.mind == "transcriber":
        return (
            "I kept your recording, whole. I can't turn speech into words yet, because no transcriber "
            "is set up here; as soon as one is, I'll listen to it and answer by myself."
        )
    if error.mind == "transcriber":
        return "I kept your recording. I can't listen just now; I'll do it by myself a little later."
    return "Your entry is safe. I can't answer just now; my reply will follow by itself."
