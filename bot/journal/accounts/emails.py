"""E-mail addresses, in the one form in which they are kept and compared."""

from bot.errors import EmailRefused

# What a mailbox may have by RFC 5321.
LONGEST = 254


def normalise(text: str) -> str:
    """The address in small letters, its name in Unicode's composed form and its domain as people write it.

    No mail is sent, so nobody is asked whether the domain exists, and a house's own names are fine.
    Raises `EmailRefused`.
    """
    from email_validator import EmailNotValidError, validate_email

    text = text.strip()
    if len(text) > LONGEST:
        raise EmailRefused("an e-mail address has 254 characters at most")
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except (EmailNotValidError, UnicodeError):
        raise EmailRefused("this is no e-mail address") from None
    address = found.normalized.lower()
    if len(address) > LONGEST:
        raise EmailRefused("an e-mail address has 254 characters at most")
    return address
