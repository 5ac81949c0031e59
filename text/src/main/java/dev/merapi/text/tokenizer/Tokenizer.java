package dev.merapi.text.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.merapi.io.AtomicFiles;
import dev.merapi.text.tokenizer.EncodeOptions.Padding;
import dev.merapi.text.tokenizer.EncodeOptions.Side;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A subword tokenizer: Hugging Face's, which is native code (BPE, WordPiece and Unigram, with all that a
 * {@code tokenizer.json} may ask for).
 *
 * <pre>{@code
 * try (var tokenizer = Tokenizer.open(Path.of("bert-base-uncased"))) {
 *     long[] ids = tokenizer.encode("Hello, world!");
 *     String text = tokenizer.decode(ids);
 *     var options = EncodeOptions.DEFAULT.maxLength(384).truncation(EncodeOptions.Truncation.ONLY_SECOND).stride(128)
 *             .padToMax();
 *     var windows = tokenizer.encoding(question, context, options);
 * }
 * }</pre>
 *
 * Threads may share one. What is not closed is freed by the garbage collector. The character U+0000 and unpaired
 * surrogates are read as U+FFFD.
 */
public final class Tokenizer implements TextCodec, AutoCloseable {
    /** Models round the size of their embedding up, to a multiple of 64 or more. */
    private static final int SPARE_ROWS = 1024;

    private final ObjectNode config;
    private final String json;
    private final TokenIds ids;
    private final SpecialTokens special;
    private final TextLimits encodable;
    private final TextLimits decodable;
    private final NativeTokenizer right;
    private NativeTokenizer left; // cuts on the left; made when it is first asked for

    private Tokenizer(TokenizerFiles files) {
        config = files.config();
        files.tokenizer().putNull("truncation").putNull("padding");
        TokenizerJson.applyConfig(files.tokenizer(), config);
        try {
            TokenizerCheck.check(files.tokenizer());
            encodable = TextLimits.ofEncoding(files.tokenizer());
            decodable = TextLimits.ofDecoding(files.tokenizer());
            TokenizerCheck.checkAdded(files.tokenizer(), encodable);
            json = files.tokenizer().toString();
            ids = TokenIds.of(files.tokenizer());
            right = new NativeTokenizer(json, encodable);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(files.origin() + ": not a tokenizer: " + e.getMessage(), e);
        }
        special = SpecialTokenNames.resolve(config, ids.ids());
    }

    /**
     * Opens a tokenizer: a model folder in Hugging Face's layout, or a file.
     *
     * <p>Of a folder, the first of these is taken: {@code tokenizer.json}; {@code vocab.txt} (BERT's WordPiece);
     * {@code vocab.json} with {@code merges.txt} (GPT-2's and RoBERTa's byte-level BPE; their older names are
     * {@code encoder.json} and {@code vocab.bpe}); a SentencePiece {@code *.model}. The settings
     * {@code do_lower_case}, {@code model_max_length} and the names of the special tokens come from
     * {@code tokenizer_config.json} and {@code special_tokens_map.json} beside it.
     *
     * @throws java.io.UncheckedIOException if a file cannot be read
     * @throws IllegalArgumentException if there is no tokenizer, or a file is damaged or not UTF-8
     * @throws IllegalStateException if there is no native library for this platform
     */
    public static Tokenizer open(Path path) { return new Tokenizer(TokenizerFiles.read(path)); }

    /** A tokenizer from the text of a {@code tokenizer.json}; throws as {@link #open}. */
    public static Tokenizer ofJson(String json) {
        return of(TokenizerFiles.object(json, "tokenizer.json"), TokenizerFiles.JSON.createObjectNode());
    }

    /**
     * A tokenizer from the settings of a GGUF file: byte-level BPE or SentencePiece's.
     *
     * @param settings whose names begin with {@code tokenizer.ggml}
     * @throws IllegalArgumentException if there is none among them, or one of another kind
     */
    public static Tokenizer ofGguf(Map<String, Object> settings) {
        return new Tokenizer(GgufVocabulary.read(settings));
    }

    /**
     * What a GGUF file says of this tokenizer.
     *
     * @param rows of the model's embedding, which may be more than there are tokens
     * @throws IllegalArgumentException if it is of a kind that such files have not
     */
    public Map<String, Object> gguf(int rows) {
        return GgufVocabulary.write(TokenizerFiles.object(json, "tokenizer.json"), ids, special, rows);
    }

    static Tokenizer of(ObjectNode tokenizer, ObjectNode config) {
        return new Tokenizer(new TokenizerFiles("tokenizer.json", tokenizer, config));
    }

    /** The ids of a text with the model's special tokens. */
    @Override public long[] encode(String text) { return encode(text, EncodeOptions.DEFAULT); }

    /** The ids of a text, cut and padded as the options say. */
    public long[] encode(String text, EncodeOptions options) { return encodeAll(List.of(text), options).getFirst(); }

    @Override public List<long[]> encodeAll(List<String> texts) { return encodeAll(texts, EncodeOptions.DEFAULT); }

    /** The ids of each text, made on all cores; a fraction of the work of {@link #encodings}. */
    public List<long[]> encodeAll(List<String> texts, EncodeOptions options) {
        var all = nativeFor(options).ids(texts, options);
        return options.padding() == Padding.NONE ? all : padder(options).ids(all);
    }

    /** A text as tokens. */
    public Encoding encoding(String text, EncodeOptions options) {
        return encodings(List.of(text), options).getFirst();
    }

    /** A pair of texts as tokens, such as a question and where its answer stands. */
    public Encoding encoding(String first, String second, EncodeOptions options) {
        return encodings(List.of(first), List.of(second), options).getFirst();
    }

    /**
     * Texts as tokens, made on all cores. Padding is with the padding token or, where a model has none, the one that
     * ends texts; windows are padded as their encodings are.
     *
     * @throws IllegalArgumentException if a text cannot be cut as the options say, or there is nothing to pad with
     */
    public List<Encoding> encodings(List<String> texts, EncodeOptions options) {
        return padded(nativeFor(options).encode(texts, null, options), options);
    }

    /** Pairs as tokens; throws as {@link #encodings(List, EncodeOptions)}, and if the lists differ in size. */
    public List<Encoding> encodings(List<String> firsts, List<String> seconds, EncodeOptions options) {
        if (firsts.size() != seconds.size()) {
            throw new IllegalArgumentException("Tokenizer.encodings: expected as many second texts as first ones, "
                    + firsts.size() + ". Received " + seconds.size() + ".");
        }
        return padded(nativeFor(options).encode(firsts, seconds, options), options);
    }

    /** Words that stand apart already, for labels of words; offsets are counted in the word of the token. */
    public Encoding encodingOfWords(List<String> words, EncodeOptions options) {
        return padded(List.of(nativeFor(options).encodeWords(words, options)), options).getFirst();
    }

    /** The text of tokens without the special ones. */
    @Override public String decode(long... tokens) { return decode(tokens, true); }

    /** @throws IllegalArgumentException if an id is not in the vocabulary */
    public String decode(long[] tokens, boolean skipSpecial) {
        long length = 0;
        for (long id : tokens) length += token(id).length();
        decodable.checkLength(length);
        return right.decode(tokens, skipSpecial);
    }

    /** Decodes what a model writes, token by token, without the special ones. */
    public StreamDecoder stream() { return stream(true); }

    /** Decodes what a model writes, token by token, with the special ones or without. */
    public StreamDecoder stream(boolean skipSpecial) { return new StreamDecoder(this, skipSpecial); }

    @Override public int vocabSize() { return ids.size(); }

    /**
     * The id of a token, written as in the vocabulary: {@code "##ing"}, {@code "\u0120the"}.
     *
     * @throws IllegalArgumentException if there is no such token, with the nearest one
     */
    public long id(String token) { return ids.id(token); }

    /** Whether the vocabulary has this token. */
    public boolean has(String token) { return ids.ids().containsKey(token); }

    /**
     * The token of an id, as the vocabulary writes it.
     *
     * @throws IllegalArgumentException if there is no such id
     */
    public String token(long id) { return ids.token(id); }

    /** How another's tokens, or their ids, are others than these, in words; empty where they are the same. */
    public Optional<String> difference(Tokenizer other) {
        var these = ids.ids();
        var those = other.ids.ids();
        if (these.equals(those)) return Optional.empty();
        if (these.size() != those.size()) return Optional.of("one with " + those.size() + " tokens");
        String first = these.keySet().stream().filter(token -> !these.get(token).equals(those.get(token)))
                .min(Comparator.comparing(these::get)).orElseThrow();
        return Optional.of("one with others, such as at " + these.get(first));
    }

    /** The ids of those tokens that have a meaning to the model. */
    public SpecialTokens specialTokens() { return special; }

    /** Most tokens that the model takes, as {@code model_max_length} says; the largest int if it says nothing. */
    public int modelMaxLength() {
        return (int) Math.min(config.path("model_max_length").asDouble(Integer.MAX_VALUE), Integer.MAX_VALUE);
    }

    /** Sets {@link #modelMaxLength()}, which {@link #save} writes: to what length a model was trained, say. */
    public Tokenizer modelMaxLength(int tokens) {
        config.put("model_max_length", tokens);
        return this;
    }

    /**
     * Checks that a model goes with this tokenizer, by the rows of its embedding. It may have up to 1024 more rows than
     * there are tokens, as models round up.
     *
     * @return this
     * @throws IllegalArgumentException if it does not
     */
    public Tokenizer expectVocab(int rows) {
        if (vocabSize() <= rows && rows <= vocabSize() + SPARE_ROWS) return this;
        throw new IllegalArgumentException("The tokenizer and the model do not belong together: the tokenizer has "
                + vocabSize() + " tokens, the model " + rows + ". Use the tokenizer of the model's folder.");
    }

    /** Writes {@code tokenizer.json} and {@code tokenizer_config.json}, each completely or not at all. */
    public void save(Path folder) {
        var settings = config.deepCopy();
        if (!settings.has("tokenizer_class")) settings.put("tokenizer_class", "PreTrainedTokenizerFast");
        AtomicFiles.write(folder.resolve("tokenizer.json"), json);
        AtomicFiles.write(folder.resolve("tokenizer_config.json"), settings.toPrettyString() + "\n");
    }

    @Override public synchronized void close() {
        right.close();
        if (left != null) left.close();
    }

    /** What each token adds to a text, by id; nothing for those that were added to the vocabulary. */
    byte[][] bytes() {
        var tokenizer = TokenizerFiles.object(json, "tokenizer.json");
        var decoders = TokenizerCheck.steps(tokenizer, "decoder").stream().map(step -> step.path("type").asText())
                .toList();
        var bytes = new byte[ids.size()][];
        for (int id = 0; id < bytes.length; id++) {
            String token = ids.tokens()[id];
            if (token == null) bytes[id] = new byte[0];
            else if (decoders.contains("ByteLevel")) bytes[id] = ByteLevel.bytes(token);
            else if (token.matches("<0x[0-9A-F]{2}>") && decoders.contains("ByteFallback")) {
                bytes[id] = new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
            } else bytes[id] = token.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
        }
        for (var token : tokenizer.path("added_tokens")) bytes[token.path("id").asInt()] = new byte[0];
        return bytes;
    }

    private List<Encoding> padded(List<Encoding> all, EncodeOptions options) {
        return options.padding() == Padding.NONE ? all : padder(options).encodings(all);
    }

    private Padder padder(EncodeOptions options) {
        long pad = special.pad().orElseGet(() -> special.eos().orElseThrow(() -> new IllegalArgumentException(
                "The tokenizer has no token to pad with: neither a padding token nor one that ends texts. Name one as"
                + " pad_token in tokenizer_config.json.")));
        return new Padder(options, pad, token(pad));
    }

    private NativeTokenizer nativeFor(EncodeOptions options) {
        return options.maxLength() == 0 || options.truncationSide() == Side.RIGHT ? right : left();
    }

    private synchronized NativeTokenizer left() {
        if (left == null) {
            var turned = TokenizerFiles.object(json, "tokenizer.json");
            // The direction stays when the others are set; no call sets it.
            turned.putObject("truncation").put("direction", "Left").put("max_length", 512)
                    .put("strategy", "LongestFirst").put("stride", 0);
            left = new NativeTokenizer(turned.toString(), encodable);
        }
        return left;
    }
}
