package dev.merapi.speech.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.io.AtomicFiles;
import dev.merapi.io.JsonFile;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.feature.Cmvn;
import dev.merapi.speech.feature.LogMel;
import dev.merapi.speech.feature.MelConfig;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a recogniser hears of a recording, in training as in use: one channel at its rate, logarithms of mel bands each
 * 10 ms, normalised by the training data; and the symbols that it writes.
 *
 * @param rate samples in a second
 * @param mels number of bands
 * @param cmvn of the training data
 * @param alphabet what is written
 */
public record SpeechProcessor(int rate, int mels, Cmvn cmvn, Alphabet alphabet) {
    private static final String FILE = "speech.json";
    private static final double LEAST = -4; // deviations: digital silence is no more than quiet

    /** @throws IllegalArgumentException for normalisation of another number of bands */
    public SpeechProcessor {
        MelConfig.of(rate).mels(mels);
        Expect.that(cmvn.mean().length == mels, "SpeechProcessor.cmvn", mels + " bands", cmvn.mean().length);
    }

    /** One for training data. */
    public static SpeechProcessor of(int rate, int mels, Stream<Audio> training, Alphabet alphabet) {
        var bands = new LogMel(MelConfig.of(rate).mels(mels));
        return new SpeechProcessor(rate, mels, Cmvn.of(training.map(audio -> bands(bands, audio))), alphabet);
    }

    /** What the model hears, (mels, frames). */
    public Tensor of(Audio audio) { return normalised(bands(bands(), audio)); }

    /** Its mel bands. */
    LogMel bands() { return new LogMel(MelConfig.of(rate).mels(mels)); }

    /** What the model hears of such bands. */
    Tensor normalised(Tensor bands) { return cmvn.forward(bands).clamp(LEAST, null); }

    private static Tensor bands(LogMel bands, Audio audio) {
        var config = bands.config();
        float[] samples = audio.mono().resample(config.rate()).samples();
        if (samples.length <= config.fft() / 2) samples = Arrays.copyOf(samples, config.fft()); // a click
        return bands.forward(Tensor.of(samples));
    }

    /** Frames of so many seconds. */
    public int frames(double seconds) {
        return bands().frames((int) Math.round(seconds * rate));
    }

    /** How long a frame takes. */
    public double secondsPerFrame() { return (double) MelConfig.of(rate).hop() / rate; }

    /** Whether a folder holds one. */
    static boolean isIn(Path folder) { return Files.exists(folder.resolve(FILE)); }

    /** Writes it into the folder of a run. */
    public void save(Path folder) {
        var json = new LinkedHashMap<String, Object>();
        json.put("rate", rate);
        json.put("mels", mels);
        json.put("mean", cmvn.mean());
        json.put("deviation", cmvn.deviation());
        json.put("symbols", alphabet.symbols());
        try {
            AtomicFiles.write(folder.resolve(FILE), new ObjectMapper().writeValueAsString(json) + "\n");
        } catch (JsonProcessingException e) {
            throw new AssertionError("of numbers and texts", e);
        }
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws IllegalArgumentException if the file is damaged
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    public static SpeechProcessor load(Path folder) {
        Path file = folder.resolve(FILE);
        var json = JsonFile.object(file);
        var symbols = new ArrayList<String>();
        json.path("symbols").forEach(symbol -> symbols.add(symbol.asText()));
        var numbers = List.of(json.path("mean"), json.path("deviation")).stream().map(node -> {
            var values = new float[node.size()];
            for (int i = 0; i < values.length; i++) values[i] = (float) node.get(i).asDouble();
            return values;
        }).toList();
        Expect.that(!symbols.isEmpty(), file.toString(), "rate, mels, mean, deviation and symbols", json.fieldNames()
                .hasNext() ? "others" : "none");
        return new SpeechProcessor(json.path("rate").asInt(), json.path("mels").asInt(),
                new Cmvn(numbers.get(0), numbers.get(1)), new Alphabet(symbols));
    }
}
