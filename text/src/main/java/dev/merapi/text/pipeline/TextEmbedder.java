package dev.merapi.text.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.SentenceEncoder;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;

/** Texts as vectors, near each other where the texts mean the same. */
public final class TextEmbedder implements Predictor<String, float[]> {
    private static final int BATCH = 32; // texts that are read together

    private final SentenceEncoder encoder;
    private final Tokenizer tokenizer;
    private final EncodeOptions options;
    private final boolean owner; // of both, to close them

    /**
     * Over a model and a tokenizer that stay the caller's to close.
     *
     * @param tokenizer whose {@link Tokenizer#modelMaxLength} is the longest text, if that is less than the model takes
     * @throws IllegalArgumentException if tokenizer and model do not belong together
     */
    public TextEmbedder(SentenceEncoder encoder, Tokenizer tokenizer) { this(encoder, tokenizer, false); }

    private TextEmbedder(SentenceEncoder encoder, Tokenizer tokenizer, boolean owner) {
        this.owner = owner;
        var config = encoder.model().config();
        this.encoder = encoder;
        this.tokenizer = tokenizer.expectVocab(config.vocabSize());
        this.options = EncodeOptions.DEFAULT.maxLength(Math.min(config.maxTokens(), tokenizer.modelMaxLength()));
    }

    /** Opens a model folder; throws as {@link SentenceEncoder#load} and {@link Tokenizer#open}. */
    public static TextEmbedder open(Path folder) {
        var tokenizer = Tokenizer.open(folder);
        var encoder = SentenceEncoder.load(folder);
        encoder.model().eval();
        return new TextEmbedder(encoder, tokenizer, true);
    }

    /** What the model reads of each text: its tokens with the special ones, the end of a long text cut off. */
    public List<long[]> encode(List<String> texts) { return tokenizer.encodeAll(texts, options); }

    /** One vector (B, E) for each text, in the innermost scope; texts of about one length go together fastest. */
    public Tensor embed(List<String> texts) {
        try (var scope = Scope.open(); var _ = encoder.model().evaluating(); var _ = Torch.noGrad()) {
            return scope.keep(encoder.forward(
                    Tokens.of(encode(texts), encoder.model().config().padTokenId())
                            .to(encoder.model().device())));
        }
    }

    @Override public Class<String> input() { return String.class; }

    @Override public Class<float[]> output() { return float[].class; }

    @Override public Optional<Layer> network() { return Optional.of(encoder.model()); }

    /** A vector of E numbers for each text. */
    @Override public List<float[]> predict(List<String> texts) {
        return texts.stream().gather(Gatherers.windowFixed(BATCH)).flatMap(some -> batch(some).stream()).toList();
    }

    private List<float[]> batch(List<String> texts) {
        try (var _ = Scope.open()) {
            Tensor vectors = embed(texts);
            float[] all = vectors.toFloats();
            int width = (int) vectors.size(1);
            return IntStream.range(0, texts.size())
                    .mapToObj(i -> Arrays.copyOfRange(all, i * width, (i + 1) * width)).toList();
        }
    }

    @Override public String parse(String typed) { return typed; }

    /** The numbers in brackets. */
    @Override public String format(float[] vector) { return Arrays.toString(vector); }

    /** The cosine of the angle between two texts' vectors: 1 for the same meaning, about 0 for nothing in common. */
    public double similarity(String a, String b) {
        try (var _ = Scope.open()) {
            Tensor pair = embed(List.of(a, b));
            Tensor first = pair.select(0, 0);
            Tensor second = pair.select(0, 1);
            double lengths = first.norm().item() * second.norm().item();
            return first.mul(second).sum().item() / lengths;
        }
    }

    /** Moves the model; inputs follow it. */
    public TextEmbedder to(Device device) {
        encoder.model().to(device);
        return this;
    }

    @Override public void close() {
        if (!owner) return;
        encoder.model().close();
        tokenizer.close();
    }
}
