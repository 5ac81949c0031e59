package dev.merapi.speech.model;

import dev.merapi.data.Collate;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Recordings of different lengths with their texts, filled up to the longest.
 *
 * @param x features (B, F, T), 0 behind the end
 * @param lengths frames of each (B), int64
 * @param y symbols (B, S), int64, 0 behind the end
 * @param textLengths symbols of each (B), int64
 * @param texts what is said
 */
public record SpeechBatch(Tensor x, Tensor lengths, Tensor y, Tensor textLengths, List<String> texts) {
    /**
     * One recording.
     *
     * @param x features (F, T)
     * @param ids symbols; none where the text is not known
     */
    public record Sample(Tensor x, long[] ids, String text) {}

    /** Number of recordings. */
    public int size() { return (int) x.size(0); }

    /** Joins samples. */
    public static SpeechBatch of(List<Sample> samples) {
        long frames = samples.stream().mapToLong(s -> s.x().size(1)).max().orElseThrow();
        int symbols = Math.max(1, samples.stream().mapToInt(s -> s.ids().length).max().orElseThrow());
        var padded = new ArrayList<Tensor>();
        var ids = new long[samples.size() * symbols];
        for (int i = 0; i < samples.size(); i++) {
            var sample = samples.get(i);
            padded.add(sample.x().pad(0, 0, frames - sample.x().size(1)));
            System.arraycopy(sample.ids(), 0, ids, i * symbols, sample.ids().length);
        }
        return new SpeechBatch(Tensor.stack(padded, 0),
                Tensor.of(samples.stream().mapToLong(s -> s.x().size(1)).toArray()),
                Tensor.of(ids, samples.size(), symbols),
                Tensor.of(samples.stream().mapToLong(s -> s.ids().length).toArray()),
                samples.stream().map(Sample::text).toList());
    }

    /** For a loader. */
    public static Collate<Sample, SpeechBatch> collate() { return SpeechBatch::of; }

    /** 1 within each recording and 0 behind it, (B, 1, frames), float32. */
    static Tensor within(Tensor lengths, long frames) {
        return lengths.newArange(frames).unsqueeze(0).lt(lengths.unsqueeze(1)).unsqueeze(1).to(DType.FLOAT32);
    }
}
