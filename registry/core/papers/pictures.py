"""Pictures written anew: pixels only, at most so large, nothing that the camera noted."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_SIDE = 2000
MOST_PIXELS = 80_000_000


def rewrite(source: Path, target: Path) -> dict[str, Any]:
    """A JPEG of ``source`` at ``target``, turned upright; or a problem."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(source, formats=("JPEG", "PNG")) as opened:
            upright = ImageOps.exif_transpose(opened) or opened
            plain = upright.convert("RGB")
            plain.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            fresh = Image.new("RGB", plain.size)
            fresh.paste(plain)
            fresh.save(target, "JPEG", quality=85)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
    ):
        return {"problem": "not-an-image"}
    return {"width": fresh.width, "height": fresh.height}
