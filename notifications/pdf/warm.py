"""Read once by the server from which the workers are forked: then library, fonts and style are ready in each."""

from contextlib import suppress

from .core import Layout, render

FAMILIES = ("Noto Sans", "Noto Sans Gurmukhi", "Noto Sans Symbols2")
STYLE = "html {{ font-family: {families}; }} td {{ border: 1pt solid; }}"
PAGE = (
    '<html lang="en"><title>T</title><section lang="en"><h1>One</h1><p>Words <b>bold</b> ☐ ਪੰਜਾਬੀ <b>ਪੰਜਾਬੀ</b></p>'
    "<table><tr><th>a</th><td>b</td></tr></table></section></html>"
)

with suppress(Exception):  # a missing font is told when a letter needs it
    families = ", ".join(f'"{family}"' for family in FAMILIES)
    render(PAGE, Layout(STYLE.format(families=families), frozenset(FAMILIES)))
