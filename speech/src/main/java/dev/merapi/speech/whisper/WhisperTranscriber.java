package dev.merapi.speech.whisper;

import dev.merapi.nn.Layer;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.AudioStream;
import dev.merapi.speech.transcript.SpokenText;
import dev.merapi.speech.transcript.TimedText;
import dev.merapi.speech.transcript.Transcriber;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes down speech by a {@link Whisper}, window by window, so that a sound may be hours long in flat memory.
 *
 * <pre>{@code
 * try (var whisper = WhisperTranscriber.open(Path.of("whisper-tiny"))) {
 *     var said = whisper.options(WhisperOptions.DEFAULT.language("en").beams(5))
 *             .predict(Audio.read(Path.of("talk.mp3")));
 *     said.segments().forEach(IO::println);                 // [0.00 → 2.40] …
 * }
 * }</pre>
 */
public final class WhisperTranscriber implements Transcriber {
    private final Whisper model;
    private final Tokenizer tokenizer;
    private final WhisperFeatures features;
    private final WhisperTokens tokens;
    private final WhisperOptions options;

    private WhisperTranscriber(Whisper model, Tokenizer tokenizer, WhisperFeatures features, WhisperTokens tokens,
            WhisperOptions options) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.features = features;
        this.tokens = tokens;
        this.options = options;
    }

    /** {@link #open(Path, Device)} on the CPU. */
    public static WhisperTranscriber open(Path folder) { return open(folder, Device.CPU); }

    /**
     * Opens a folder as Hugging Face has it: {@code config.json}, the weights, a tokenizer, and, where they are,
     * {@code generation_config.json} and {@code preprocessor_config.json}. Throws as {@link Whisper#load} and
     * {@link Tokenizer#open}.
     */
    public static WhisperTranscriber open(Path folder, Device device) {
        var tokenizer = Tokenizer.open(folder);
        Whisper model = null;
        try {
            var config = WhisperConfig.read(folder);
            var features = WhisperFeatures.read(folder, config.numMelBins());
            Expect.that(features.featureSize() == config.numMelBins() && features.frames() == config.frames(),
                    folder + ": preprocessor_config.json", config.numMelBins() + " bands and " + config.frames()
                    + " frames in a window, as in config.json", features.featureSize() + " and " + features.frames());
            var tokens = WhisperTokens.read(folder, config, tokenizer);
            model = Whisper.load(folder);
            model.to(device);
            model.eval();
            return new WhisperTranscriber(model, tokenizer, features, tokens, WhisperOptions.DEFAULT);
        } catch (RuntimeException e) {
            tokenizer.close();
            if (model != null) model.close();
            throw e;
        }
    }

    /**
     * The same model, writing otherwise; it is closed with this one.
     *
     * @throws IllegalArgumentException for a language that the model does not know, or one that it was not asked for
     */
    public WhisperTranscriber options(WhisperOptions other) {
        boolean known = other.language().isEmpty() || tokens.languages().containsKey(other.language());
        Expect.that(known, "WhisperOptions.language", tokens.languages().isEmpty() ? "none: the model knows English"
                + " alone" : "one of " + String.join(", ", tokens.languages().keySet()), other.language());
        Expect.that(!other.translate() || tokens.translate() >= 0, "WhisperOptions.translate",
                "a model of several languages", "one of English alone");
        return new WhisperTranscriber(model, tokenizer, features, tokens, other);
    }

    /** The model itself. */
    public Whisper model() { return model; }

    /** Codes of the languages that it knows; empty for a model of English alone. */
    public List<String> languages() { return List.copyOf(tokens.languages().keySet()); }

    @Override public Optional<Layer> network() { return Optional.of(model); }

    @Override public int rate() { return features.samplingRate(); }

    @Override public SpokenText transcribe(AudioStream sound) {
        Expect.that(sound.rate() == rate() && sound.channels() == 1, "WhisperTranscriber", "one channel of " + rate()
                + " Hz", sound.channels() + " of " + sound.rate() + " Hz; use mono() and resample(" + rate() + ")");
        var segments = new ArrayList<TimedText>();
        String language = tokens.languages().isEmpty() ? "en" : options.language();
        float[] held = {};
        long done = 0; // samples before those that are held
        while (true) {
            held = joined(held, sound.read(features.samples() - held.length));
            int frames = held.length / features.hopLength();
            if (frames == 0) break;
            try (var _ = Scope.open(); var window = hear(held)) {
                if (language.isEmpty()) language = language(window);
                var text = WindowText.of(write(window, language), (double) done / rate(), frames, tokens, features,
                        model.config(), tokenizer);
                segments.addAll(text.segments());
                int samples = Math.min(held.length, text.advance() * features.hopLength());
                done += samples;
                held = Arrays.copyOfRange(held, samples, held.length);
            }
        }
        return new SpokenText(language, segments);
    }

    private static float[] joined(float[] held, Audio more) {
        float[] all = Arrays.copyOf(held, held.length + more.length());
        System.arraycopy(more.samples(), 0, all, held.length, more.length());
        return all;
    }

    private HeardWindow hear(float[] samples) {
        return new HeardWindow(model, features.window(Tensor.of(samples)).to(model.device()));
    }

    /** The likeliest of those that it knows. */
    private String language(HeardWindow window) {
        float[] logits = window.next(tokens.start()).toFloats();
        return tokens.languages().entrySet().stream()
                .max(Comparator.comparingDouble(entry -> logits[entry.getValue().intValue()]))
                .map(Map.Entry::getKey).orElseThrow();
    }

    private long[] write(HeardWindow window, String language) {
        long[] prompt = tokens.prompt(language, options.translate(), options.times());
        int most = model.config().maxTargetPositions() - prompt.length;
        if (!options.fallback()) return write(window, prompt, most, options, 0);
        var fallback = new TemperatureFallback(
                ids -> tokenizer.decode(Arrays.stream(ids).filter(id -> id < tokens.end()).toArray()),
                ids -> window.likelihood(prompt, ids, tokens.end()));
        return fallback.write(temperature -> write(window, prompt, most, options, temperature), noSpeech(window));
    }

    private double noSpeech(HeardWindow window) {
        if (tokens.noSpeech() < 0) return 0;
        try (var _ = Scope.open()) {
            return window.next(tokens.start()).softmax(0).select(0, tokens.noSpeech()).item();
        }
    }

    /** The ids after a prompt: the likeliest, or drawn at a temperature. */
    long[] write(HeardWindow window, long[] prompt, int most, WhisperOptions how, double temperature) {
        var usual = Generation.DEFAULT.maxTokens(most);
        return new Generator(window, tokenizer, tokens.end()).with(new TimeRules(tokens, how.times()))
                .generate(prompt, temperature == 0 ? usual.beams(how.beams()) : usual.temperature(temperature));
    }

    /** Frees model and tokenizer. */
    @Override public void close() {
        model.close();
        tokenizer.close();
    }
}
