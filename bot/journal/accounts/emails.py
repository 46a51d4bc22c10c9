"""E-mail addresses, in the one form in which they are kept and compared."""

from bot.errors import EmailRefused

# What a mailbox may have by RFC 5321.
LONGEST = 254


def normalise(text: str) -> str:
    """The address in small letters, its name in Unicode's composed form and its domain as people write it.

    No mail is sent, so nobody is asked whether the domain exists, and a house's own names are fine.
    Raises `EmailRefused`.
    """
    import email_validator

    # Names such as `local`; this is the library's own way to allow them.
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    text = text.strip()
    if len(text) > LONGEST:
        raise EmailRefused("an e-mail address has 254 characters at most")
    try:
        found = email_validator.validate_email(
            text, check_deliverability=False, globally_deliverable=False, strict=True
        )
    except (email_validator.EmailNotValidError, UnicodeError):
        raise EmailRefused("this is no e-mail address") from None
    address = found.normalized.lower()
    if len(address) > LONGEST:
        raise EmailRefused("an e-mail address has 254 characters at most")
    return address
