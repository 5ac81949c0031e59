"""Writes pictures.txt: small image files of all kinds, and what Pillow makes of each.

python3 pictures.py, with Pillow 9.4.0. A line is a name, the file in Base64, height, width, and the bytes in Base64 of
ImageOps.exif_transpose(Image.open(name)).convert("RGB"), but for TIFF, which is turned when it is loaded. 16-bit gray is
the exception: Pillow clips it at 255, so "scaled" pictures are expected as their high bytes.
"""
import base64
import os
import struct
import tempfile
import zlib

from PIL import Image, ImageCms, ImageOps

W, H = 7, 5
names = []
target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../resources/dev/merapi/vision/pictures.txt")
os.chdir(tempfile.mkdtemp())
scaled = {}


def rgb(w=W, h=H):
    return Image.frombytes("RGB", (w, h), bytes(
        v for y in range(h) for x in range(w)
        for v in (x * 255 // max(w - 1, 1), y * 60 % 256, (x * y * 37 + 90) % 256)))


def write(name, data):
    names.append(name)
    with open(name, "wb") as file:
        file.write(data)


def save(name, image, **options):
    names.append(name)
    image.save(name, **options)


def load(name):
    with open(name, "rb") as file:
        return file.read()


# --- JPEG

def segments(data):
    """The markers before the scan as (marker, content), and the rest from SOS on."""
    parts, at = [], 2
    while data[at + 1] != 0xDA:
        length = struct.unpack(">H", data[at + 2:at + 4])[0]
        parts.append((data[at + 1], data[at + 4:at + 2 + length]))
        at += 2 + length
    return parts, data[at:]


def jpeg(parts, scan):
    return b"\xff\xd8" + b"".join(
        bytes([0xFF, m]) + struct.pack(">H", len(c) + 2) + c for m, c in parts) + scan


def adobe(transform):
    return 0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform)


def without(parts, *markers):
    return [p for p in parts if p[0] not in markers]


def numbered(parts, scan, ids):
    """Other numbers for the components."""
    changed = []
    for marker, content in parts:
        if marker == 0xC0:
            content = bytearray(content)
            for i, number in enumerate(ids):
                content[6 + 3 * i] = number
        changed.append((marker, bytes(content)))
    scan = bytearray(scan)
    for i, number in enumerate(ids):
        scan[5 + 2 * i] = number
    return changed, bytes(scan)


def exif(orientation, order="<", kind=3):
    """A TIFF header, and a directory of another tag and the orientation."""
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    value = struct.pack(order + ("H" if kind == 3 else "I"), orientation).ljust(4, b"\0")
    return header + struct.pack(order + "H", 2) + struct.pack(order + "HHII", 0x0100, 4, 1, W) \
        + struct.pack(order + "HHI", 0x0112, kind, 1) + value + struct.pack(order + "I", 0)


profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()  # far from sRGB: seen if it is applied
profile = profile[:24] + bytes(12) + profile[36:]  # without the time

save("gray.jpg", rgb().convert("L"))
save("full.jpg", rgb(), quality=95, subsampling=0)
save("halved.jpg", rgb(33, 19), quality=90, subsampling=1)
save("quartered.jpg", rgb(33, 19), quality=90, subsampling=2)
save("progressive.jpg", rgb(33, 19), progressive=True)
save("one.jpg", rgb(1, 1))
save("profile.jpg", rgb(), icc_profile=profile)
write("damaged-profile.jpg", load("profile.jpg").replace(b"ICC_PROFILE\0\1", b"ICC_PROFILE\0\7"))
save("gray-profile.jpg", rgb().convert("L"), icc_profile=profile)
cmyk = Image.merge("CMYK", [*rgb().split(), rgb().convert("L")])
save("cmyk.jpg", cmyk, quality=95)
parts, scan = segments(load("cmyk.jpg"))
write("cmyk-unmarked.jpg", jpeg(without(parts, 0xEE), scan))
write("ycck.jpg", jpeg([adobe(2)] + without(parts, 0xEE), scan))
write("cmyk-profile.jpg", jpeg(parts + [(0xE2, b"ICC_PROFILE\0\1\1" + profile)], scan))
cmyk.save("halved.tmp", "JPEG", subsampling=2)
parts, scan = segments(load("halved.tmp"))
write("cmyk-halved.jpg", jpeg(parts, scan))
write("cmyk-halved-unmarked.jpg", jpeg(without(parts, 0xEE), scan))
os.remove("halved.tmp")
parts, scan = segments(load("full.jpg"))
bare = without(parts, 0xE0)
write("bare.jpg", jpeg(bare, scan))
write("adobe-rgb.jpg", jpeg([adobe(0)] + bare, scan))
write("adobe-ycc.jpg", jpeg([adobe(1)] + bare, scan))
write("adobe-other.jpg", jpeg([adobe(0xF7)] + bare, scan))
write("jfif-adobe-rgb.jpg", jpeg(parts[:1] + [adobe(0)] + bare, scan))
write("named-rgb.jpg", jpeg(*numbered(bare, scan, b"RGB")))
write("from-zero.jpg", jpeg(*numbered(bare, scan, [0, 1, 2])))
write("exif-bare.jpg", jpeg([(0xE1, b"Exif\0\0" + exif(1))] + bare, scan))
for orientation in range(10):
    tag = exif(orientation, "<" if orientation % 2 else ">")
    write("turned-%d.jpg" % orientation, jpeg([(0xE1, b"Exif\0\0" + tag)] + bare, scan))
write("turned-long.jpg", jpeg([(0xE1, b"Exif\0\0" + exif(6, kind=4))] + bare, scan))
write("turned-cmyk.jpg", jpeg([(0xE1, b"Exif\0\0" + exif(6))] + segments(load("cmyk.jpg"))[0],
                              segments(load("cmyk.jpg"))[1]))
write("turned-cut.jpg", jpeg([(0xE1, b"Exif\0\0" + exif(6)[:20])] + bare, scan))
write("filled.jpg", load("full.jpg").replace(b"\xff\xdb", b"\xff\xff\xff\xdb", 1))
write("trailing.jpg", load("full.jpg") + b"left by a camera" * 9)
write("extraneous.jpg", load("full.jpg")[:-2] + b"\1\2\3" + b"\xff\xd9")


# --- PNG

def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(w, h, bits, colour, row, before=b"", interlaced=False):
    """row(xs, y) gives the packed samples of the pixels xs of row y."""
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    lines = b""
    for x0, y0, dx, dy in passes:
        for y in range(y0, h, dy):
            if range(x0, w, dx):
                lines += b"\0" + row(range(x0, w, dx), y)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, bits, colour, 0, 0, interlaced)) \
        + before + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def packed(bits, sample):
    def row(xs, y):
        text = "".join(format(sample(x, y) % 2 ** bits, "0%db" % bits) for x in xs)
        return bytes(int(text[i:i + 8].ljust(8, "0"), 2) for i in range(0, len(text), 8))
    return row


def samples(bits, *channels):
    return lambda xs, y: b"".join(c(x, y).to_bytes(bits // 8, "big") for x in xs for c in channels)


def wide(a, b, c):
    return lambda x, y: (x * a + y * b + c) % 65536


palette = bytes((i * 83 + 11) % 256 for i in range(3 * 256))
for bits in (1, 2, 4, 8):
    for interlaced in (False, True):
        end = "-interlaced.png" if interlaced else ".png"
        pick = packed(bits, lambda x, y: x * 3 + y * 5)
        write("gray-%d%s" % (bits, end), png(9, 11, bits, 0, pick, interlaced=interlaced))
        write("palette-%d%s" % (bits, end), png(9, 11, bits, 3, pick, chunk(b"PLTE", palette[:3 * 2 ** bits])
              + chunk(b"tRNS", b"\0\x80"), interlaced))
a, b, c, d = wide(9001, 3, 17), wide(11, 13007, 255), wide(5003, 7001, 32768), wide(21001, 5, 0)
high = [lambda x, y, f=f: f(x, y) >> 8 for f in (a, b, c, d)]
write("gray-16.png", png(W, H, 16, 0, samples(16, a)))
write("gray-alpha-16.png", png(W, H, 16, 4, samples(16, a, d)))
for name in ("gray-16.png", "gray-alpha-16.png"):
    scaled[name] = bytes(v for y in range(H) for x in range(W) for v in [high[0](x, y)] * 3)
write("gray-alpha.png", png(W, H, 8, 4, samples(8, high[0], high[3])))
write("rgb.png", png(W, H, 8, 2, samples(8, *high[:3])))
write("rgb-interlaced.png", png(W, H, 8, 2, samples(8, *high[:3]), interlaced=True))
write("rgb-16.png", png(W, H, 16, 2, samples(16, a, b, c)))
write("rgba.png", png(W, H, 8, 6, samples(8, *high)))
write("rgba-16.png", png(W, H, 16, 6, samples(16, a, b, c, d)))
write("gray-8-key.png", png(W, H, 8, 0, samples(8, high[0]), chunk(b"tRNS", struct.pack(">H", high[0](1, 1)))))
write("gray-4-key.png", png(W, H, 4, 0, packed(4, lambda x, y: x), chunk(b"tRNS", struct.pack(">H", 3))))
write("rgb-key.png", png(W, H, 8, 2, samples(8, *high[:3]),
                         chunk(b"tRNS", struct.pack(">HHH", *(f(2, 2) for f in high[:3])))))
write("gamma.png", png(W, H, 8, 2, samples(8, *high[:3]), chunk(b"gAMA", struct.pack(">I", 100000))))
write("gray-gamma.png", png(W, H, 8, 0, samples(8, high[0]), chunk(b"gAMA", struct.pack(">I", 100000))))
write("profile.png", png(W, H, 8, 2, samples(8, *high[:3]), chunk(b"iCCP", b"p\0\0" + zlib.compress(profile))))
write("turned.png", png(W, H, 8, 2, samples(8, *high[:3]), chunk(b"eXIf", exif(6))))
write("suggested.png", png(W, H, 8, 2, samples(8, *high[:3]), chunk(b"PLTE", palette[:30])))
write("one.png", png(1, 1, 8, 0, samples(8, high[2])))


# --- GIF

def gif(frames, screen=(W, H), colours=palette[:48]):
    """Each frame is (left, top, width, height, own colours, index of the transparent one)."""
    data = b"GIF89a" + struct.pack("<HHBBB", *screen, 0xF3 if colours else 0, 5, 0) + colours
    for left, top, width, height, own, clear in frames:
        if clear is not None:
            data += b"!\xf9\4" + struct.pack("<BHB", 1, 10, clear) + b"\0"
        data += b"," + struct.pack("<HHHHB", left, top, width, height, 0x83 if own else 0) + own + b"\4"
        codes = []  # uncompressed: a clear code before each two pixels keeps codes five bits wide
        for i in range(width * height):
            codes += ([16] if i % 8 == 0 else []) + [(i * 3 + left) % 16]
        bits = "".join(format(code, "05b")[::-1] for code in codes + [17])
        block = bytes(int(bits[i:i + 8].ljust(8, "0")[::-1], 2) for i in range(0, len(bits), 8))
        data += b"".join(bytes([len(block[i:i + 255])]) + block[i:i + 255] for i in range(0, len(block), 255)) + b"\0"
    return data + b";"


whole = (0, 0, W, H, b"", None)
own = palette[99:147]
write("plain.gif", gif([whole]))
write("animated.gif", gif([whole, (1, 1, 3, 2, own, 4)]))
write("own-colours.gif", gif([(0, 0, W, H, own, None)]))
write("only-own-colours.gif", gif([(0, 0, W, H, own, None)], colours=b""))
write("part.gif", gif([(2, 1, 4, 3, b"", None)]))
write("part-clear.gif", gif([(2, 1, 4, 3, b"", 6)]))
write("part-own.gif", gif([(2, 1, 4, 3, own, 6), whole]))
write("beyond.gif", gif([(2, 3, W, H, b"", None)]))
save("interlaced.gif", rgb(16, 16).convert("P"), interlace=1)


# --- BMP

def bmp(w, h, bits, rows, colours=b"", compression=0, masks=b"", size=40):
    start = 14 + size + len(colours) + len(masks)
    header = struct.pack("<IiiHHIIiiII", size, w, h, 1, bits, compression, len(rows), 0, 0, len(colours) // 4, 0)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + masks + colours + rows


def lines(content):
    return b"".join(line.ljust(-(-len(line) // 4) * 4, b"\0") for line in content)


save("rgb.bmp", rgb())
save("palette.bmp", rgb().convert("P"))
save("gray.bmp", rgb().convert("L"))
save("bits.bmp", rgb().convert("1"))
save("rgba.bmp", rgb().convert("RGBA"))
quads = b"".join(palette[3 * i:3 * i + 3] + b"\0" for i in range(16))
four = lines(packed(4, lambda x, y: x + 3 * y)(range(W), y) for y in range(H))
write("palette-4.bmp", bmp(W, H, 4, four, quads))
two = lines(b"".join(struct.pack("<H", a(x, y)) for x in range(W)) for y in range(H))
write("555.bmp", bmp(W, H, 16, two))
write("565.bmp", bmp(W, H, 16, two, compression=3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)))
write("32.bmp", bmp(W, H, 32, b"".join(struct.pack("<HH", a(x, y), b(x, y)) for y in range(H) for x in range(W))))
write("top-down.bmp", bmp(W, -H, 4, four, quads))
write("rle.bmp", bmp(W, H, 8, (b"\4\2\3\5\0\0" * H) + b"\0\1", quads, compression=1))

# --- TIFF

def tiff(order, tags, strips, more=b""):
    """Strips, then what is longer than four bytes, then the directory; a tag is (number, type, values)."""
    sizes = {1: "B", 2: "B", 3: "H", 4: "I"}
    at, offsets = 8, []
    for strip in strips:
        offsets.append(at)
        at += len(strip)
    tags = sorted(tags + [(273, 4, offsets), (279, 4, [len(strip) for strip in strips])])
    long, entries = b"", b""
    for number, kind, values in tags:
        data = struct.pack(order + str(len(values)) + sizes[kind], *values)
        if len(data) > 4:
            place, long = at + len(long), long + data + b"\0" * (len(data) % 2)
            data = struct.pack(order + "I", place)
        entries += struct.pack(order + "HHI", number, kind, len(values)) + data.ljust(4, b"\0")
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", at + len(long))
    return header + b"".join(strips) + long + struct.pack(order + "H", len(tags)) + entries + b"\0\0\0\0"


def plain(order, bits, colours, strips, *more, rows=H):
    return tiff(order, [(256, 3, [W]), (257, 3, [H]), (258, 3, bits), (259, 3, [1]), (262, 3, [colours]),
                        (277, 3, [len(bits)]), (278, 3, [rows]), *more], strips)


def values(order, *channels, rows=range(H)):
    return b"".join(struct.pack(order + "H", c(x, y)) for y in rows for x in range(W) for c in channels)


for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
    save("rgb-%s.tif" % compression, rgb(33, 19), compression=compression)
    save("gray-%s.tif" % compression, rgb(33, 19).convert("L"), compression=compression)
save("bits-group4.tif", rgb(33, 19).convert("1"), compression="group4")
save("bits.tif", rgb(33, 19).convert("1"))
save("palette.tif", rgb(33, 19).convert("P"))
save("rgba.tif", rgb().convert("RGBA"))
save("gray-alpha.tif", rgb().convert("LA"))
save("cmyk.tif", cmyk)
save("cmyk-lzw.tif", cmyk, compression="tiff_lzw")
save("pages.tif", rgb(), save_all=True, append_images=[rgb(3, 3)])
save("profile.tif", rgb(), icc_profile=profile)
for order, end in (("<", "little"), (">", "big")):
    write("rgb-16-%s.tif" % end, plain(order, [16] * 3, 2, [values(order, a, b, c)]))
    write("gray-16-%s.tif" % end, plain(order, [16], 1, [values(order, a)]))
    scaled["gray-16-%s.tif" % end] = scaled["gray-16.png"]
    for orientation in (3, 6):
        write("turned-%d-%s.tif" % (orientation, end),
              plain(order, [8] * 3, 2, [rgb().tobytes()], (274, 3, [orientation])))
write("strips.tif", plain("<", [8] * 3, 2, [rgb().tobytes()[i:i + 6 * W] for i in range(0, 3 * W * H, 6 * W)], rows=2))
write("planes.tif", plain("<", [8] * 3, 2, [band.tobytes() for band in rgb().split()], (284, 3, [2])))
write("white-is-zero.tif", plain("<", [8], 0, [rgb().convert("L").tobytes()]))
write("four-bits.tif", plain("<", [4], 1, [b"".join(packed(4, lambda x, y: x + 3 * y)(range(W), y) for y in range(H))]))
write("palette-4.tif", plain("<", [4], 3, [b"".join(packed(4, lambda x, y: x + 3 * y)(range(W), y) for y in range(H))],
                             (320, 3, [v * 257 - v % 7 for i in range(3) for v in palette[i:48:3]])))

# --- WebP

save("lossless.webp", rgb(33, 19), lossless=True)
save("lossy.webp", rgb(33, 19), quality=80)
save("lossy-one.webp", rgb(1, 1))
save("lossless-clear.webp", Image.merge("RGBA", [*rgb(33, 19).split(), rgb(33, 19).convert("L")]), lossless=True,
     exact=True)
save("lossy-clear.webp", Image.merge("RGBA", [*rgb(33, 19).split(), rgb(33, 19).convert("L")]), quality=60)
save("profile.webp", rgb(), icc_profile=profile, lossless=True)
save("turned.webp", rgb(), exif=b"Exif\0\0" + exif(6), lossless=True)
save("animated.webp", rgb(33, 19), save_all=True, append_images=[rgb(33, 19).rotate(180)], duration=50, lossless=True)
save("animated-lossy.webp", rgb(33, 19), save_all=True, append_images=[rgb(33, 19).rotate(180)], duration=50)

with open(target, "w") as out:
    for name in names:
        image = Image.open(name)
        if not name.endswith(".tif"):  # which Pillow 9.4 turns when it loads them, and would turn again here
            image = ImageOps.exif_transpose(image)
        image = image.convert("RGB")
        pixels = scaled.get(name, image.tobytes())
        print(name, base64.b64encode(load(name)).decode(), image.height, image.width, base64.b64encode(pixels).decode(),
              file=out)
