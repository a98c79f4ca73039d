"""The 2,048 words of which a pupil gets two: things and qualities that a child of eight has read before.

No word insults anybody when it stands before or after another one, none is spelled like two others sound.
"""

from pathlib import Path

WORDS = tuple(Path(__file__).with_name("class_words.txt").read_text(encoding="utf-8").split())
