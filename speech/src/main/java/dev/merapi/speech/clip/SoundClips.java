package dev.merapi.speech.clip;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.augment.AddNoise;
import dev.merapi.speech.augment.AudioTransform;
import dev.merapi.speech.augment.SpeedChange;
import dev.merapi.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * The clips of a folder as tensors, read from their files when they are asked for.
 *
 * @param folder the files
 * @param processor makes input of them
 * @param change of each clip, at random; null for none
 */
public record SoundClips(SoundFolder folder, SoundProcessor processor, AudioTransform change)
        implements Dataset<Batch> {
    private static final double SHIFT = 0.1; // seconds, as Speech Commands' own baseline

    /** White noise, in seven clips of ten. */
    public static final AudioTransform NOISE = AddNoise.white(5, 40).sometimes(0.7);

    /** A word that is said faster or slower, earlier or later, and with noise. */
    public static AudioTransform spoken(SoundProcessor processor) {
        return AudioTransform.all((audio, _) -> processor.fit(audio), new SpeedChange(0.85, 1.18),
                (audio, _) -> processor.fit(audio), SoundClips::shift, NOISE);
    }

    /** Any part of a sound that is as long as a clip. */
    public static AudioTransform anywhere(SoundProcessor processor) {
        return (audio, random) -> {
            int room = audio.length() - processor.length();
            if (room <= 0) return processor.fit(audio);
            int from = random.nextInt(room + 1);
            return Audio.of(Arrays.copyOfRange(audio.samples(), from, from + processor.length()), audio.rate());
        };
    }

    private static Audio shift(Audio audio, RandomGenerator random) {
        float[] samples = audio.samples();
        int by = (int) Math.round((2 * random.nextDouble() - 1) * SHIFT * audio.rate());
        var moved = new float[samples.length];
        int count = Math.max(0, samples.length - Math.abs(by));
        System.arraycopy(samples, Math.max(0, -by), moved, Math.max(0, by), count);
        return Audio.of(moved, audio.rate());
    }

    /** Training batches: x (N, bands, frames) and y (N), shuffled; changed where there is a change. */
    public Loader<Batch> train(int batchSize, long seed) {
        return Loader.of(this, batchSize).shuffle(seed).joinSingle();
    }

    /** Test batches, in the files' order. */
    public Loader<Batch> test(int batchSize) { return Loader.of(this, batchSize); }

    @Override public int size() { return folder.files().size(); }

    @Override public Batch get(int index) {
        Tensor x = processor.batch(List.of(processor.fit(read(index))));
        return new Batch(x.select(0, 0), Tensor.of(new long[] {folder.labels().get(index)}).select(0, 0));
    }

    private Audio read(int index) { return processor.read(folder.files().get(index)); }

    @Override public Batch batch(int[] indices, RandomGenerator[] randoms) {
        var clips = IntStream.range(0, indices.length).mapToObj(i -> {
            Audio whole = read(indices[i]);
            return processor.fit(change == null ? whole : change.apply(whole, randoms[i]));
        }).toList();
        return new Batch(processor.batch(clips),
                Tensor.of(Arrays.stream(indices).mapToLong(folder.labels()::get).toArray()));
    }
}
