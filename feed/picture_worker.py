"""Draws one sent picture anew: run as a program of its own by `feed.pictures`, never imported.

usage: picture_worker.py KIND SIZE… <file

It gives itself little memory and little time before it looks at the file, so a picture that would fill a
server ends here. On success it writes one line (width and height of the largest, then the length of each
encoding) and the encodings; anything else is told by the exit status alone.
"""

import io
import resource
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MEMORY = 224 * 1024 * 1024
"""What a picture may take beyond the interpreter and its libraries; together they stay below 256 MB."""
LIBRARIES = 128 * 1024 * 1024
CPU_SECONDS = 5
PIXELS = {"JPEG": 40_000_000, "PNG": 40_000_000, "GIF": 40_000_000, "WEBP": 13_000_000}
"""The decoder of WebP holds a picture four times."""
EDGE = 16_384
BAND = 1_000_000


def mapped() -> int:
    """The address space that is taken already."""
    try:
        with open("/proc/self/statm", encoding="ascii") as numbers:
            return int(numbers.read().split()[0]) * resource.getpagesize()
    except OSError:  # a system without /proc
        return LIBRARIES


def tighten() -> None:
    """Limits that the kernel keeps; no file can be written at all."""
    memory = mapped() + MEMORY
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(kind: str, *sizes: str) -> int:
    from PIL import Image, ImageOps

    tighten()
    edge = max(int(size) for size in sizes)
    Image.MAX_IMAGE_PIXELS = None  # Our own limit is checked before a single pixel is decoded.
    with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=[kind]) as image:
        width, height = image.size
        if not (0 < width <= EDGE and 0 < height <= EDGE and width * height <= PIXELS[kind]):
            return 3
        # A JPEG can be decoded at a fraction of its size, as small as what is kept.
        image.draft("RGB", (edge, edge))
        image.load()
        orientation = image.getexif().get(0x0112, 1)
        picture = smaller(image, edge)
    picture.getexif()[0x0112] = orientation
    picture = ImageOps.exif_transpose(picture)
    encodings = []
    for size in sizes:
        copy = picture.copy()
        copy.thumbnail((int(size), int(size)))
        # A new image from pixels alone: nothing that came with the file can travel on.
        fresh = Image.frombytes("RGB", copy.size, copy.tobytes())
        written = io.BytesIO()
        fresh.save(written, "WEBP", quality=80, method=4)
        encodings.append((max(copy.size), copy.size, written.getvalue()))
    width, height = max(encodings)[1]
    lengths = " ".join(str(len(content)) for _edge, _size, content in encodings)
    sys.stdout.buffer.write(f"{width} {height} {lengths}\n".encode())
    for _edge, _size, content in encodings:
        sys.stdout.buffer.write(content)
    return 0


def smaller(image: "Image", edge: int) -> "Image":
    """The picture in plain RGB, no larger than it will be kept.

    A large one is first reduced band by band, so that there is never a second one of its size in memory.
    """
    from PIL import Image

    factor = max(image.size) // edge
    if factor > 1:
        width, height = image.size
        picture = Image.new("RGB", (-(-width // factor), -(-height // factor)))
        rows = max(1, BAND // (width * factor)) * factor
        for top in range(0, height, rows):
            band = image.crop((0, top, width, min(height, top + rows)))
            picture.paste(flat(band).reduce(factor), (0, top // factor))
    else:
        picture = flat(image)
    picture.thumbnail((edge, edge))
    return picture


def flat(picture: "Image") -> "Image":
    """Plain RGB, with what was transparent on white paper."""
    from PIL import Image

    if picture.mode.startswith("I"):
        # 16 bits per channel are scaled down rather than cut off.
        picture = picture.point(lambda value: value / 256).convert("L")
    if "transparency" in picture.info or picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"}:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return picture.convert("RGB")


if __name__ == "__main__":
    try:
        status = main(*sys.argv[1:])
    except Exception:  # whatever a broken file makes Pillow raise: it is refused
        status = 2
    sys.exit(status)
