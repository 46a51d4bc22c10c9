"""A stand-in for an embedder, made of the diary itself: for measuring the way, not the quality.

Latent semantic analysis over pieces of words: three to five letters, weighted by how rare they are, in the
main directions of the diary's own entries. It knows nothing that the diary does not say.
"""

import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.ai.protocols import Embeddings, Usage
from bot.journal.recall import terms
from db.models import DIMENSIONS

COLUMNS = 1 << 15
DIRECTIONS = 200
# What it learns from at most: the sums are over pairs of texts.
MOST_LEARNT = 1500

Matrix = NDArray[np.float64]


class StandIn:
    """Satisfies `bot.ai.protocols.Embedder`."""

    model = "stand-in"
    dimensions = DIMENSIONS

    def __init__(self, texts: Sequence[str]) -> None:
        step = -(-len(texts) // MOST_LEARNT)
        counts = [_pieces(text) for text in texts[::step]]
        holders = Counter(piece for it in counts for piece in it)
        self._rarity = np.full(COLUMNS, np.log(1 + len(counts)))
        for piece, number in holders.items():
            self._rarity[piece] = np.log((1 + len(counts)) / (1 + number)) + 0.1
        rows = self._weigh(counts)
        values, vectors = np.linalg.eigh(rows @ rows.T)
        strongest = np.argsort(values)[::-1][:DIRECTIONS]
        strongest = strongest[values[strongest] > 1e-9]
        self._directions = rows.T @ (vectors[:, strongest] / np.sqrt(values[strongest]))

    async def check(self) -> None:
        return None

    async def close(self) -> None:
        """It holds nothing."""

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        found = self._weigh([_pieces(text) for text in texts]) @ self._directions
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        found = np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0)
        padded = np.pad(found, ((0, 0), (0, DIMENSIONS - found.shape[1])))
        return Embeddings(vectors=tuple(map(tuple, padded.tolist())), usage=Usage(model=self.model))

    def _weigh(self, counts: Sequence[Counter[int]]) -> Matrix:
        rows = np.zeros((len(counts), COLUMNS))
        for row, count in zip(rows, counts, strict=True):
            places = list(count)
            row[places] = np.log1p([count[it] for it in places]) * self._rarity[places]
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        np.divide(rows, lengths, out=rows, where=lengths > 0)
        return rows


def _pieces(text: str) -> Counter[int]:
    found: Counter[int] = Counter()
    for word in terms.words(text):
        marked = f"<{terms.fold(word)}>"
        for size in (3, 4, 5):
            for at in range(len(marked) - size + 1):
                found[zlib.crc32(marked[at : at + size].encode()) % COLUMNS] += 1
    return found
