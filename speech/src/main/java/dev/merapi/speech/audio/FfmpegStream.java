package dev.merapi.speech.audio;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * The samples of a file that FFmpeg reads: FLAC, MP3, Ogg, Opus, AAC, the sound of a video. Where rate or channels
 * change on the way, as between Ogg files that were put one behind the other, what follows is brought to the first
 * rate, and other channels are mixed, the mean to each of the first's. FFmpeg itself refuses Opus with such a change of
 * channels.
 */
final class FfmpegStream implements AudioStream {
    private final FfmpegDecoder decoder;
    private FfmpegDecoder.Part held; // decoded, not yet read; null before the first and behind the last
    private int taken; // samples of it
    private AudioStream link; // of one rate and number of channels, as the first is; null until it is known

    private FfmpegStream(FfmpegDecoder decoder) { this.decoder = decoder; }

    static FfmpegStream open(Path file) { return new FfmpegStream(FfmpegDecoder.open(file)); }

    @Override public int rate() { return decoder.rate(); }

    @Override public int channels() { return decoder.channels(); }

    @Override public Audio read(int length) {
        decoder.expectOpen();
        var out = new float[channels()][length];
        int filled = 0;
        while (filled < length && (link != null || advance())) {
            if (link == null) link = asFirst(new Link(held));
            var some = link.read(length - filled);
            for (int c = 0; c < out.length; c++) System.arraycopy(some.channel(c), 0, out[c], filled, some.length());
            filled += some.length();
            if (filled < length) link = null; // it has ended
        }
        for (int c = 0; c < out.length && filled < length; c++) out[c] = Arrays.copyOf(out[c], filled);
        return Audio.of(out, rate());
    }

    /** Whether there are samples to be taken, decoding if need be. */
    private boolean advance() {
        if (held != null && taken < held.length()) return true;
        held = decoder.next();
        taken = 0;
        return held != null;
    }

    private AudioStream asFirst(AudioStream other) {
        return (other.channels() == channels() ? other : new Spread(other.mono(), channels())).resample(rate());
    }

    /** The file's sound up to where rate or channels change. */
    private final class Link implements AudioStream {
        private final FfmpegDecoder.Part like;

        Link(FfmpegDecoder.Part like) { this.like = like; }

        @Override public int rate() { return like.rate(); }

        @Override public int channels() { return like.samples().length; }

        @Override public Audio read(int length) {
            var out = new float[channels()][length];
            int filled = 0;
            while (filled < length && advance() && held.isLike(like)) {
                int n = Math.min(length - filled, held.length() - taken);
                for (int c = 0; c < out.length; c++) System.arraycopy(held.samples()[c], taken, out[c], filled, n);
                taken += n;
                filled += n;
            }
            for (int c = 0; c < out.length && filled < length; c++) out[c] = Arrays.copyOf(out[c], filled);
            return Audio.of(out, rate());
        }

        @Override public void close() { }
    }

    /** One channel as several. */
    private record Spread(AudioStream source, int channels) implements AudioStream {
        @Override public int rate() { return source.rate(); }

        @Override public Audio read(int length) {
            var out = new float[channels][];
            Arrays.fill(out, source.read(length).samples());
            return Audio.of(out, rate());
        }

        @Override public void close() { source.close(); }
    }

    @Override public void close() { decoder.close(); }
}
