"""Item-to-item co-occurrence: a model in one file that every server process reads.

The score of a pair is the cosine similarity of the buyers, ``n(a, b) / √(n(a) n(b))``, with ``n``
the number of people: each person counts once. Best sellers are ranked by the number of buyers in
the last 90 days. A pair needs at least ``least_people`` buyers, so that no basket of one person can
be recognized.
"""

import asyncio
import json
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from secrets import token_hex
from typing import Any
from uuid import UUID

from entrepot import Clock, ProductId, PurchaseHistory, Recommendation

NEIGHBOURS = 50
BEST_SELLERS = 200
TREND = timedelta(days=90)
MAX_PRODUCTS_PER_PERSON = 500

Model = dict[str, Any]


class CooccurrenceRecommender:
    """Keeps the model in memory, and reads the file again after it changes."""

    code = "cooccurrence"

    def __init__(self, path: Path, *, least_people: int, now: Clock) -> None:
        self._path = path
        self._least_people = least_people
        self._now = now
        self._model: Model = {"pairs": {}, "trend": []}
        self._read_at = 0

    async def also_bought(
        self, products: Sequence[ProductId], limit: int
    ) -> tuple[Recommendation, ...]:
        pairs = (await self._current())["pairs"]
        scores: dict[str, float] = defaultdict(float)
        for product in products:
            for other, score in pairs.get(str(product), ()):
                scores[other] += score
        given = {str(product) for product in products}
        ranked = sorted(
            ((other, score) for other, score in scores.items() if other not in given),
            key=lambda pair: (-pair[1], pair[0]),
        )
        return _recommendations(ranked[:limit], "also_bought")

    async def trending(self, limit: int) -> tuple[Recommendation, ...]:
        return _recommendations((await self._current())["trend"][:limit], "trending")

    async def rebuild(self, purchase_history: PurchaseHistory) -> None:
        owned: dict[str, set[ProductId]] = defaultdict(set)
        recent: dict[str, set[ProductId]] = defaultdict(set)
        since = self._now() - TREND
        async for basket in purchase_history.baskets():
            owned[basket.person] |= basket.products
            if basket.at >= since:
                recent[basket.person] |= basket.products
        model = await asyncio.to_thread(learn, owned, recent, self._least_people)
        await asyncio.to_thread(self._write, model)

    async def _current(self) -> Model:
        changed = self._path.stat().st_mtime_ns if self._path.exists() else 0
        if changed != self._read_at:
            self._model = await asyncio.to_thread(self._read)
            self._read_at = changed
        return self._model

    def _read(self) -> Model:
        model: Model = json.loads(self._path.read_text(encoding="utf-8"))
        return model

    def _write(self, model: Model) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(f".{token_hex(4)}")
        partial.write_text(json.dumps(model, separators=(",", ":")), encoding="utf-8")
        partial.replace(self._path)


def learn(
    owned: dict[str, set[ProductId]], recent: dict[str, set[ProductId]], least_people: int
) -> Model:
    """Compute the model from the products of each person. Ties are ordered by identifier."""
    buyers: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    for products in owned.values():
        names = sorted(str(product) for product in products)[:MAX_PRODUCTS_PER_PERSON]
        buyers.update(names)
        together.update(combinations(names, 2))
    neighbours: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for (left, right), people in together.items():
        if people >= least_people:
            score = round(people / math.sqrt(buyers[left] * buyers[right]), 6)
            neighbours[left].append((right, score))
            neighbours[right].append((left, score))
    sold = Counter(str(product) for products in recent.values() for product in products)
    trend = sorted(sold.items(), key=lambda pair: (-pair[1], pair[0]))[:BEST_SELLERS]
    return {
        "pairs": {
            product: sorted(scores, key=lambda pair: (-pair[1], pair[0]))[:NEIGHBOURS]
            for product, scores in sorted(neighbours.items())
        },
        "trend": trend,
    }


def _recommendations(
    ranked: Sequence[tuple[str, float]], reason: str
) -> tuple[Recommendation, ...]:
    return tuple(
        Recommendation(product_id=ProductId(UUID(product)), score=float(score), reason=reason)
        for product, score in ranked
    )
