package dev.merapi.vision.video;

import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.global.avutil;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

/** FFmpeg's libraries, which a program brings as {@code org.bytedeco:ffmpeg}. */
final class Ffmpeg {
    private Ffmpeg() {}

    /** @throws IllegalStateException if they are not there */
    static void expectThere() {
        try {
            av_log_set_level(AV_LOG_QUIET); // errors come as exceptions
        } catch (LinkageError e) {
            throw new IllegalStateException("Video: expected FFmpeg's libraries on the class path. Received none. Add"
                    + " org.bytedeco:ffmpeg-platform, or org.bytedeco:ffmpeg with your platform as classifier.", e);
        }
    }

    /** What a negative result of a call means. */
    static String reason(int code) {
        var text = new byte[avutil.AV_ERROR_MAX_STRING_SIZE];
        av_strerror(code, text, text.length);
        int end = 0;
        while (end < text.length && text[end] != 0) end++;
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }
}
