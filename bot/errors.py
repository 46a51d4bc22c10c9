"""Every error that Daybook raises on purpose.

DaybookError
├── ConfigurationError        a setting is wrong: one line that names it and the remedy
├── DatabaseError             the database cannot be started or used as it is set up
├── StoreError                the audio store cannot be used as it is set up
├── MindError                 a call to a model did not give something usable
│   ├── MindNotConfigured     no key is set for it
│   ├── MindUnavailable       network, timeout, cut stream, 5xx, overloaded
│   ├── MindBusy              rate limited; `retry_after` in seconds when the vendor says
│   ├── MindRejected          the vendor refuses the request or the key; an operator must look
│   └── MindGarbled           the answer is not what was asked for
├── AudioError                a recording that cannot become text; the person is told why
│   ├── AudioTooLarge
│   ├── AudioTooLong
│   ├── AudioUnreadable
│   └── AudioSilent
├── WorkTakenOver             the work in hand belongs to somebody else now
│   ├── LeaseLost             another worker took it after our lease ran out
│   └── Superseded            the person edited the entry: this version is old
├── DeliveryError             Telegram did not take a message
│   ├── DeliveryBusy          429; `retry_after` in seconds
│   ├── DeliveryBlocked       the person blocked the bot or the chat is gone
│   ├── DeliveryRefused       Telegram refuses the content; sending it again is useless
│   ├── DeliveryUnsent        the request never reached Telegram
│   ├── DeliveryUnknown       the request may have reached Telegram; its answer was lost
│   └── DeliveryUncertain     nor can the chat be asked whether the message is there
├── AccountError              an account can't be made, opened or changed as asked
│   ├── EmailRefused          this is no e-mail address
│   ├── EmailTaken            there is an account with this e-mail
│   ├── AlreadyAnAccount      the person has an account already
│   ├── PasswordRefused       too short, too long, too easy to guess
│   ├── SignInRefused         wrong e-mail or wrong password; which of them is not told
│   ├── PasswordWrong         of somebody who is signed in
│   ├── SignInTooOld          for this the password is needed again
│   ├── TokenRefused          forged, expired, or its sign-in has ended
│   ├── LinkGone              a link that opens once: unknown, used or too old; which of them is not told
│   ├── AlreadyLinked         the chat belongs to that account already
│   ├── LastDoor              without it nobody could come in any more
│   ├── TooManyAttempts       wait; `retry_after` in seconds
│   └── AccountsBusy          too many passwords wait to be checked; `retry_after` in seconds
├── Refusal                   what a signed-in person asks for cannot be done; they are told why
│   ├── NotThere              there is no such thing of theirs
│   ├── Clash                 things stand in a way that does not allow it
│   ├── NeedsCare             words of crisis, where they would come to something else than help
│   └── OutOfRange            a value that cannot be
└── ApiRefused                the local Bot API server refuses a request (bot/playground/errors.py)

A message is safe to log: it never holds what a person wrote, a token, a key or a password.
"""


class DaybookError(Exception):
    pass


class ConfigurationError(DaybookError):
    pass


class DatabaseError(DaybookError):
    pass


class StoreError(DaybookError):
    pass


class MindError(DaybookError):
    """`mind` is one of coach, analyst, embedder, transcriber; `model` is the vendor's name; `status`
    that of the vendor's HTTP answer, where an answer is what went wrong."""

    def __init__(
        self,
        reason: str,
        *,
        mind: str,
        model: str,
        retry_after: float | None = None,
        status: int | None = None,
    ):
        super().__init__(f"{mind} ({model}): {reason}")
        self.mind = mind
        self.model = model
        self.retry_after = retry_after
        self.status = status


class MindNotConfigured(MindError):
    pass


class MindUnavailable(MindError):
    pass


class MindBusy(MindError):
    pass


class MindRejected(MindError):
    pass


class MindGarbled(MindError):
    pass


class AudioError(DaybookError):
    pass


class AudioTooLarge(AudioError):
    pass


class AudioTooLong(AudioError):
    pass


class AudioUnreadable(AudioError):
    pass


class AudioSilent(AudioError):
    pass


class WorkTakenOver(DaybookError):
    pass


class LeaseLost(WorkTakenOver):
    pass


class Superseded(WorkTakenOver):
    pass


class DeliveryError(DaybookError):
    pass


class DeliveryBusy(DeliveryError):
    def __init__(self, reason: str, *, retry_after: float):
        super().__init__(reason)
        self.retry_after = retry_after


class DeliveryBlocked(DeliveryError):
    pass


class DeliveryRefused(DeliveryError):
    pass


class DeliveryUnsent(DeliveryError):
    pass


class DeliveryUnknown(DeliveryError):
    pass


class DeliveryUncertain(DeliveryError):
    pass


class AccountError(DaybookError):
    """Its message is for the person."""


class EmailRefused(AccountError):
    pass


class EmailTaken(AccountError):
    pass


class AlreadyAnAccount(AccountError):
    pass


class PasswordRefused(AccountError):
    pass


class SignInRefused(AccountError):
    pass


class PasswordWrong(AccountError):
    pass


class SignInTooOld(AccountError):
    pass


class TokenRefused(AccountError):
    pass


class LinkGone(AccountError):
    pass


class AlreadyLinked(AccountError):
    pass


class LastDoor(AccountError):
    pass


class _Later(AccountError):
    def __init__(self, reason: str, *, retry_after: float):
        super().__init__(reason)
        self.retry_after = retry_after


class TooManyAttempts(_Later):
    pass


class AccountsBusy(_Later):
    pass


class Refusal(DaybookError):
    pass


class NotThere(Refusal):
    pass


class Clash(Refusal):
    pass


class NeedsCare(Refusal):
    """`care` is the card with help, as the API shows it."""

    def __init__(self, reason: str, *, care: dict[str, str]):
        super().__init__(reason)
        self.care = care


class OutOfRange(Refusal):
    pass
