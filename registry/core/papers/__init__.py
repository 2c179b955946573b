"""Papers as files: what a PDF is before it is trusted, its text, and a copy without its secrets.

Every look into a file that somebody sent happens in a child process with hard limits.
"""

from registry.core.papers.child import Prepared, inspect, prepare, prepare_image, start
from registry.core.papers.problems import (
    BombPdf,
    BrokenPdf,
    EncryptedPdf,
    NotAnImage,
    NotAVideo,
    NotPdf,
    ScriptedPdf,
    UnusableFile,
)

__all__ = [
    "BombPdf",
    "BrokenPdf",
    "EncryptedPdf",
    "NotAVideo",
    "NotAnImage",
    "NotPdf",
    "Prepared",
    "ScriptedPdf",
    "UnusableFile",
    "inspect",
    "prepare",
    "prepare_image",
    "start",
]
