"""Line patterns of the demo series, as SVG. ``kind`` from 0 to 5 changes the spacing."""

from collections.abc import Callable


def hills(kind: int) -> str:
    rows = range(300 + 10 * kind, 640, 56)
    return "".join(
        f'<path d="M60 {y}q90 -{50 + 6 * (place % 3)} 170 -6t160 -10t170 4t190 -8"/>'
        for place, y in enumerate(rows)
    )


def rain(kind: int) -> str:
    return "".join(
        f'<path d="M{x + (y // 60 % 2) * 26} {y}l-{14 + kind} 34"/>'
        for y in range(180, 640, 60)
        for x in range(90, 740, 52)
    )


def leaves(kind: int) -> str:
    return "".join(
        f'<path d="M{x} {y}q30 -{40 + 2 * kind} 62 -44M{x} {y}q36 -6 62 -44M{x + 14} {y - 14}l30 -2M{x + 28} {y - 28}l-4 -26"/>'
        for place, y in enumerate(range(230, 680, 92))
        for x in range(80 + 50 * (place % 2), 740, 104)
    )


def waves(kind: int) -> str:
    return "".join(
        f'<path d="M40 {y}' + f"q22 -{18 + kind} 44 0t44 0" * 9 + '"/>' for y in range(220, 660, 44)
    )


MOTIFS: dict[str, Callable[[int], str]] = {
    motif.__name__: motif for motif in (hills, rain, leaves, waves)
}
