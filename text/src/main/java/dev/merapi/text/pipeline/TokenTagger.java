package dev.merapi.text.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.recipe.Predictor;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.TokenClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Names, places and the like in a text. */
public final class TokenTagger implements Predictor<String, Entities> {
    private static final int BATCH = 32; // parts that are read together

    /** The class of tokens that are in no entity. */
    private static final String OUTSIDE = "O";

    /**
     * Words as treebanks have them: with single marks inside, as in "U.S"; a short ending with its apostrophe; any
     * other mark by itself, and so what is written without spaces, such as Chinese.
     */
    private static final Pattern WORD = Pattern.compile("_+(?:[-.&/]_+)*|['\u2019]\\p{L}{1,2}(?!\\p{L})|\\S"
            .replace("_", "[\\p{L}\\p{M}\\p{N}&&\\P{IsIdeographic}]"));

    private final TokenClassifier model;
    private final Tokenizer tokenizer;
    private final EncodeOptions options;
    private final boolean owner; // of both, to close them

    /**
     * What the model reads at once: a sentence, or a part of one that is too long.
     *
     * @param ids of its tokens
     * @param words the number of the word that each token begins, by which its class is learnt and read; -1 for others
     */
    public record Part(long[] ids, int[] words) {}

    /**
     * Over a model and a tokenizer that stay the caller's to close.
     *
     * @param tokenizer whose {@link Tokenizer#modelMaxLength} is the longest part, if that is less than the model takes
     * @throws IllegalArgumentException if tokenizer and model do not belong together
     */
    public TokenTagger(TokenClassifier model, Tokenizer tokenizer) { this(model, tokenizer, false); }

    private TokenTagger(TokenClassifier model, Tokenizer tokenizer, boolean owner) {
        this.owner = owner;
        this.model = model;
        var config = model.encoder().config();
        this.tokenizer = tokenizer.expectVocab(config.vocabSize());
        options = EncodeOptions.DEFAULT.maxLength(Math.min(config.maxTokens(), tokenizer.modelMaxLength()));
    }

    /** Opens a model folder; throws as {@link TokenClassifier#load} and {@link Tokenizer#open}. */
    public static TokenTagger open(Path folder) {
        var tokenizer = Tokenizer.open(folder);
        var model = TokenClassifier.load(folder);
        model.eval();
        return new TokenTagger(model, tokenizer, true);
    }

    /** What the model reads of the words of a sentence, with a space between them: a part, or several. */
    public List<Part> encode(List<String> words) {
        var ends = new int[words.size()]; // of each word in the sentence
        for (int i = 0, end = -1; i < ends.length; i++) ends[i] = end += 1 + words.get(i).length();
        var first = tokenizer.encoding(String.join(" ", words), options);
        var parts = new ArrayList<Part>();
        int last = -1;
        for (var encoding : Stream.concat(Stream.of(first), first.overflowing().stream()).toList()) {
            var begins = new int[encoding.size()];
            Arrays.fill(begins, -1);
            for (int i = 0; i < begins.length; i++) {
                if (encoding.words()[i] < 0) continue;
                int at = Arrays.binarySearch(ends, encoding.offsets().get(i).end());
                int word = at < 0 ? -at - 1 : at;
                if (word > last) begins[i] = last = word;
            }
            parts.add(new Part(encoding.ids(), begins));
        }
        return parts;
    }

    @Override public Class<String> input() { return String.class; }

    @Override public Class<Entities> output() { return Entities.class; }

    @Override public Optional<Layer> network() { return Optional.of(model); }

    /**
     * The entities of each text in order: words of one class are one, unless {@code B-} begins another. A word's class
     * is that of its first token.
     */
    @Override public List<Entities> predict(List<String> texts) {
        var words = texts.stream().map(text -> WORD.matcher(text).results().toList()).toList();
        var parts = words.stream().map(all -> encode(all.stream().map(MatchResult::group).toList())).toList();
        var labels = parts.stream().flatMap(List::stream).gather(Gatherers.windowFixed(BATCH))
                .flatMap(some -> batch(some).stream()).iterator();
        var entities = new ArrayList<Entities>();
        for (int i = 0; i < texts.size(); i++) {
            var ofText = parts.get(i).stream().flatMap(_ -> labels.next().stream()).toList();
            entities.add(entities(texts.get(i), words.get(i), ofText));
        }
        return entities;
    }

    private static Entities entities(String text, List<MatchResult> words, List<Label> labels) {
        var entities = new ArrayList<Entities.Entity>();
        Open open = null;
        for (var found : labels) {
            if (open == null || open.endsAt(found.name)) {
                if (open != null) entities.add(open.entity(text));
                int start = words.get(found.word).start();
                open = found.name.equals(OUTSIDE) ? null : new Open(bare(found.name), start);
            }
            if (open != null) open.add(words.get(found.word).end(), found.probability);
        }
        if (open != null) entities.add(open.entity(text));
        return new Entities(entities);
    }

    /** What a word is. */
    private record Label(int word, String name, double probability) {}

    /** The labels of the words that begin in each part. */
    private List<List<Label>> batch(List<Part> parts) {
        var config = model.encoder().config();
        try (var _ = Scope.open(); var _ = model.evaluating(); var _ = Torch.inference()) {
            var tokens = Tokens.of(parts.stream().map(Part::ids).toList(), config.padTokenId()).to(model.device());
            var best = model.forward(tokens).softmax(-1).max(-1, false);                          // (B, T)
            long[] classes = best.indices().toLongs();
            float[] probabilities = best.values().toFloats();
            int length = classes.length / parts.size();
            return IntStream.range(0, parts.size()).mapToObj(row -> {
                int[] words = parts.get(row).words;
                return IntStream.range(0, words.length).filter(i -> words[i] >= 0).mapToObj(i -> {
                    int at = row * length + i;
                    return new Label(words[i], config.labels().get((int) classes[at]), probabilities[at]);
                }).toList();
            }).toList();
        }
    }

    private static String bare(String label) { return label.replaceFirst("^[BI]-", ""); }

    /** An entity whose end is not known yet. */
    private static final class Open {
        private final String label;
        private final int start;
        private int end;
        private double probabilities;
        private int words;

        Open(String label, int start) {
            this.label = label;
            this.start = start;
        }

        boolean endsAt(String next) { return next.startsWith("B-") || !bare(next).equals(label); }

        void add(int wordEnd, double probability) {
            end = wordEnd;
            probabilities += probability;
            words++;
        }

        Entities.Entity entity(String text) {
            return new Entities.Entity(text.substring(start, end), label, start, end, probabilities / words);
        }
    }

    @Override public String parse(String typed) { return typed; }

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
