package dev.merapi.speech.audio;

import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_ERROR_MAX_STRING_SIZE;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_DBL;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S32;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_U8;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_get_bytes_per_sample;
import static org.bytedeco.ffmpeg.global.avutil.av_get_packed_sample_fmt;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_sample_fmt_is_planar;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

/**
 * Decodes the sound of a file by FFmpeg, whose libraries are a dependency of their own: {@code org.bytedeco:ffmpeg}
 * with the platform as classifier.
 */
final class FfmpegDecoder implements AutoCloseable {
    /** What is decoded at once: samples of each channel. */
    record Part(float[][] samples, int rate) {
        int length() { return samples[0].length; }

        boolean isLike(Part other) { return rate == other.rate && samples.length == other.samples.length; }
    }

    private final Path file;
    private final AVFormatContext container;
    private final int index; // of the stream with the sound
    private final AVCodecContext decoder;
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private final int rate;
    private final int channels;
    private boolean closed;

    private FfmpegDecoder(Path file, AVFormatContext container, int index, AVCodecContext decoder) {
        this.file = file;
        this.container = container;
        this.index = index;
        this.decoder = decoder;
        rate = decoder.sample_rate(); // of the decoder it may change
        channels = decoder.ch_layout().nb_channels();
    }

    static FfmpegDecoder open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw FileErrors.reading(file, Files.exists(file) ? new IOException("expected a file, received a folder")
                    : new NoSuchFileException(file.toString()));
        }
        expectLibraries(file);
        var container = new AVFormatContext(null);
        expect(file, avformat_open_input(container, file.toString(), null, null));
        AVCodecContext decoder = null;
        try {
            expect(file, avformat_find_stream_info(container, (PointerPointer<?>) null));
            int best = av_find_best_stream(container, AVMEDIA_TYPE_AUDIO, -1, -1, (AVCodec) null, 0);
            if (best < 0) throw notSound(file, "one without sound");
            var parameters = container.streams(best).codecpar();
            var codec = avcodec_find_decoder(parameters.codec_id());
            if (codec == null) throw notSound(file, "one in a coding that FFmpeg does not read");
            decoder = avcodec_alloc_context3(codec);
            expect(file, avcodec_parameters_to_context(decoder, parameters));
            decoder.thread_count(1); // a loader's workers read several files
            expect(file, avcodec_open2(decoder, codec, (AVDictionary) null));
            if (decoder.sample_rate() < 1 || decoder.ch_layout().nb_channels() < 1) {
                throw notSound(file, "one of " + decoder.sample_rate() + " Hz and "
                        + decoder.ch_layout().nb_channels() + " channels");
            }
            return new FfmpegDecoder(file, container, best, decoder);
        } catch (RuntimeException e) {
            if (decoder != null) avcodec_free_context(decoder);
            avformat_close_input(container);
            throw e;
        }
    }

    private static void expectLibraries(Path file) {
        try {
            av_log_set_level(AV_LOG_QUIET); // errors come as exceptions
        } catch (LinkageError e) {
            throw new IllegalStateException(file + ": expected a WAV file, or FFmpeg's libraries on the class path for"
                    + " other formats. Received neither. Add org.bytedeco:ffmpeg-platform, or org.bytedeco:ffmpeg with"
                    + " your platform as classifier.", e);
        }
    }

    private static void expect(Path file, int code) {
        if (code < 0) throw notSound(file, "another or a damaged one (" + reason(code) + ")");
    }

    private static IllegalArgumentException notSound(Path file, String received) {
        return new IllegalArgumentException(file + ": expected a sound file. Received " + received + ".");
    }

    private static String reason(int code) {
        var text = new byte[AV_ERROR_MAX_STRING_SIZE];
        av_strerror(code, text, text.length);
        int end = 0;
        while (end < text.length && text[end] != 0) end++;
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }

    /** Samples in a second at the beginning. */
    int rate() { return rate; }

    /** Channels at the beginning. */
    int channels() { return channels; }

    void expectOpen() {
        if (closed) throw new IllegalStateException(file + ": this stream is closed.");
    }

    /** The next part, of one sample at least; null at the end. */
    Part next() {
        while (true) {
            int code = avcodec_receive_frame(decoder, frame);
            if (code == AVERROR_EAGAIN()) {
                feed();
            } else if (code == AVERROR_EOF()) {
                return null;
            } else if (code < 0) {
                throw damaged(reason(code));
            } else if (frame.nb_samples() > 0) {
                return part();
            }
        }
    }

    /** Gives the decoder a packet of the sound or, behind the last one, says so. */
    private void feed() {
        int code;
        do {
            av_packet_unref(packet);
            code = av_read_frame(container, packet);
        } while (code == 0 && packet.stream_index() != index);
        boolean end = code == AVERROR_EOF();
        if (!end && code < 0) throw damaged(reason(code));
        code = avcodec_send_packet(decoder, end ? null : packet);
        if (code < 0 && code != AVERROR_EOF()) throw damaged(reason(code));
    }

    private Part part() {
        int channels = frame.ch_layout().nb_channels(), length = frame.nb_samples(), rate = frame.sample_rate();
        if (channels < 1 || rate < 1) throw damaged("a part of " + rate + " Hz and " + channels + " channels");
        boolean planar = av_sample_fmt_is_planar(frame.format()) == 1;
        int format = av_get_packed_sample_fmt(frame.format());
        int bytes = av_get_bytes_per_sample(format);
        var out = new float[channels][length];
        for (int plane = 0; plane < (planar ? channels : 1); plane++) {
            int here = planar ? 1 : channels;
            var from = bytes(plane, length * here * bytes);
            for (int t = 0; t < length; t++) {
                for (int c = 0; c < here; c++) out[plane + c][t] = next(from, format);
            }
        }
        return new Part(out, rate);
    }

    private ByteBuffer bytes(int plane, int size) {
        return new BytePointer(frame.extended_data().get(plane)).capacity(size).asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    private float next(ByteBuffer from, int format) {
        if (format == AV_SAMPLE_FMT_FLT) return from.getFloat();
        if (format == AV_SAMPLE_FMT_S16) return from.getShort() / 32768f;
        if (format == AV_SAMPLE_FMT_S32) return (float) (from.getInt() / 2147483648.0);
        if (format == AV_SAMPLE_FMT_U8) return ((from.get() & 0xFF) - 128) / 128f;
        if (format == AV_SAMPLE_FMT_DBL) return (float) from.getDouble();
        throw damaged("samples are of FFmpeg's format " + format);
    }

    private IllegalArgumentException damaged(String reason) {
        return new IllegalArgumentException(file + ": expected a whole sound file. Received one that is damaged ("
                + reason + ").");
    }

    @Override public void close() {
        if (closed) return;
        closed = true;
        av_frame_free(frame);
        av_packet_free(packet);
        avcodec_free_context(decoder);
        avformat_close_input(container);
    }
}
