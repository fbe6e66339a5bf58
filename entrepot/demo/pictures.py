"""Draws the pictures of the demo shop as SVG: a shape in a colour, with the motif of a series."""

from colorsys import hls_to_rgb, rgb_to_hls

from entrepot.demo.motifs import MOTIFS
from entrepot.demo.shapes import SHAPES

SIZE = 800


def picture(shape: str, motif: str, colour: str, kind: int) -> bytes:
    """One product in one colour; ``kind`` from 0 to 5 changes its proportions."""
    light, dark, deep = shade(colour, 1.28), shade(colour, 0.82), shade(colour, 0.62)
    outline = SHAPES[shape](kind)
    back = shade(colour, 1.0, lightness=0.91)
    floor = shade(colour, 1.0, lightness=0.84)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">'
        "<defs>"
        f'<linearGradient id="b" x1="0" y1="0" x2="1" y2="0.35"><stop offset="0" stop-color="{light}"/>'
        f'<stop offset="0.55" stop-color="{colour}"/><stop offset="1" stop-color="{dark}"/></linearGradient>'
        f'<linearGradient id="r" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{back}"/>'
        f'<stop offset="1" stop-color="{floor}"/></linearGradient>'
        f'<clipPath id="c"><path d="{outline.clip}"/></clipPath>'
        '<radialGradient id="s"><stop offset="0" stop-opacity="0.28"/><stop offset="1" stop-opacity="0"/></radialGradient>'
        "</defs>"
        f'<rect width="{SIZE}" height="{SIZE}" fill="url(#r)"/>'
        f'<circle cx="610" cy="220" r="150" fill="{shade(colour, 1.0, lightness=0.95)}"/>'
        f'<ellipse cx="400" cy="{outline.floor}" rx="{outline.width}" ry="34" fill="url(#s)"/>'
        f'<g fill="none" stroke="{deep}" stroke-width="{outline.stroke}" stroke-linecap="round" stroke-linejoin="round">{outline.behind}</g>'
        f'<path d="{outline.clip}" fill="url(#b)"/>'
        f'<g clip-path="url(#c)" fill="none" stroke="{deep}" stroke-opacity="0.5" stroke-width="5" stroke-linecap="round">{MOTIFS[motif](kind)}</g>'
        f'<g fill="{dark}">{outline.parts}</g>'
        f'<g fill="none" stroke="{deep}" stroke-opacity="0.75" stroke-width="4" stroke-linecap="round">{outline.lines}</g>'
        f'<path d="{outline.shine}" fill="none" stroke="#fff" stroke-opacity="0.45" stroke-width="14" stroke-linecap="round"/>'
        "</svg>"
    ).encode()


def shade(colour: str, factor: float, *, lightness: float | None = None) -> str:
    """The colour lighter (above 1) or darker (below 1), or at a given lightness.

    >>> shade("#808080", 0.5)
    '#404040'
    """
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    hue, level, saturation = rgb_to_hls(red, green, blue)
    if lightness is None:
        level = min(level * factor, 0.97)
    else:
        level, saturation = lightness, min(saturation, 0.35)
    parts = hls_to_rgb(hue, level, saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
