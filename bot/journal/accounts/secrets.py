"""The secrets of links that open once.

A link's secret is made of its id and our key whenever it is shown, and kept nowhere: a row knows its SHA-256,
the outbox the link's id, and an update that is handled twice names the same link.
"""

import base64
import hashlib
import hmac
from uuid import UUID

# Of 256 bits, as they stand in an address.
LENGTH = 43


class Secrets:
    def __init__(self, key: bytes) -> None:
        # Never the key itself: what is signed with that is another thing.
        self._key = hmac.digest(key, b"daybook links", "sha256")

    def of(self, link_id: UUID) -> str:
        made = hmac.digest(self._key, b"secret " + link_id.bytes, "sha256")
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def seal(self, *parts: str) -> str:
        """What only we can say of these, in letters for a form's hidden field."""
        told = "\0".join(parts).encode("utf-8", "surrogatepass")
        made = hmac.digest(self._key, b"seal " + told, "sha256")
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def is_sealed(self, seal: str, *parts: str) -> bool:
        return hmac.compare_digest(self.seal(*parts).encode(), seal.encode("utf-8", "surrogatepass"))


def digest(secret: str) -> bytes:
    """By which a link is found: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
