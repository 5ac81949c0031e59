package dev.merapi.speech.synthesis;

import dev.merapi.data.Collate;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.io.FileErrors;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Recordings of one speaker with their texts, as LJ Speech has them: {@code metadata.csv} with a line
 * {@code name|text} or {@code name|text|text in words} for each {@code wavs/name.wav}.
 *
 * @param clips in the file's order
 */
public record SpokenLines(List<Clip> clips) {
    /** A recording and what is said in it. */
    public record Clip(Path file, String text) {}

    /** Those to learn from, and those to listen to in the end. */
    public record Split(SpokenLines train, SpokenLines test) {}

    public SpokenLines {
        clips = List.copyOf(clips);
    }

    /**
     * Reads {@code metadata.csv}.
     *
     * @throws IllegalArgumentException naming the line that is none, or whose recording is missing
     */
    public static SpokenLines read(Path folder) {
        Path list = folder.resolve("metadata.csv");
        List<String> lines;
        try {
            lines = Files.readAllLines(list);
        } catch (IOException e) {
            throw FileErrors.reading(list, e);
        }
        var clips = new ArrayList<Clip>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) continue;
            String[] parts = lines.get(i).split("\\|");
            Expect.that(parts.length == 2 || parts.length == 3, list + ":" + (i + 1), "name|text", lines.get(i));
            Path file = folder.resolve("wavs").resolve(parts[0] + ".wav");
            Expect.that(Files.exists(file), list + ":" + (i + 1), "a recording " + file, "none");
            clips.add(new Clip(file, parts[parts.length - 1]));
        }
        Expect.that(!clips.isEmpty(), list.toString(), "lines name|text", "none");
        return new SpokenLines(clips);
    }

    /** A part of them to test with, by a hash of their names and the seed; one at least, and not all. */
    public Split split(double testFraction, long seed) {
        var train = new ArrayList<Clip>();
        var test = new ArrayList<Clip>();
        for (var clip : clips) {
            var hash = UUID.nameUUIDFromBytes((seed + " " + clip.file.getFileName()).getBytes(StandardCharsets.UTF_8));
            double share = (hash.getMostSignificantBits() >>> 11) * 0x1p-53;
            (share < testFraction ? test : train).add(clip);
        }
        if (test.isEmpty()) test.add(train.removeLast());
        Expect.that(!train.isEmpty(), "test_fraction", "recordings left to learn from", "none of " + clips.size());
        return new Split(new SpokenLines(train), new SpokenLines(test));
    }

    /** Those whose text can be said, and whose sound has a frame for each symbol. */
    SpokenLines usable(VoiceProcessor processor) {
        var symbols = processor.symbols();
        return new SpokenLines(clips.stream().filter(clip -> {
            boolean known = clip.text.strip().toLowerCase(Locale.ROOT).chars()
                    .allMatch(c -> symbols.letters().indexOf(c) >= 0) && !clip.text.isBlank();
            if (!known) return false;
            int frames = processor.read(clip.file).length() / processor.hop() + 1;
            return frames >= symbols.encode(clip.text).length;
        }).toList());
    }

    /** Training batches, shuffled. */
    Loader<VoiceBatch> train(VoiceProcessor processor, int batchSize, long seed) {
        return Loader.of(samples(processor), batchSize, (Collate<VoiceBatch.Sample, VoiceBatch>) VoiceBatch::of)
                .shuffle(seed);
    }

    /** Test batches, in order. */
    Loader<VoiceBatch> test(VoiceProcessor processor, int batchSize) {
        return Loader.of(samples(processor), batchSize, (Collate<VoiceBatch.Sample, VoiceBatch>) VoiceBatch::of);
    }

    /** Made once, and kept: an hour is some 60 MB. */
    private Dataset<VoiceBatch.Sample> samples(VoiceProcessor processor) {
        var made = new VoiceBatch.Sample[clips.size()];
        return new Dataset<>() {
            @Override public int size() { return made.length; }

            @Override public VoiceBatch.Sample get(int index) {
                if (made[index] == null) made[index] = sample(clips.get(index), processor);
                return made[index];
            }
        };
    }

    static VoiceBatch.Sample sample(Clip clip, VoiceProcessor processor) {
        float[] samples = processor.read(clip.file).samples();
        try (var _ = Scope.open()) {
            Tensor bands = processor.bands(Tensor.of(samples)).transpose(0, 1).contiguous(); // (T, M)
            int frames = (int) bands.size(0);
            return new VoiceBatch.Sample(processor.symbols().encode(clip.text), bands.toFloats(),
                    PitchTracker.track(samples, processor.rate(), processor.hop(), frames));
        }
    }
}
