package dev.merapi.vision.video;

import dev.merapi.io.FileErrors;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FLAG_BACKWARD;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_guess_frame_rate;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_seek_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_display_rotation_get;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_q2d;

/**
 * Reads a video of any usual format by FFmpeg, one picture at a time, so that it may be longer than memory.
 *
 * <pre>{@code
 * try (var video = Video.open(Path.of("street.mp4"))) {
 *     video.seek(12.5);
 *     for (VideoFrame frame : video) IO.println(frame.seconds() + " " + frame.image());
 * }
 * }</pre>
 *
 * <p>Pictures are RGB and upright. It belongs to one thread at a time, and has one place: iterators go on from it.
 *
 * <p>FFmpeg's libraries, about 28 MB, are a dependency of their own: {@code org.bytedeco:ffmpeg} with the platform as
 * classifier.
 */
public final class Video implements Iterable<VideoFrame>, AutoCloseable {
    private static final long MAX_PIXELS = 178_956_970; // as for pictures

    private final Path file;
    private final AVFormatContext container;
    private final AVStream stream;
    private final AVCodecContext decoder;
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private final Pixels pixels = new Pixels();
    private final double secondsPerTick;
    private final double begin; // of the first picture, on the container's clock
    private final int quarters; // turns to the right until it is upright
    private long count; // of pictures since the beginning, or -1 after a seek
    private double last; // when the one before was shown
    private final Queue<VideoFrame> waiting = new ArrayDeque<>(); // that were decoded already
    private boolean ended;
    private boolean closed;

    private Video(Path file, AVFormatContext container, AVStream stream, AVCodecContext decoder) {
        this.file = file;
        this.container = container;
        this.stream = stream;
        this.decoder = decoder;
        secondsPerTick = av_q2d(stream.time_base());
        begin = stream.start_time() == AV_NOPTS_VALUE ? 0 : stream.start_time() * secondsPerTick;
        quarters = quarters(stream);
    }

    /**
     * Opens a file.
     *
     * @throws IllegalArgumentException if it is no video, or one of a format that FFmpeg does not read
     * @throws java.io.UncheckedIOException if it cannot be read
     * @throws IllegalStateException if FFmpeg's libraries are not on the class path
     */
    public static Video open(Path file) {
        expectFile(file);
        Ffmpeg.expectThere();
        var container = new AVFormatContext(null);
        expect(file, avformat_open_input(container, file.toString(), null, null));
        AVCodecContext decoder = null;
        try {
            expect(file, avformat_find_stream_info(container, (PointerPointer<?>) null));
            int best = av_find_best_stream(container, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
            if (best < 0) throw notAVideo(file, "none with pictures");
            AVStream stream = container.streams(best);
            var codec = avcodec_find_decoder(stream.codecpar().codec_id());
            if (codec == null) throw notAVideo(file, "one in a coding that FFmpeg does not read");
            expectSize(file, stream.codecpar().width(), stream.codecpar().height());
            decoder = avcodec_alloc_context3(codec);
            expect(file, avcodec_parameters_to_context(decoder, stream.codecpar()));
            decoder.thread_count(1); // a loader's workers read several videos
            expect(file, avcodec_open2(decoder, codec, (AVDictionary) null));
            return new Video(file, container, stream, decoder);
        } catch (RuntimeException e) {
            if (decoder != null) avcodec_free_context(decoder);
            avformat_close_input(container);
            throw e;
        }
    }

    private static void expectFile(Path file) {
        if (Files.isRegularFile(file)) return;
        throw FileErrors.reading(file, Files.exists(file) ? new IOException("expected a file, received a folder")
                : new NoSuchFileException(file.toString()));
    }

    private static void expectSize(Path file, int width, int height) {
        if (width >= 1 && height >= 1 && (long) width * height <= MAX_PIXELS) return;
        throw notAVideo(file, "pictures of " + width + "x" + height + " pixels");
    }

    private static void expect(Path file, int code) {
        if (code < 0) throw notAVideo(file, "another or a damaged one (" + Ffmpeg.reason(code) + ")");
    }

    private static IllegalArgumentException notAVideo(Path file, String received) {
        return new IllegalArgumentException(file + ": expected a video file. Received " + received + ".");
    }

    /** Telephones write how they were held beside the pictures. */
    private static int quarters(AVStream stream) {
        var parameters = stream.codecpar();
        var side = av_packet_side_data_get(parameters.coded_side_data(), parameters.nb_coded_side_data(),
                AV_PKT_DATA_DISPLAYMATRIX);
        if (side == null || side.isNull()) return 0;
        double left = av_display_rotation_get(new IntPointer(side.data())); // degrees, or NaN
        return Double.isNaN(left) ? 0 : Math.floorMod(Math.round(-left / 90), 4);
    }

    /** Width of its pictures, upright, in pixels. */
    public int width() { return quarters % 2 == 0 ? decoder.width() : decoder.height(); }

    /** Height of its pictures, upright, in pixels. */
    public int height() { return quarters % 2 == 0 ? decoder.height() : decoder.width(); }

    /** How many pictures are shown in a second, on average; 0 if the file does not say. */
    public double framesPerSecond() {
        var rate = av_guess_frame_rate(container, stream, null);
        return rate.den() == 0 ? 0 : av_q2d(rate);
    }

    /** How long it takes, in seconds, as the file says; 0 if it does not. */
    public double seconds() {
        if (stream.duration() != AV_NOPTS_VALUE) return stream.duration() * secondsPerTick;
        return container.duration() == AV_NOPTS_VALUE ? 0 : (double) container.duration() / AV_TIME_BASE;
    }

    /**
     * Goes to a time: the next picture is the one that is shown then.
     *
     * @param seconds from the beginning; behind the end, there is no next one
     * @throws IllegalArgumentException if the file is damaged there
     */
    public void seek(double seconds) {
        Expect.atLeast("Video.seek", 0, seconds);
        expectOpen();
        long tick = Math.round((begin + seconds) / secondsPerTick);
        int code = av_seek_frame(container, stream.index(), tick, AVSEEK_FLAG_BACKWARD);
        if (code < 0) code = av_seek_frame(container, stream.index(), 0, AVSEEK_FLAG_BACKWARD);
        if (code < 0) throw damaged("to " + seconds + " s no way was found (" + Ffmpeg.reason(code) + ")");
        avcodec_flush_buffers(decoder);
        count = -1;
        ended = false;
        waiting.clear();
        VideoFrame shown = null;
        for (VideoFrame next = decode(); next != null; next = decode()) {
            if (next.seconds() > seconds + 1e-6) {
                if (shown != null) waiting.add(shown);
                waiting.add(next);
                return;
            }
            shown = next;
        }
        if (shown != null && seconds < shown.seconds() + 1 / Math.max(framesPerSecond(), 1e-3)) waiting.add(shown);
    }

    /** The pictures from here on, one after the other; they throw as {@link #seek}. */
    @Override public Iterator<VideoFrame> iterator() {
        return new Iterator<>() {
            @Override public boolean hasNext() {
                if (waiting.isEmpty()) {
                    VideoFrame next = decode();
                    if (next != null) waiting.add(next);
                }
                return !waiting.isEmpty();
            }

            @Override public VideoFrame next() {
                if (!hasNext()) throw new NoSuchElementException(file + ": no more pictures");
                return waiting.remove();
            }
        };
    }

    /**
     * Reads all pictures, to find out whether they can be.
     *
     * @throws IllegalArgumentException if it is no video, or a damaged or truncated one
     */
    static void expectWhole(Path file) {
        try (var video = open(file)) {
            while (video.advance()) { } // an error says what is wrong
            if (video.count == 0) throw new IllegalArgumentException(file + ": expected pictures. Received none.");
        }
    }

    /** The next picture, or null behind the last one. */
    private VideoFrame decode() { return advance() ? new VideoFrame(turned(pixels.read(frame)), last) : null; }

    /** Whether there is a next picture, which is then in {@link #frame}, as it was coded. */
    private boolean advance() {
        expectOpen();
        if (ended) return false;
        int code = avcodec_receive_frame(decoder, frame);
        while (code == AVERROR_EAGAIN()) {
            feed();
            code = avcodec_receive_frame(decoder, frame);
        }
        if (code == AVERROR_EOF()) {
            ended = true;
            expectAll();
            return false;
        }
        if (code < 0) throw damaged(Ffmpeg.reason(code));
        if (frame.decode_error_flags() != 0) throw damaged("a picture is not whole");
        expectSize(file, frame.width(), frame.height());
        long tick = frame.best_effort_timestamp();
        last = tick == AV_NOPTS_VALUE ? last + 1 / Math.max(framesPerSecond(), 1) : tick * secondsPerTick - begin;
        if (count >= 0) count++;
        return true;
    }

    /** Gives the decoder a packet of this stream or, behind the last one, says so. */
    private void feed() {
        int code;
        do {
            av_packet_unref(packet);
            code = av_read_frame(container, packet);
        } while (code == 0 && packet.stream_index() != stream.index());
        boolean end = code == AVERROR_EOF();
        if (!end && code < 0) throw damaged(Ffmpeg.reason(code));
        if (!end && (packet.flags() & AV_PKT_FLAG_CORRUPT) != 0) throw damaged("a part is cut off");
        code = avcodec_send_packet(decoder, end ? null : packet);
        if (code < 0 && code != AVERROR_EOF()) throw damaged(Ffmpeg.reason(code));
    }

    /** A file that was cut off may end without an error. */
    private void expectAll() {
        if (count < 0) return; // a seek left some out
        long told = stream.nb_frames();
        if (told > count) throw damaged("it ends after " + count + " of " + told + " pictures");
        boolean alone = container.nb_streams() == 1; // sound may be longer than pictures
        if (alone && last + 1 < seconds()) throw damaged("it should last %.2f s".formatted(seconds()));
    }

    private IllegalArgumentException damaged(String reason) {
        return new IllegalArgumentException(("%s: expected a whole video. Received one that is damaged after %.2f s"
                + " (%s).").formatted(file, last, reason));
    }

    private Image turned(Image image) {
        Image turned = image;
        for (int i = 0; i < quarters; i++) turned = turned.rotateRight();
        return turned;
    }

    private void expectOpen() {
        if (closed) throw new IllegalStateException(file + ": this video is closed.");
    }

    /** Frees what the decoder holds. */
    @Override public void close() {
        if (closed) return;
        closed = true;
        pixels.close();
        av_frame_free(frame);
        av_packet_free(packet);
        avcodec_free_context(decoder);
        avformat_close_input(container);
    }
}
