package dev.merapi.vision.video;

import dev.merapi.vision.Image;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_ITU601;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_ITU709;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCachedContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

/** Between a coder's pictures and ours. */
final class Pixels implements AutoCloseable {
    private static final int ALIGNMENT = 64; // of a row, beyond which FFmpeg may write
    private static final int FLAGS = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT;
    private static final int ONE = 1 << 16; // contrast and saturation, as they are

    private SwsContext context;
    private BytePointer rgb; // of the last size

    /** A coder's picture as RGB. */
    Image read(AVFrame frame) {
        int width = frame.width(), height = frame.height(), row = row(width);
        context = sws_getCachedContext(context, width, height, frame.format(), width, height, AV_PIX_FMT_RGB24, FLAGS,
                null, null, (DoublePointer) null);
        boolean hd = frame.colorspace() == AVCOL_SPC_BT709;
        IntPointer colors = sws_getCoefficients(hd ? SWS_CS_ITU709 : SWS_CS_ITU601);
        int full = frame.color_range() == AVCOL_RANGE_JPEG ? 1 : 0;
        sws_setColorspaceDetails(context, colors, full, colors, 1, 0, ONE, ONE);
        BytePointer buffer = buffer((long) row * height);
        try (var to = planes(buffer); var sizes = new IntPointer(row, 0, 0, 0)) {
            sws_scale(context, frame.data(), frame.linesize(), 0, height, to, sizes);
        }
        var pixels = new byte[3 * width * height];
        for (int y = 0; y < height; y++) buffer.position((long) y * row).get(pixels, 3 * width * y, 3 * width);
        buffer.position(0);
        return new Image(height, width, 3, pixels);
    }

    /** An RGB picture as a coder's, whose size and format it has already; another size is stretched. */
    void write(Image image, AVFrame frame) {
        int width = image.width(), height = image.height(), row = row(width);
        context = sws_getCachedContext(context, width, height, AV_PIX_FMT_RGB24, frame.width(), frame.height(),
                frame.format(), FLAGS, null, null, (DoublePointer) null);
        BytePointer buffer = buffer((long) row * height);
        for (int y = 0; y < height; y++) buffer.position((long) y * row).put(image.pixels(), 3 * width * y, 3 * width);
        buffer.position(0);
        try (var from = planes(buffer); var sizes = new IntPointer(row, 0, 0, 0)) {
            sws_scale(context, from, sizes, 0, height, frame.data(), frame.linesize());
        }
    }

    /** FFmpeg reads four, of which RGB has one. */
    private static PointerPointer<BytePointer> planes(BytePointer first) {
        return new PointerPointer<BytePointer>(4).put(0, first).put(1, null).put(2, null).put(3, null);
    }

    private static int row(int width) { return Math.ceilDiv(3 * width, ALIGNMENT) * ALIGNMENT; }

    private BytePointer buffer(long size) {
        if (rgb == null || rgb.capacity() < size + ALIGNMENT) {
            if (rgb != null) rgb.deallocate();
            rgb = new BytePointer(size + ALIGNMENT);
        }
        return rgb;
    }

    @Override public void close() {
        if (rgb != null) rgb.deallocate();
        if (context != null) sws_freeContext(context);
        rgb = null;
        context = null;
    }
}
