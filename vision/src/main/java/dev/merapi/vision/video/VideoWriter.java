package dev.merapi.vision.video;

import dev.merapi.io.FileErrors;
import dev.merapi.tensor.Expect;
import dev.merapi.vision.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG4;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_GLOBALHEADER;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_d2q;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_inv_q;

/**
 * Writes a video from pictures: H.264 by OpenH264 where FFmpeg has it, else MPEG-4. The file appears by {@link
 * #finish}; closed without it, nothing is left behind.
 *
 * <pre>{@code
 * try (var out = VideoWriter.create(Path.of("out.mp4"), 640, 480, 25)) {
 *     for (Image image : images) out.write(image);
 *     out.finish();
 * }
 * }</pre>
 */
public final class VideoWriter implements AutoCloseable {
    private static final List<String> EXTENSIONS = List.of(".mp4", ".mov", ".mkv", ".avi");
    private static final double BITS_PER_PIXEL = 0.2; // enough that faces and frames of boxes stay sharp
    private static final int LEAST_BITS = 500_000; // in a second

    private final Path file;
    private final Path beside;
    private final int width;
    private final int height;
    private final AVFormatContext container = new AVFormatContext(null);
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private final Pixels pixels = new Pixels();
    private AVCodecContext encoder;
    private AVStream stream;
    private long count;
    private boolean finished;
    private boolean closed;

    private VideoWriter(Path file, int width, int height) {
        this.file = file;
        this.width = width;
        this.height = height;
        beside = file.resolveSibling(file.getFileName() + ".part");
    }

    /**
     * Begins a file.
     *
     * @param file whose name ends in .mp4, .mov, .mkv or .avi
     * @param width in pixels; an odd one grows by one, as codings want it
     * @param framesPerSecond how many pictures are shown in a second, above 0
     * @throws IllegalArgumentException for another name, or a size or rate that is not positive
     * @throws java.io.UncheckedIOException if it cannot be written
     * @throws IllegalStateException if FFmpeg's libraries are not on the class path
     */
    public static VideoWriter create(Path file, int width, int height, double framesPerSecond) {
        Expect.that(EXTENSIONS.stream().anyMatch(file.toString().toLowerCase()::endsWith), "VideoWriter.create",
                "a name that ends in one of " + EXTENSIONS, file);
        Expect.atLeast("VideoWriter.create: width", 1, width);
        Expect.atLeast("VideoWriter.create: height", 1, height);
        Expect.positive("VideoWriter.create: framesPerSecond", framesPerSecond);
        Ffmpeg.expectThere();
        var writer = new VideoWriter(file, width, height);
        try {
            writer.begin(framesPerSecond);
            return writer;
        } catch (RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    private void begin(double framesPerSecond) {
        expect(avformat_alloc_output_context2(container, null, null, file.toString()));
        AVCodec codec = avcodec_find_encoder_by_name("libopenh264");
        if (codec == null || codec.isNull()) codec = avcodec_find_encoder(AV_CODEC_ID_MPEG4);
        stream = avformat_new_stream(container, codec);
        encoder = avcodec_alloc_context3(codec);
        encoder.width(width + width % 2).height(height + height % 2).pix_fmt(AV_PIX_FMT_YUV420P);
        var rate = av_d2q(framesPerSecond, 100_000);
        encoder.framerate(rate).time_base(av_inv_q(rate));
        encoder.gop_size(Math.clamp(Math.round(2 * framesPerSecond), 1, 250));
        encoder.bit_rate(Math.max(LEAST_BITS, Math.round(BITS_PER_PIXEL * width * height * framesPerSecond)));
        if ((container.oformat().flags() & AVFMT_GLOBALHEADER) != 0) {
            encoder.flags(encoder.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
        }
        expect(avcodec_open2(encoder, codec, (AVDictionary) null));
        expect(avcodec_parameters_from_context(stream.codecpar(), encoder));
        stream.time_base(encoder.time_base()).avg_frame_rate(rate);
        frame.format(AV_PIX_FMT_YUV420P).width(encoder.width()).height(encoder.height());
        expect(av_frame_get_buffer(frame, 0));
        var out = new AVIOContext(null);
        expect(avio_open(out, beside.toString(), AVIO_FLAG_WRITE));
        container.pb(out);
        expect(avformat_write_header(container, (AVDictionary) null));
    }

    /**
     * Adds a picture of the video's size.
     *
     * @throws IllegalArgumentException for one of another size
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public void write(Image image) {
        expectOpen();
        Expect.that(image.width() == width && image.height() == height, "VideoWriter.write", "pictures of " + width
                + "x" + height + " pixels", image.width() + "x" + image.height());
        expect(av_frame_make_writable(frame));
        pixels.write(image.toRgb(), frame);
        frame.pts(count++);
        expect(avcodec_send_frame(encoder, frame));
        drain();
    }

    private void drain() {
        while (avcodec_receive_packet(encoder, packet) == 0) {
            packet.stream_index(stream.index()).duration(1);
            av_packet_rescale_ts(packet, encoder.time_base(), stream.time_base());
            expect(av_interleaved_write_frame(container, packet));
        }
    }

    /**
     * Writes the file's end and puts it in its place.
     *
     * @throws IllegalStateException if no picture was written
     * @throws java.io.UncheckedIOException if it cannot be written
     */
    public void finish() {
        expectOpen();
        if (count == 0) throw new IllegalStateException(file + ": expected a picture at least. Received none.");
        expect(avcodec_send_frame(encoder, null));
        drain();
        expect(av_write_trailer(container));
        expect(avio_closep(container.pb()));
        container.pb(null);
        finished = true;
        try {
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw FileErrors.writing(file, e);
        }
    }

    private void expectOpen() {
        if (closed || finished) throw new IllegalStateException(file + ": this video is finished.");
    }

    private void expect(int code) {
        if (code < 0) throw FileErrors.writing(file, new IOException(Ffmpeg.reason(code)));
    }

    /** Frees what the encoder holds; without {@link #finish}, also what was written. */
    @Override public void close() {
        if (closed) return;
        closed = true;
        pixels.close();
        av_frame_free(frame);
        av_packet_free(packet);
        if (encoder != null) avcodec_free_context(encoder);
        if (!container.isNull()) {
            if (container.pb() != null && !container.pb().isNull()) avio_closep(container.pb());
            avformat_free_context(container);
        }
        try {
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            throw FileErrors.writing(beside, e);
        }
    }
}
