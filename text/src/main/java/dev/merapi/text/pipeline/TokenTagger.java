package dev.merapi.text.pipeline;

import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.TokenClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.Encoding;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Names, places and the like in a text. */
public final class TokenTagger implements Predictor {
    /** The class of tokens that are in no entity. */
    private static final String OUTSIDE = "O";

    private final TokenClassifier model;
    private final Tokenizer tokenizer;
    private final boolean owner; // of both, to close them

    /**
     * A part of a text.
     *
     * @param label its class, without {@code B-} and {@code I-}
     * @param start where it begins in the text
     * @param end after its last character
     * @param probability the mean over its tokens
     */
    public record Entity(String text, String label, int start, int end, double probability) {
        @Override public String toString() { return "%s: %s %.1f %%".formatted(text, label, 100 * probability); }
    }

    /**
     * Over a model and a tokenizer that stay the caller's to close.
     *
     * @throws IllegalArgumentException if tokenizer and model do not belong together
     */
    public TokenTagger(TokenClassifier model, Tokenizer tokenizer) { this(model, tokenizer, false); }

    private TokenTagger(TokenClassifier model, Tokenizer tokenizer, boolean owner) {
        this.owner = owner;
        this.model = model;
        this.tokenizer = tokenizer.expectVocab(model.encoder().config().vocabSize());
    }

    /** Opens a model folder; throws as {@link TokenClassifier#load} and {@link Tokenizer#open}. */
    public static TokenTagger open(Path folder) {
        var tokenizer = Tokenizer.open(folder);
        var model = TokenClassifier.load(folder);
        model.eval();
        return new TokenTagger(model, tokenizer, true);
    }

    /**
     * The entities in order: words whose first tokens have one label are one, unless {@code B-} begins another.
     *
     * @throws IllegalArgumentException if the text has more tokens than the model reads: give it in parts
     */
    public List<Entity> tag(String text) {
        var encoding = tokenizer.encoding(text, EncodeOptions.DEFAULT);
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.inference()) {
            Tensor ids = Encoding.tensor(List.of(encoding), Encoding::ids);
            var best = model.forward(Tokens.of(ids).to(model.device())).softmax(-1).squeeze(0).max(-1, false);
            return entities(text, encoding, best.indices().toLongs(), best.values().toFloats());
        }
    }

    private List<Entity> entities(String text, Encoding encoding, long[] labels, float[] probabilities) {
        var entities = new ArrayList<Entity>();
        Part open = null;
        for (int i = 0; i < labels.length; i++) {
            if (encoding.words()[i] < 0) continue;
            boolean first = i == 0 || encoding.words()[i] != encoding.words()[i - 1];
            String label = model.encoder().config().labels().get((int) labels[i]);
            if (first && (open == null || open.endsAt(label))) {
                if (open != null) entities.add(open.entity(text));
                open = label.equals(OUTSIDE) ? null : new Part(bare(label), encoding.offsets().get(i).start());
            }
            if (open != null) open.add(encoding.offsets().get(i).end(), probabilities[i]);
        }
        if (open != null) entities.add(open.entity(text));
        return entities;
    }

    private static String bare(String label) { return label.replaceFirst("^[BI]-", ""); }

    /** An entity whose end is not known yet. */
    private static final class Part {
        private final String label;
        private final int start;
        private int end;
        private double probabilities;
        private int tokens;

        Part(String label, int start) {
            this.label = label;
            this.start = start;
        }

        boolean endsAt(String next) { return next.startsWith("B-") || !bare(next).equals(label); }

        void add(int tokenEnd, double probability) {
            end = tokenEnd;
            probabilities += probability;
            tokens++;
        }

        Entity entity(String text) {
            return new Entity(text.substring(start, end), label, start, end, probabilities / tokens);
        }
    }

    @Override public String predict(String input, int top) {
        return tag(input).stream().map(Entity::toString).collect(Collectors.joining(", "));
    }

    @Override public List<Entity> answer(String input, int top) { return tag(input); }

    /** Moves the model; inputs follow it. */
    public TokenTagger to(Device device) {
        model.to(device);
        return this;
    }

    @Override public void close() {
        if (!owner) return;
        model.close();
        tokenizer.close();
    }
}
