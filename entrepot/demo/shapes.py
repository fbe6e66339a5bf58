"""Outlines of the demo products, as SVG. ``kind`` from 0 to 5 changes the proportions."""

from collections.abc import Callable


class Shape:
    """SVG parts: ``clip`` is the outline, ``behind`` and ``parts`` are drawn behind and over it."""

    def __init__(
        self,
        clip: str,
        *,
        behind: str = "",
        parts: str = "",
        lines: str = "",
        shine: str = "M0 0",
        floor: int = 610,
        width: int = 240,
        stroke: int = 26,
    ) -> None:
        self.clip, self.behind, self.parts, self.lines = clip, behind, parts, lines
        self.shine, self.floor, self.width, self.stroke = shine, floor, width, stroke


def teapot(kind: int) -> Shape:
    wide, high = 150 + 12 * (kind % 3), 120 + 10 * (kind % 4)
    top, bottom = 600 - 2 * high, 600
    handle = (
        f'<path d="M{400 - wide + 30} {top + 30}C{300 - wide} {top - 150} {500 + wide} {top - 150} {400 + wide - 30} {top + 30}"/>'
        if kind % 2
        else f'<path d="M{400 + wide - 12} {top + 60}c120 -20 110 150 -14 130"/>'
    )
    spout = f'<path d="M{400 - wide + 10} {bottom - 90}C{330 - wide} {bottom - 100} {320 - wide} {top + 60} {290 - wide} {top + 40}"/>'
    body = f"M{400 - wide} {600 - high}C{400 - wide} {top - 20} {400 + wide} {top - 20} {400 + wide} {600 - high}C{400 + wide} {bottom + 10} {400 - wide} {bottom + 10} {400 - wide} {600 - high}Z"
    lid = f'<ellipse cx="400" cy="{top + 16}" rx="86" ry="20"/><circle cx="400" cy="{top - 14}" r="20"/>'
    return Shape(
        body,
        behind=handle + spout,
        parts=lid,
        shine=f"M{430 - wide} {600 - high}q4 -60 46 -84",
        floor=598,
        width=wide + 70,
    )


def cup(kind: int) -> Shape:
    top, low, high = 130 + 14 * (kind % 3), 70 + 8 * (kind % 2), 210 + 26 * (kind % 3)
    y = 600 - high
    return Shape(
        f"M{400 - top} {y}H{400 + top}C{400 + top} {y + high - 40} {400 + low + 30} 596 {400 + low} 600H{400 - low}C{370 - low} 596 {400 - top} {y + high - 40} {400 - top} {y}Z",
        parts=f'<ellipse cx="400" cy="{y}" rx="{top}" ry="26"/><rect x="{400 - low}" y="594" width="{2 * low}" height="16" rx="6"/>',
        lines=f'<ellipse cx="400" cy="{y}" rx="{top - 6}" ry="20"/>',
        shine=f"M{424 - top} {y + 50}q4 70 30 110",
        width=low + 90,
    )


def bowl(kind: int) -> Shape:
    wide, high = 230 + 12 * (kind % 3), 110 + 32 * (kind % 3)
    y = 590 - high
    return Shape(
        f"M{400 - wide} {y}H{400 + wide}C{400 + wide - 10} {y + high} {500} 590 {470} 592H330C300 590 {410 - wide} {y + high} {400 - wide} {y}Z",
        parts=f'<ellipse cx="400" cy="{y}" rx="{wide}" ry="40"/><rect x="330" y="588" width="140" height="20" rx="8"/>',
        lines=f'<ellipse cx="400" cy="{y + 2}" rx="{wide - 12}" ry="32"/>',
        shine=f"M{430 - wide} {y + 48}q30 60 70 76",
        width=wide,
    )


def mug(kind: int) -> Shape:
    wide, high = 120 + 14 * (kind % 3), 250 + 24 * (kind % 2)
    y = 602 - high
    return Shape(
        f"M{400 - wide} {y}H{400 + wide}V560Q{400 + wide} 602 {360 + wide} 602H{440 - wide}Q{400 - wide} 602 {400 - wide} 560Z",
        behind=f'<path d="M{400 + wide - 6} {y + 60}c130 -20 130 170 0 150"/>',
        parts=f'<ellipse cx="400" cy="{y}" rx="{wide}" ry="28"/>',
        lines=f'<ellipse cx="400" cy="{y + 1}" rx="{wide - 8}" ry="21"/>',
        shine=f"M{426 - wide} {y + 60}v{high - 140}",
        width=wide + 80,
    )


def lamp(kind: int) -> Shape:
    top, low = 70 + 12 * (kind % 3), 170 + 10 * (kind % 3)
    return Shape(
        f"M{400 - top} 200H{400 + top}L{400 + low} 400H{400 - low}Z",
        behind='<path d="M400 400V590"/>',
        parts='<rect x="300" y="584" width="200" height="24" rx="12"/>',
        lines=f'<path d="M{400 - low} 400H{400 + low}"/><circle cx="400" cy="440" r="8"/>',
        shine=f"M{420 - top} 222L{440 - low} 372",
        width=190,
        stroke=18,
    )


def candle(kind: int) -> Shape:
    wide, high = 110 + 10 * (kind % 3), 220 + 24 * (kind % 2)
    y = 602 - high
    flame = f'<path d="M400 {y - 110}c44 50 30 90 0 92c-30 -2 -44 -42 0 -92z" fill="#f2b84b"/><path d="M400 {y - 78}c20 26 14 48 0 50c-14 -2 -20 -24 0 -50z" fill="#fff3cf"/>'
    return Shape(
        f"M{400 - wide} {y}H{400 + wide}V580Q{400 + wide} 602 {378 + wide} 602H{422 - wide}Q{400 - wide} 602 {400 - wide} 580Z",
        parts=f'<ellipse cx="400" cy="{y}" rx="{wide}" ry="24"/>{flame}<rect x="{400 - wide + 36}" y="{y + 80}" width="{2 * wide - 72}" height="86" rx="6" fill="#fff" fill-opacity="0.82"/>',
        lines=f'<path d="M400 {y}v-24M{460 - wide} {y + 108}h{2 * wide - 120}M{460 - wide} {y + 132}h{2 * wide - 160}"/>',
        shine=f"M{424 - wide} {y + 60}v{high - 130}",
        width=wide + 60,
    )


def towel(kind: int) -> Shape:
    wide = 170 + 10 * (kind % 3)
    return Shape(
        f"M{400 - wide} 330Q{400 - wide} 296 {434 - wide} 296H{366 + wide}Q{400 + wide} 296 {400 + wide} 330V580Q{400 + wide} 602 {378 + wide} 602H{422 - wide}Q{400 - wide} 602 {400 - wide} 580Z",
        parts=f'<rect x="{400 - wide}" y="520" width="{2 * wide}" height="26"/>',
        lines=f'<path d="M{400 - wide} 396H{400 + wide}M{400 - wide} 470H{400 + wide}"/>',
        shine=f"M{430 - wide} 330H{350}",
        width=wide + 50,
    )


def cushion(kind: int) -> Shape:
    wide, high = 190 + 12 * (kind % 3), 190 if kind % 2 == 0 else 130
    left, right, top, low = 400 - wide, 400 + wide, 420 - high, 420 + high
    return Shape(
        f"M{left} {top}Q400 {top + 44} {right} {top}Q{right - 44} 420 {right} {low}Q400 {low - 44} {left} {low}Q{left + 44} 420 {left} {top}Z",
        lines=f'<path d="M{left + 16} {top + 14}Q400 {top + 60} {right - 16} {top + 14}"/>',
        shine=f"M{left + 60} {top + 70}q70 18 140 20",
        floor=420 + high,
        width=wide,
    )


def notebook(kind: int) -> Shape:
    wide, high = 150 + 8 * (kind % 3), 210 + 8 * (kind % 2)
    left, top = 400 - wide, 400 - high
    return Shape(
        f"M{left} {top + 16}Q{left} {top} {left + 16} {top}H{384 + wide}Q{400 + wide} {top} {400 + wide} {top + 16}V{384 + high}Q{400 + wide} {400 + high} {384 + wide} {400 + high}H{left + 16}Q{left} {400 + high} {left} {384 + high}Z",
        parts=f'<rect x="{left}" y="{top}" width="34" height="{2 * high}"/><rect x="{left + 90}" y="{top + 70}" width="{2 * wide - 140}" height="76" rx="6" fill="#fff" fill-opacity="0.82"/>',
        lines=f'<path d="M{360 + wide} {top}V{400 + high}M{left + 112} {top + 98}h{2 * wide - 190}M{left + 112} {top + 122}h{2 * wide - 230}"/>',
        shine=f"M{left + 62} {top + 36}V{top + 190}",
        width=wide + 40,
    )


def pen(kind: int) -> Shape:
    thick = 24 + 3 * (kind % 3)
    return Shape(
        f"M210 {590 - thick}L520 {280 - thick}Q560 {240 - thick} {560 + thick} {240}Q600 {280} {560} {320}L{250 + thick} {630 - thick}L176 646Z",
        parts=f'<path d="M176 646L{214} {594}L{250} {628}Z" fill="#e3c078"/><path d="M452 348l18 -18l56 56l-18 18z" fill="#e3c078"/>',
        lines="<path d='M560 236L470 326'/>",
        shine=f"M290 {520 - thick}L470 {340 - thick}",
        floor=650,
        width=200,
    )


def backpack(kind: int) -> Shape:
    wide = 150 + 10 * (kind % 3)
    return Shape(
        f"M{400 - wide} 320Q{400 - wide} 210 400 210Q{400 + wide} 210 {400 + wide} 320V560Q{400 + wide} 604 {360 + wide} 604H{440 - wide}Q{400 - wide} 604 {400 - wide} 560Z",
        behind=f'<path d="M350 214c0 -60 100 -60 100 0M{400 - wide} 340q-44 90 -10 210M{400 + wide} 340q44 90 10 210"/>',
        parts=f'<rect x="{430 - wide}" y="430" width="{2 * wide - 60}" height="140" rx="20"/>',
        lines=f'<path d="M{450 - wide} 330Q400 300 {350 + wide} 330M{450 - wide} 468H{350 + wide}"/>',
        shine=f"M{430 - wide} 330q8 -60 70 -80",
        width=wide + 60,
        stroke=20,
    )


def tote(kind: int) -> Shape:
    wide = 170 + 10 * (kind % 3)
    return Shape(
        f"M{400 - wide} 330H{400 + wide}L{380 + wide} 604H{420 - wide}Z",
        behind='<path d="M310 330C310 150 490 150 490 330"/>',
        lines=f'<path d="M{404 - wide} 366H{396 + wide}"/>',
        parts='<rect x="300" y="322" width="20" height="60" rx="4"/><rect x="480" y="322" width="20" height="60" rx="4"/>',
        shine=f"M{430 - wide} 400l10 120",
        width=wide + 40,
        stroke=16,
    )


def shirt(kind: int) -> Shape:
    sleeve = 60 if kind == 3 else 0  # noqa: PLR2004 -- the kind with long sleeves
    return Shape(
        f"M310 220Q400 280 490 220L600 262L{650 + sleeve // 4} {390 + sleeve}L{566 + sleeve // 3} {420 + sleeve}L540 376V606H260V376L{234 - sleeve // 3} {420 + sleeve}L{150 - sleeve // 4} {390 + sleeve}L200 262Z",
        lines='<path d="M310 220Q400 300 490 220M260 584H540"/>',
        parts='<rect x="440" y="350" width="62" height="66" rx="6"/>' if kind == 2 else "",  # noqa: PLR2004
        shine="M286 400v120",
        floor=612,
        width=190,
    )


def scarf(kind: int) -> Shape:
    """A folded scarf with its fringe in front."""
    hem = 548 + 12 * (kind % 3)
    fringe = "".join(f"M{x} {hem}v34" for x in range(272, 470, 15))
    behind = "".join(f"M{x} 470v26" for x in range(486, 574, 15))
    return Shape(
        f"M300 206H530Q574 206 574 250V470H478V{hem}H262V244Q262 206 300 206Z",
        lines=f'<path d="{fringe}{behind}M478 470V262Q478 228 446 228H300M300 228Q280 228 280 262V{hem}M262 {hem - 64}H478M262 {hem - 40}H478M478 418H574M478 436H574"/>',
        shine="M300 262v150",
        floor=612,
        width=200,
    )


SHAPES: dict[str, Callable[[int], Shape]] = {
    shape.__name__: shape
    for shape in (
        teapot,
        cup,
        bowl,
        mug,
        lamp,
        candle,
        towel,
        cushion,
        notebook,
        pen,
        backpack,
        tote,
        shirt,
        scarf,
    )
}
