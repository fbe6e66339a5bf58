"""The content of plugins that the web app serves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.web.content.policy import Sources
from ports.content.blocks import RenderBlocks
from ports.content.filling import FillSlots
from ports.content.pages import PluginPage


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginContent:
    """``policies`` are additions to the Content-Security-Policy, by plugin.

    ``static`` are the folders of static files, by the prefix of their addresses.
    """

    slots: FillSlots
    blocks: RenderBlocks
    pages: Sequence[PluginPage]
    policies: Mapping[str, Sources]
    static: Mapping[str, Path]
