"""Files that people and attackers send as photos, made here, each with what becomes of it.

In every place that a file can hide something, a marker is planted; none may ever be found in what is stored.
"""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

CANARY = b"CANARY-51.5007N"
WORD = CANARY.decode()
PNG = b"\x89PNG\r\n\x1a\n"


def drawn(mode: str = "RGB", size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Red on the left, blue on the right, so that turning shows."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def exif(orientation: int = 1, *, notes: bool = False) -> Image.Exif:
    data = Image.Exif()
    if notes:
        data.get_ifd(0x8769)[0x927C] = CANARY
    data[0x0112] = orientation
    data[0x010E] = WORD
    data[0x9286] = CANARY
    data.get_ifd(0x8825)[1] = "N"
    data.get_ifd(0x8825)[29] = WORD
    return data


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int) -> bytes:
    """A PNG that tells any size and brings hardly anything."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return PNG + header + chunk(b"IDAT", zlib.compress(b"\0" * 20_000)) + chunk(b"IEND", b"")


def plain_png(width: int, height: int, *, depth: int = 8, color: int = 2, extra: bytes = b"") -> bytes:
    """A black PNG of any size and kind, in few bytes."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    row = b"\0" * ((width * channels * depth + 7) // 8 + 1)
    packed = zlib.compressobj(1)
    data = b"".join(packed.compress(row) for _ in range(height)) + packed.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    return PNG + header + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def interlaced_png() -> bytes:
    """Eight by eight black pixels in seven passes."""
    passes = ((1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4))
    data = b"".join((b"\0" * (1 + 3 * width)) * height for width, height in passes)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 1))
    return PNG + header + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def with_chunk(name: bytes, data: bytes) -> bytes:
    """A PNG with one more chunk after its header."""
    plain = saved(drawn(), "PNG")
    return plain[:33] + chunk(name, data) + plain[33:]


def with_segment(marker: int, data: bytes) -> bytes:
    """A JPEG with one more segment at its beginning."""
    plain = saved(drawn(), "JPEG")
    return plain[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data + plain[2:]


def jpeg_that_says(width: int, height: int) -> bytes:
    """A JPEG whose header tells another size than it has."""
    plain = saved(drawn(), "JPEG")
    at = plain.index(b"\xff\xc0") + 5
    return plain[:at] + struct.pack(">HH", height, width) + plain[at + 4 :]


def gif_of(width: int, height: int, frames: int) -> bytes:
    """A GIF of single white points on a canvas of any size."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return (
        b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0" * 3 + b"\xff" * 3 + frame * frames + b";"
    )


def webp_that_says(width: int, height: int) -> bytes:
    """A WebP whose extended header tells any size, with a tiny picture in it."""
    tiny = saved(drawn(size=(4, 4)), "WEBP")[12:]
    head = b"VP8X" + struct.pack("<II", 10, 0) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(tiny)) + b"WEBP" + head + tiny


def thumbnail() -> bytes:
    """A thumbnail inside Exif, as cameras put it there, with a word in its comment."""
    small = saved(drawn(size=(16, 8)), "JPEG", comment=CANARY)
    first = struct.pack("<H", 0) + struct.pack("<I", 14)
    second = struct.pack("<HHHIIHHII", 2, 0x0201, 4, 1, 44, 0x0202, 4, 1, len(small)) + struct.pack("<I", 0)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + first + second + small


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.class", CANARY)
    return file.getvalue()


def png_text() -> PngInfo:
    text = PngInfo()
    text.add_text("Comment", WORD)
    text.add_text("Author", WORD, zip=True)
    text.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{WORD}</x:xmpmeta>")
    return text


def iptc() -> bytes:
    return b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(CANARY)) + CANARY


def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + CANARY


GOOD: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: saved(drawn(), "JPEG"),
    "progressive jpeg": lambda: saved(drawn(), "JPEG", progressive=True),
    "gray jpeg": lambda: saved(drawn("L"), "JPEG"),
    "cmyk jpeg": lambda: saved(drawn("CMYK"), "JPEG"),
    "jpeg with exif and gps": lambda: saved(drawn(), "JPEG", exif=exif()),
    "jpeg with comment": lambda: saved(drawn(), "JPEG", comment=CANARY),
    "jpeg with xmp": lambda: saved(drawn(), "JPEG", xmp=b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"),
    "jpeg with iptc": lambda: with_segment(0xED, iptc()),
    "jpeg with maker notes": lambda: saved(drawn(), "JPEG", exif=exif(notes=True)),
    "jpeg with content credentials": lambda: with_segment(0xEB, b"JP\0\1\0\0\0\1\0\0\0\x20jumb" + CANARY),
    "jpeg with a thumbnail": lambda: with_segment(0xE1, thumbnail()),
    "jpeg with a second thumbnail": lambda: with_segment(0xE0, b"JFXX\0\x13\1\1" + b"\0" * 3 + CANARY),
    "jpeg with an unknown segment": lambda: with_segment(0xEF, CANARY * 100),
    "jpeg with a broken exif": lambda: with_segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff" + CANARY),
    "jpeg turned by 0": lambda: saved(drawn(), "JPEG", exif=exif(0)),
    "jpeg turned by 9": lambda: saved(drawn(), "JPEG", exif=exif(9)),
    "jpeg turned by 65,535": lambda: saved(drawn(), "JPEG", exif=exif(65_535)),
    "jpeg that is a PDF as well": lambda: with_segment(0xFE, b"%PDF-1.7 /OpenAction " + CANARY) + b"%%EOF",
    "jpeg that is a script as well": lambda: with_segment(0xFE, b"*/=1;alert('" + CANARY + b"')/*"),
    "two jpegs in one file": lambda: saved(drawn(), "MPO", save_all=True, append_images=[drawn()]) + CANARY,
    "jpeg with profile": lambda: saved(drawn(), "JPEG", icc_profile=profile()),
    "jpeg with a zip behind it": lambda: saved(drawn(), "JPEG") + b"PK\x03\x04" + CANARY,
    "jpeg with script behind it": lambda: saved(drawn(), "JPEG") + b"<script>" + CANARY + b"</script>",
    "png": lambda: saved(drawn(), "PNG"),
    "png with text and xmp": lambda: saved(drawn(), "PNG", pnginfo=png_text()),
    "png with exif": lambda: saved(drawn(), "PNG", exif=exif()),
    "png with alpha": lambda: saved(drawn("RGBA"), "PNG"),
    "png with palette": lambda: saved(drawn("P"), "PNG", transparency=0),
    "png of 16 bits": lambda: saved(Image.new("I;16", (80, 40), 40_000), "PNG"),
    "png of one bit": lambda: saved(drawn("1"), "PNG"),
    "png of 16 bits in color": lambda: plain_png(80, 40, depth=16),
    "png of 16 bits with alpha": lambda: plain_png(80, 40, depth=16, color=6),
    "png in seven passes": interlaced_png,
    "png with profile": lambda: saved(drawn(), "PNG", icc_profile=profile()),
    "png with an unknown chunk": lambda: with_chunk(b"caNa", CANARY),
    "png with content credentials": lambda: with_chunk(b"caBX", CANARY),
    "png of 40 megapixels": lambda: plain_png(8000, 5000),
    "png of 40 megapixels with alpha": lambda: plain_png(8000, 5000, color=6),
    "png of 16,384 by 2,441": lambda: plain_png(16_384, 2441, color=6),
    "png of 2,441 by 16,384": lambda: plain_png(2441, 16_384, color=6),
    "png with bytes behind it": lambda: saved(drawn(), "PNG") + CANARY,
    "animated png": lambda: saved(drawn(), "PNG", save_all=True, append_images=[drawn("L").convert("RGB")] * 5),
    "gif": lambda: saved(drawn("P"), "GIF"),
    "gif of 500 frames": lambda: saved(
        drawn("P"), "GIF", save_all=True, append_images=[Image.new("P", (80, 40), n % 250) for n in range(500)]
    ),
    "gif of 5,000 frames": lambda: gif_of(80, 40, 5000),
    "gif of 40 megapixels": lambda: gif_of(8000, 5000, 3),
    "gif that is an archive as well": lambda: saved(drawn("P"), "GIF") + archive(),
    "gif that is a script as well": lambda: saved(drawn("P"), "GIF", comment=b"*/=1;alert('" + CANARY + b"')/*"),
    "gif with comment": lambda: saved(drawn("P"), "GIF", comment=CANARY),
    "webp": lambda: saved(drawn(), "WEBP"),
    "webp with exif": lambda: saved(drawn(), "WEBP", exif=exif()),
    "webp with profile and xmp": lambda: saved(drawn(), "WEBP", icc_profile=profile(), xmp=CANARY),
    "webp without loss": lambda: saved(drawn("RGBA"), "WEBP", lossless=True),
    "webp of 12 megapixels": lambda: saved(Image.new("RGBA", (4000, 3000)), "WEBP", lossless=True, method=0),
    "animated webp": lambda: saved(drawn(), "WEBP", save_all=True, append_images=[drawn("L").convert("RGB")] * 5),
    "jpeg of 40 megapixels": lambda: saved(Image.new("RGB", (8000, 5000)), "JPEG", progressive=True),
    "large": lambda: saved(drawn(size=(4000, 2000)), "JPEG", exif=exif()),
    "tall": lambda: saved(drawn(size=(30, 9000)), "PNG"),
}
BAD: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "one byte": lambda: b"\xff",
    "noise": lambda: bytes(range(256)) * 40,
    "jpeg head and noise": lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40,
    "png head and noise": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "truncated jpeg": lambda: saved(drawn(size=(400, 400)), "JPEG")[:900],
    "truncated png": lambda: saved(drawn(size=(400, 400)), "PNG")[:60],
    "png of 50,000 by 50,000": lambda: png_of(50_000, 50_000),
    "png of 65,535 by 1": lambda: png_of(65_535, 1),
    "png of 0 by 0": lambda: png_of(0, 0),
    "png with a false size": lambda: png_of(6000, 6000),
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "html": lambda: b"<!doctype html><script>alert(1)</script>",
    "pdf": lambda: b"%PDF-1.7 " + b"x" * 100,
    "bmp": lambda: saved(drawn(), "BMP"),
    "tiff": lambda: saved(drawn(), "TIFF"),
    "ico": lambda: saved(drawn(size=(32, 32)), "ICO"),
    "ppm": lambda: saved(drawn(), "PPM"),
    "heic": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100,
    "avif": lambda: b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + b"\0" * 100,
    "eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n" + b"x" * 100,
    "riff that is no webp": lambda: b"RIFF\x10\0\0\0WAVEfmt " + b"\0" * 100,
    "jpeg that says it has no size": lambda: jpeg_that_says(0, 0),
    "jpeg that says 65,500 by 65,500": lambda: jpeg_that_says(65_500, 65_500),
    "jpeg that takes too much memory": lambda: saved(
        Image.new("CMYK", (8000, 5000)), "JPEG", progressive=True, subsampling=0
    ),
    "gif of 65,535 by 65,535": lambda: gif_of(65_535, 65_535, 1),
    "gif without a frame": lambda: gif_of(80, 40, 0),
    "webp that says 16,383 by 16,383": lambda: webp_that_says(16_383, 16_383),
    "webp of 40 megapixels": lambda: saved(Image.new("RGBA", (8000, 5000)), "WEBP", lossless=True, method=0),
    "truncated gif": lambda: saved(drawn("P", (400, 400)), "GIF")[:40],
    "truncated webp": lambda: saved(drawn(size=(400, 400)), "WEBP")[:60],
    "png with a chunk of two gigabytes": lambda: PNG + struct.pack(">I", 0x7FFF_FFFF) + b"IDAT",
    "png with a text of 100 megabytes": lambda: with_chunk(b"zTXt", b"a\0\0" + zlib.compress(b"a" * 100_000_000)),
    "png whose sums are wrong": lambda: saved(drawn(), "PNG").replace(b"IDAT", b"IDAT\1", 1),
    "svg in a png's name": lambda: b"<?xml version='1.0'?><svg onload='alert(1)'/>",
    "compressed svg": lambda: gzip.compress(b"<svg onload='alert(1)'/>"),
    "photoshop": lambda: b"8BPS\0\1" + b"\0" * 100,
    "fits": lambda: b"SIMPLE  =                    T" + b" " * 2850,
    "jpeg 2000": lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 100,
    "archive": archive,
    "program": lambda: b"MZ\x90\0" + b"\0" * 200,
    "text in UTF-7": lambda: b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
}
HEAVY = [
    name for name in (*GOOD, *BAD) if any(word in name for word in ("mega", "giga", ",", "frames", "memory", "large"))
]
"""Those that are made to cost much, or simply are large."""
