"""The few pieces that every SVG picture here is made of."""

from .palette import FONT, plain


def document(body: str, width: float, height: float, alt: str, text_colour: str = "currentColor") -> str:
    """Return a whole SVG picture of width x height pixels that shrinks with its container and says what it shows.

    `text_colour` is "currentColor" where the picture stands inline in the page; as an image file it needs a real colour.
    """
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.6g}" height="{height:.6g}" '
            f'viewBox="0 0 {width:.6g} {height:.6g}" style="max-width:100%;height:auto" role="img" '
            f'aria-label="{plain(alt, 400)}" font-family="{FONT}" fill="{text_colour}">'
            f"<title>{plain(alt, 400)}</title>{body}</svg>")


def text(content: object, x: float, y: float, *, size: float = 12, anchor: str = "start", weight: int = 400,
         opacity: float = 1.0, colour: str = "", limit: int = 60) -> str:
    """Return one line of escaped text with its baseline at (x, y); the colour is the document's unless given."""
    extra = f' fill="{colour}"' if colour else ""
    extra += f' opacity="{opacity:g}"' if opacity < 1 else ""
    extra += f' font-weight="{weight}"' if weight != 400 else ""
    return (f'<text x="{x:.5g}" y="{y:.5g}" font-size="{size:g}" text-anchor="{anchor}"{extra}>'
            f"{plain(content, limit)}</text>")


def rect(x: float, y: float, width: float, height: float, colour: str, opacity: float = 1.0, radius: float = 0) -> str:
    extra = (f' opacity="{opacity:g}"' if opacity < 1 else "") + (f' rx="{radius:g}"' if radius else "")
    return f'<rect x="{x:.5g}" y="{y:.5g}" width="{max(width, 0):.5g}" height="{height:.5g}" fill="{colour}"{extra}/>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1, dash: str = "") -> str:
    extra = f' stroke-dasharray="{dash}"' if dash else ""
    return (f'<line x1="{x1:.5g}" y1="{y1:.5g}" x2="{x2:.5g}" y2="{y2:.5g}" '
            f'stroke="{colour}" stroke-width="{width:g}"{extra}/>')
