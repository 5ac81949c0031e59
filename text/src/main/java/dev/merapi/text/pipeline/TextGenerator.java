package dev.merapi.text.pipeline;

import dev.merapi.recipe.Bits;
import dev.merapi.recipe.GlassBox;
import dev.merapi.recipe.Writer;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.text.constrain.Constraint;
import dev.merapi.text.constrain.JsonSchema;
import dev.merapi.text.generate.ChatTemplate;
import dev.merapi.text.generate.ContinuousBatch;
import dev.merapi.text.generate.DraftModel;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.GenerationConfig;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.generate.Guesser;
import dev.merapi.text.generate.Message;
import dev.merapi.text.gguf.GgufModel;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.causal.Stages;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.TextCodec;
import dev.merapi.text.tokenizer.TokenBytes;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;

/** Goes on with texts, and, where its folder has a chat template, answers in conversations. */
public final class TextGenerator implements Writer<Generation> {
    private static final int BATCH = 16; // prompts that are gone on with together

    private final CausalLm model;
    private final TextCodec codec;
    private final ChatTemplate template; // or null
    private final boolean owner; // of both, to close them
    private final Generation settings;
    private final Generator generator;
    private final DraftModel draft; // or null
    private TokenBytes tokens; // looked up when first asked for

    /**
     * Over a model and a tokenizer that stay the caller's to close.
     *
     * @param ends tokens that end a text; without any, the one of a {@link Tokenizer} that does
     */
    public TextGenerator(CausalLm model, TextCodec codec, long... ends) {
        this(model, codec, null, false, Generation.DEFAULT, new Generator(model, codec, ends), null);
    }

    private TextGenerator(CausalLm model, TextCodec codec, ChatTemplate template, boolean owner, Generation settings,
            Generator generator, DraftModel draft) {
        this.owner = owner;
        this.model = model;
        this.codec = codec;
        this.template = template;
        this.settings = settings;
        this.generator = generator;
        this.draft = draft;
    }

    /**
     * Opens the folder of a GPT-2, a Llama or one of its relatives, or a GGUF file of such. It writes as the folder's
     * {@link GenerationConfig} says, if it has one.
     *
     * @throws IllegalArgumentException if tokenizer and model do not belong together, and as {@link Llama#load},
     *     {@link GgufModel#llama} and {@link GenerationConfig#open}
     */
    public static TextGenerator open(Path folder) { return open(folder, null); }

    /**
     * As {@link #open(Path)}, of a model whose other blocks are in other processes.
     *
     * @param stages where; closed with this, unless this method throws. Null for a model that is here as a whole
     * @throws IllegalArgumentException if they are of another model, too
     */
    public static TextGenerator open(Path folder, Stages stages) { return open(folder, stages, Bits.NONE); }

    /**
     * As {@link #open(Path, Stages)}, with weights of so many bits.
     *
     * @param bits as those of the other stages
     * @throws IllegalArgumentException if they have others, and as {@link Bits#round}
     */
    public static TextGenerator open(Path folder, Stages stages, Bits bits) {
        var source = ModelSource.of(folder);
        var tokenizer = source.tokenizer();
        CausalLm model = null;
        try {
            var writing = source.writing(tokenizer);
            var template = source.template();
            model = source.load(stages == null ? null : stages.first(), null, bits);
            tokenizer.expectVocab(model.vocabSize());
            var generator = new Generator(model, tokenizer, writing);
            if (stages != null) model.goOnAt(stages);
            return new TextGenerator(model, tokenizer, template, true, writing.options(), generator, null);
        } catch (RuntimeException e) {
            if (model != null) model.close();
            tokenizer.close();
            throw e;
        }
    }

    /** Whether a folder is one that {@link #open(Path)} opens. */
    public static boolean reads(Path folder) { return ModelSource.readsFolder(folder); }

    /** The text after a prompt. */
    public String generate(String prompt, Generation options) { return generator.generate(prompt, options); }

    /** The text after each prompt, which are read as one batch. */
    public List<String> generateAll(List<String> prompts, Generation options) {
        return generator.generateAll(prompts, options);
    }

    /** The folder's own, or {@link Generation#DEFAULT}. */
    @Override public Generation settings() { return settings; }

    @Override public void write(String prompt, Generation options, Consumer<String> out) {
        generator.generate(prompt, options, out);
    }

    @Override public List<String> writeAll(List<String> prompts, Generation options) {
        return prompts.stream().gather(Gatherers.windowFixed(BATCH))
                .flatMap(some -> generateAll(some, options).stream()).toList();
    }

    @Override public Optional<GlassBox<String>> glassBox() { return Optional.of(new OpenLanguageModel(model, codec)); }

    @Override public boolean converses() { return template != null; }

    /** Where the conversation has outgrown the model's context, its oldest messages are forgotten. */
    @Override public void reply(List<String> messages, Generation options, Consumer<String> out) {
        if (template == null) {
            Writer.super.reply(messages, options, out); // refuses
            return;
        }
        var turns = IntStream.range(0, messages.size())
                .mapToObj(i -> i % 2 == 0 ? Message.user(messages.get(i)) : Message.assistant(messages.get(i)))
                .toList();
        while (turns.size() > 2 && prompt(turns).length > model.context()) turns = turns.subList(2, turns.size());
        chat(turns, options, out);
    }

    /**
     * Answers the last message of a conversation.
     *
     * @param out takes the answer in pieces, as it is written
     * @throws UnsupportedOperationException if the model's folder has no chat template
     * @throws IllegalArgumentException if the template refuses the conversation
     */
    public String chat(List<Message> messages, Generation options, Consumer<String> out) {
        return generator.generate(prompt(messages), options, out);
    }

    /** An empty batch, which texts join and leave at any token: for servers. */
    public ContinuousBatch batch() { return generator.batch(); }

    /** The same within limits. */
    public ContinuousBatch batch(ContinuousBatch.Limits limits) { return generator.batch(limits); }

    /**
     * One that guesses tokens from what stands in the text already, by {@link Guesser#lookup}: the same texts. The
     * model stays this one's to close.
     *
     * @param most guesses at a time, from 1
     */
    public TextGenerator guessing(int most) { return guessing(Guesser.lookup(3), most, null); }

    /**
     * One for which a smaller model guesses: the same texts. Both models stay their owners' to close, after it; the
     * smaller one is moved to where this one is.
     *
     * @param by a model of the same tokens
     * @param most guesses at a time, from 1
     * @throws IllegalArgumentException if its tokens are others
     */
    public TextGenerator guessing(TextGenerator by, int most) {
        if (codec != by.codec) expectSameTokens(by.codec);
        by.to(model.device());
        var small = new DraftModel(by.model, codec.vocabSize());
        return guessing(small, most, small);
    }

    private TextGenerator guessing(Guesser by, int most, DraftModel own) {
        return new TextGenerator(model, codec, template, false, settings, generator.guessing(by, most), own);
    }

    private void expectSameTokens(TextCodec other) {
        String expected = "a model with the same " + codec.vocabSize() + " tokens, which this one's guesses are to be";
        if (!(codec instanceof Tokenizer own && other instanceof Tokenizer others)) {
            throw Expect.error("draft", expected, "one whose tokens cannot be compared; give folders with tokenizers");
        }
        own.difference(others).ifPresent(difference -> { throw Expect.error("draft", expected, difference); });
    }

    /** Rules by which it writes JSON of a schema alone: for {@link Generator#constrained} and servers. */
    public Constraint constraint(JsonSchema schema) { return Constraint.of(schema, tokenBytes()); }

    /** The bytes that a token adds to a text; none for one that is not text. */
    public byte[] bytes(long token) { return tokenBytes().of(token); }

    private synchronized TokenBytes tokenBytes() {
        if (tokens == null) tokens = TokenBytes.of(codec);
        return tokens;
    }

    /** The tokens of a text to go on with; of an empty one the token that begins texts, if there is one. */
    public long[] encode(String prompt) { return generator.encode(prompt); }

    /** Most tokens of a prompt and of what follows, before the beginning is forgotten. */
    public int context() { return model.context(); }

    /**
     * The tokens of a conversation, up to where the answer begins.
     *
     * @throws UnsupportedOperationException if the model's folder has no chat template
     * @throws IllegalArgumentException if the template refuses the conversation
     */
    public long[] prompt(List<Message> messages) { return prompt(messages, List.of()); }

    /**
     * The same with functions that the model may call, as JSON schemas, where its template knows of such; throws as
     * {@link #prompt(List)}.
     */
    public long[] prompt(List<Message> messages, List<Map<String, Object>> tools) {
        if (template == null || !(codec instanceof Tokenizer tokenizer)) {
            throw new UnsupportedOperationException("TextGenerator.chat: this model has no chat template; go on with a"
                    + " text by generate.");
        }
        return tokenizer.encode(template.render(messages, true, tools, Map.of()),
                EncodeOptions.DEFAULT.noSpecialTokens());
    }

    /** Moves the model; inputs follow it. */
    public TextGenerator to(Device device) {
        model.to(device);
        return this;
    }

    @Override public void close() {
        if (draft != null) draft.close();
        if (!owner) return;
        model.close();
        if (codec instanceof Tokenizer tokenizer) tokenizer.close();
    }
}
