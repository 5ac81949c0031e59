package dev.merapi.speech.audio;

import dev.merapi.tensor.Expect;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Sound that is read block by block, so that it may be longer than memory. It belongs to one thread at a time.
 *
 * <pre>{@code
 * try (var stream = AudioStream.open(Path.of("lecture.mp3")).mono().resample(16_000)) {
 *     for (var block = stream.read(16_000); block.length() > 0; block = stream.read(16_000)) IO.println(block.peak());
 * }
 * }</pre>
 */
public interface AudioStream extends AutoCloseable {
    /** Samples in a second. */
    int rate();

    /** Number of channels. */
    int channels();

    /**
     * The next samples: as many as asked for, fewer at the end, and none behind it.
     *
     * @throws IllegalArgumentException if the sound is damaged there
     */
    Audio read(int length);

    /** Lets go of the file. */
    @Override void close();

    /**
     * A file: WAV as it is, other formats by FFmpeg.
     *
     * @throws IllegalArgumentException if it is no sound, or a damaged one
     * @throws java.io.UncheckedIOException if it cannot be read
     * @throws IllegalStateException if it is no WAV and FFmpeg's libraries are not on the class path
     */
    static AudioStream open(Path file) {
        return WavStream.isWav(file) ? WavStream.open(file) : FfmpegStream.open(file);
    }

    /**
     * WAV from a pipe, whose header may leave open how long it goes on.
     *
     * @param name for messages
     * @throws IllegalArgumentException if it is no WAV
     */
    static AudioStream ofWav(InputStream in, String name) {
        return WavStream.of(new BufferedInputStream(in), name, -1);
    }

    /** Samples of 16 bits, little-endian, of one channel, as a microphone gives them. */
    static AudioStream ofPcm16(InputStream in, int rate, String name) {
        Expect.atLeast("AudioStream.rate", 1, rate);
        return WavStream.ofPcm16(in, rate, name);
    }

    /** Sound in memory. */
    static AudioStream of(Audio audio) {
        return new AudioStream() {
            private int at;

            @Override public int rate() { return audio.rate(); }
            @Override public int channels() { return audio.channels(); }
            @Override public void close() { }

            @Override public Audio read(int length) {
                int end = (int) Math.min(audio.length(), (long) at + length);
                var part = new float[channels()][end - at];
                for (int c = 0; c < part.length; c++) System.arraycopy(audio.channel(c), at, part[c], 0, end - at);
                at = end;
                return Audio.of(part, rate());
            }
        };
    }

    /** The mean of the channels, read from this stream, which it closes. */
    default AudioStream mono() {
        if (channels() == 1) return this;
        var source = this;
        return new AudioStream() {
            @Override public int rate() { return source.rate(); }
            @Override public int channels() { return 1; }
            @Override public Audio read(int length) { return source.read(length).mono(); }
            @Override public void close() { source.close(); }
        };
    }

    /** The same sound at another rate, read from this stream, which it closes; as {@link Audio#resample}. */
    default AudioStream resample(int rate) {
        return rate == rate() ? this : new ResampledStream(this, rate);
    }

    /**
     * All that is left.
     *
     * @throws IllegalArgumentException if it is longer than an array
     */
    default Audio readAll() {
        var blocks = new ArrayList<Audio>();
        long length = 0;
        for (var block = read(1 << 16); block.length() > 0; block = read(1 << 16)) {
            blocks.add(block);
            length += block.length();
            if (length > Integer.MAX_VALUE - 8) {
                throw Expect.error("AudioStream.readAll", "at most 2^31 samples", "more", "read it in blocks");
            }
        }
        return join(blocks, (int) length);
    }

    private Audio join(List<Audio> blocks, int length) {
        var all = new float[channels()][length];
        int at = 0;
        for (var block : blocks) {
            for (int c = 0; c < all.length; c++) System.arraycopy(block.channel(c), 0, all[c], at, block.length());
            at += block.length();
        }
        return Audio.of(all, rate());
    }
}
