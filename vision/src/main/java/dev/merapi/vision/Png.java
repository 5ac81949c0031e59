package dev.merapi.vision;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import javax.imageio.IIOException;

/** What the JDK's reader leaves out of a PNG file: the checksums, and the orientation. */
final class Png {
    private static final int IEND = 0x49454E44;
    private static final int EXIF = 0x65584966;
    private static final int ANCILLARY = 0x20000000; // a lower-case letter first

    private Png() {}

    /**
     * The orientation of EXIF.
     *
     * @throws IIOException if the file is cut off, or a chunk that pixels need has another checksum than it says
     */
    static int checkedOrientation(byte[] bytes) throws IIOException {
        var in = ByteBuffer.wrap(bytes);
        int orientation = Exif.UPRIGHT;
        for (int at = 8, kind = 0; kind != IEND;) {
            long left = bytes.length - at - 12L;
            int length = left < 0 ? -1 : in.getInt(at);
            if (length < 0 || length > left) throw new IIOException("cut off in a chunk at byte " + at);
            kind = in.getInt(at + 4);
            var crc = new CRC32();
            crc.update(bytes, at + 4, length + 4);
            boolean sound = (int) crc.getValue() == in.getInt(at + 8 + length);
            if (!sound && (kind & ANCILLARY) == 0) throw new IIOException("wrong checksum of the chunk at byte " + at);
            if (sound && kind == EXIF) orientation = Exif.orientation(bytes, at + 8, length);
            at += 12 + length;
        }
        return orientation;
    }
}
