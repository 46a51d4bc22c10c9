"""How deep JSON nests, told before it is parsed."""

import re

# To the end where it is not closed, so that no byte is looked at twice.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_AS_SQUARE = bytes.maketrans(b"{}", b"[]")
_ALL_ELSE = bytes(set(range(256)) - set(b"{}[]"))


def nests_deeper(body: bytes, most: int) -> bool:
    """Whether arrays and objects nest deeper than `most`, or do not close. Each round takes away the
    innermost ones, all at once."""
    brackets = _STRING.sub(b"", body).translate(_AS_SQUARE, _ALL_ELSE)
    for _ in range(most):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)
