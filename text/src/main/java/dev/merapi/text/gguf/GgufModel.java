package dev.merapi.text.gguf;

import dev.merapi.io.FileErrors;
import dev.merapi.io.LazyTensor;
import dev.merapi.io.Weights;
import dev.merapi.nn.ParamLimit;
import dev.merapi.recipe.Bits;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.ChatTemplate;
import dev.merapi.text.model.causal.Share;
import dev.merapi.text.model.causal.Stage;
import dev.merapi.text.model.causal.StageServer;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A decoder of Llama's family in a GGUF file: settings, weights, tokenizer and chat template.
 *
 * <pre>{@code
 * var file = GgufModel.open(Path.of("smollm2-q4_k_m.gguf"));
 * try (var model = file.llama(DType.BFLOAT16); var tokenizer = file.tokenizer()) {
 *     new Generator(model, tokenizer, file.ends()).generate("The volcano", Generation.DEFAULT);
 * }
 * }</pre>
 */
public final class GgufModel {
    private static final String TEMPLATE = "tokenizer.chat_template";

    private static final double SPARE = 1e5;

    private final GgufFile file;
    private final LlamaConfig config;

    private GgufModel(GgufFile file) {
        this.file = file;
        config = FileErrors.naming(file.path(), () -> new GgufSettings(file).config());
    }

    /**
     * Opens a file; its weights are read when they are asked for.
     *
     * @throws java.io.UncheckedIOException if it cannot be read
     * @throws IllegalArgumentException if it is not a complete GGUF file, or its model is of another family
     */
    public static GgufModel open(Path file) { return new GgufModel(GgufFile.open(file)); }

    /** Whether a path is that of a file of this kind, by its name. */
    public static boolean isOne(Path path) { return path.toString().toLowerCase().endsWith(".gguf"); }

    /** The file. */
    public Path path() { return file.path(); }

    /** Its sizes and settings. */
    public LlamaConfig config() { return config; }

    /**
     * The model, its weights turned into numbers of a type, whatever they are in the file.
     *
     * @throws IllegalArgumentException listing every tensor that is missing, left over, or of another shape
     */
    public Llama llama(DType type) { return llama(type, null, null, Bits.NONE); }

    /**
     * As {@link #llama(DType)}, of a part of the model, with weights of so many bits: no other tensors are decoded.
     *
     * @param stage which blocks; null for all
     * @param share of each block, for a {@link StageServer}; null for whole ones
     * @throws IllegalArgumentException also if blocks or heads cannot be divided so, and as {@link Bits#round}
     */
    public Llama llama(Bits bits, Stage stage, Share share) { return llama(bits.type(), stage, share, bits); }

    private Llama llama(DType type, Stage stage, Share share, Bits bits) {
        var weights = weights(); // first, for a file that lacks some should say so before memory is taken
        Llama model;
        try (var _ = Torch.on(Device.META, type)) {
            model = FileErrors.naming(file.path(), () -> ParamLimit.within(most(), () -> new Llama(config)));
        } catch (ParamLimit.Exceeded e) {
            throw new IllegalArgumentException(file.path() + ": expected settings of the tensors' sizes. Received those"
                    + " of a much larger model, by " + e.getMessage() + ".", e);
        }
        model.read(weights, stage, share, bits);
        return model;
    }

    /** Numbers that a model with these tensors may have. */
    private double most() {
        double numbers = 0;
        for (String name : file.names()) numbers += Shapes.numel(file.shape(name));
        return 2 * numbers + SPARE;
    }

    private Weights weights() {
        var tensors = new LinkedHashMap<String, LazyTensor>();
        for (String name : file.names()) {
            if (name.equals(GgufSettings.ROPE_FACTORS)) continue; // among the settings
            String hub = GgufNames.theirs(name, GgufSettings.hasOuterNorms(config));
            tensors.put(hub, lazy(name, hub));
        }
        return Weights.of(file.path().toString(), tensors);
    }

    private LazyTensor lazy(String name, String hub) {
        file.type(name); // refused here, not half-way
        var plain = file.lazy(name);
        int heads = hub.contains("q_proj") ? config.numAttentionHeads() : config.groups();
        boolean turned = GgufSettings.isTurned(config) && (hub.contains(".q_proj.") || hub.contains(".k_proj."));
        if (turned) return made(plain, whole -> apart(whole, heads));
        boolean shifted = GgufSettings.countsFromOne(config) && hub.endsWith("norm.weight");
        return shifted ? made(plain, whole -> whole.sub(1)) : plain;
    }

    /** What begins it is told as the file has it. */
    private static LazyTensor made(LazyTensor plain, UnaryOperator<Tensor> of) {
        return new LazyTensor(plain.dtype(), plain.shape(), () -> of.apply(plain.values().get()), plain.first());
    }

    /**
     * llama.cpp's Llama turns neighbours by their position, ours a head's first half with its second: rows
     * (H · D, …) of pairs become rows of halves.
     */
    private static Tensor apart(Tensor rows, int heads) {
        if (rows.size(0) % (2L * heads) != 0) return rows; // of a wrong shape, which is said when it is loaded
        return rows.unflatten(0, heads, -1, 2).transpose(1, 2).flatten(0, 2).contiguous();
    }

    /**
     * The tokenizer in the file.
     *
     * @throws IllegalArgumentException if there is none, or one of another kind than byte-level BPE and SentencePiece's
     */
    public Tokenizer tokenizer() { return FileErrors.naming(file.path(), () -> Tokenizer.ofGguf(file.metadata())); }

    /** How it wants a conversation written down; null where the file does not say. */
    public ChatTemplate chatTemplate() {
        if (!(file.metadata().get(TEMPLATE) instanceof String template)) return null;
        var specials = new HashMap<String, String>();
        for (String name : List.of("bos", "eos", "unknown", "padding")) {
            long id = id(name);
            String word = name.equals("unknown") ? "unk_token" : name.equals("padding") ? "pad_token" : name + "_token";
            if (id >= 0 && file.metadata().get("tokenizer.ggml.tokens") instanceof List<?> tokens
                    && id < tokens.size()) {
                specials.put(word, tokens.get((int) id).toString());
            }
        }
        return FileErrors.naming(file.path(), () -> ChatTemplate.of(template, specials));
    }

    /** The tokens that end texts. */
    public long[] ends() {
        return Stream.of("eos", "eot", "eom").mapToLong(this::id).filter(id -> id >= 0).distinct().toArray();
    }

    private long id(String name) {
        return file.metadata().get("tokenizer.ggml." + name + "_token_id") instanceof Number id ? id.longValue() : -1;
    }

    /**
     * Writes a model, with its tokenizer, for llama.cpp and what is built on it. Matrices are of the type; where its
     * blocks do not fit a row, of F16. Norms and biases stay float32.
     *
     * @param template the text of its chat template, or null
     * @param type F32, F16, Q8_0 or Q4_0
     * @throws IllegalArgumentException if weights were changed, such as quantised, or the tokenizer is of a kind that
     *     GGUF has not
     */
    public static void write(Llama model, Tokenizer tokenizer, String template, GgmlType type, Path file) {
        var settings = GgufSettings.of(model.config(), type);
        settings.putAll(tokenizer.gguf(model.vocabSize()));
        if (template != null) settings.put(TEMPLATE, template);
        var names = GgufNames.ours(model.config().numHiddenLayers(), GgufSettings.hasOuterNorms(model.config()));
        var tensors = new LinkedHashMap<String, LazyTensor>();
        model.tensors().forEach((name, tensor) -> {
            if (name.equals("lm_head.weight") && model.config().tieWordEmbeddings()) return;
            if (!names.containsKey(name)) {
                throw new IllegalArgumentException("GgufModel.write: expected a Llama with plain weights. Received "
                        + name + "; write it before it is quantised or given adapters.");
            }
            tensors.put(names.get(name), written(name, tensor, model.config()));
        });
        GgufWriter.write(file, settings, tensors, type);
    }

    private static LazyTensor written(String name, Tensor tensor, LlamaConfig config) {
        int heads = name.contains("q_proj") ? config.numAttentionHeads() : config.groups();
        boolean turned = GgufSettings.isTurned(config) && (name.contains(".q_proj.") || name.contains(".k_proj."));
        boolean shifted = GgufSettings.countsFromOne(config) && name.endsWith("norm.weight");
        return new LazyTensor(DType.FLOAT32, tensor.shape(), () -> {
            Tensor values = tensor.detach().to(Device.CPU).to(DType.FLOAT32);
            if (turned) values = values.unflatten(0, heads, 2, -1).transpose(1, 2).flatten(0, 2);
            return (shifted ? values.add(1) : values).contiguous();
        });
    }

    /** The settings as the file has them, for those who want to know. */
    public Map<String, Object> metadata() { return file.metadata(); }

}
