"""The tokens that speak for a sign-in: JWT, signed with HS256 and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bot.errors import TokenRefused

ALGORITHM = "HS256"
ISSUER, AUDIENCE = "daybook", "daybook-api"
LIFETIME = timedelta(days=8)
NEEDED = ("exp", "iat", "aud", "iss", "jti", "sub")
# Ours have about 300 characters. What is longer is not even taken apart.
LONGEST = 1024


@dataclass(frozen=True, kw_only=True)
class Claims:
    """`sign_in_id` is the token's `jti`, the row that must not have ended."""

    sign_in_id: UUID
    user_id: UUID


class Tokens:
    def __init__(
        self,
        key: bytes,
        *,
        issuer: str = ISSUER,
        audience: str = AUDIENCE,
        lifetime: timedelta = LIFETIME,
    ) -> None:
        self._key, self._issuer, self._audience = key, issuer, audience
        self.lifetime = lifetime

    def issue(self, sign_in_id: UUID, user_id: UUID, at: datetime) -> str:
        import jwt

        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(user_id),
            "jti": str(sign_in_id),
            "iat": at,
            "exp": at + self.lifetime,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def read(self, token: str) -> Claims:
        """Raises `TokenRefused` for any token that is not one of ours and still good."""
        import jwt

        if len(token) > LONGEST:
            raise TokenRefused("this token is none of ours")
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                # Clocks of replicas differ by more than a new token's age, so `iat` need only be there.
                options={"require": list(NEEDED), "strict_aud": True, "verify_iat": False},
            )
            return Claims(sign_in_id=UUID(claims["jti"]), user_id=UUID(claims["sub"]))
        except jwt.ExpiredSignatureError:
            raise TokenRefused("this token has expired: sign in again") from None
        # Some parts are read before the signature is: they may hold anything.
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
            raise TokenRefused("this token is none of ours") from None
