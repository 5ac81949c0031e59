package dev.merapi.text.pipeline;

import dev.merapi.io.ModelFolder;
import dev.merapi.recipe.Bits;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.ChatTemplate;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.GenerationConfig;
import dev.merapi.text.gguf.GgufModel;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.causal.Share;
import dev.merapi.text.model.causal.Stage;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.LongStream;

/** What a language model is opened from, by each of the processes that have some of its blocks. */
sealed interface ModelSource {
    /**
     * The folder of a GPT-2, a Llama or one of its relatives, whatever was done to it before it was saved; or a GGUF
     * file.
     *
     * @throws IllegalArgumentException for another
     */
    static ModelSource of(Path at) {
        if (isFile(at)) return new File(GgufModel.open(at));
        return "gpt2".equals(ModelFolder.config(at).get("model_type")) ? new GptFolder(at) : new LlamaFolder(at);
    }

    /** Whether a path is one of these. */
    static boolean reads(Path at) { return isFile(at) || readsFolder(at); }

    /** Whether a path is such a folder. */
    static boolean readsFolder(Path at) {
        if (!Files.isDirectory(at)) return false;
        String type = String.valueOf(ModelFolder.config(at).get("model_type"));
        return type.equals("gpt2") || Family.has(type);
    }

    private static boolean isFile(Path at) { return GgufModel.isOne(at) && Files.isRegularFile(at); }

    /** Where it is. */
    Path at();

    /** The whole model's blocks. */
    int blocks();

    /**
     * The heads of keys in a block, which parts of a stage share.
     *
     * @throws IllegalArgumentException for a model that is not divided so
     */
    int heads();

    Tokenizer tokenizer();

    /** How it wants to write. */
    GenerationConfig writing(Tokenizer tokenizer);

    /** How it wants conversations written down; null where it does not say. */
    ChatTemplate template();

    /**
     * The weights, on {@link Torch#device}: of a part no others are read, and they are rounded as they come.
     *
     * @param stage null for the whole model
     * @param share null for whole blocks
     */
    CausalLm load(Stage stage, Share share, Bits bits);

    /** In Hugging Face's layout. */
    sealed interface Folder extends ModelSource {
        @Override default Tokenizer tokenizer() { return Tokenizer.open(at()); }

        @Override default GenerationConfig writing(Tokenizer tokenizer) {
            Object setting = ModelFolder.config(at()).get("eos_token_id");
            return GenerationConfig.open(at(), Generation.DEFAULT, ends(setting, tokenizer));
        }

        @Override default ChatTemplate template() { return ChatTemplate.isIn(at()) ? ChatTemplate.open(at()) : null; }

        /** What the settings say, an id or several, and what the tokenizer says. */
        private static long[] ends(Object setting, Tokenizer tokenizer) {
            LongStream said = switch (setting) {
                case Number id -> LongStream.of(id.longValue());
                case Collection<?> ids -> ids.stream().mapToLong(id -> ((Number) id).longValue());
                case null, default -> LongStream.empty();
            };
            return LongStream.concat(said, tokenizer.specialTokens().eos().stream()).distinct().toArray();
        }
    }

    /** Of a GPT-2. */
    record GptFolder(Path at) implements Folder {
        @Override public int blocks() { return Gpt2Config.read(at).nLayer(); }

        @Override public int heads() {
            throw Expect.error("parts", "a Llama or one of its relatives", "a GPT-2 in " + at);
        }

        @Override public CausalLm load(Stage stage, Share share, Bits bits) {
            if (share != null) heads(); // refuses
            return Gpt2.load(at, bits, stage);
        }
    }

    /** Of a Llama or one of its relatives. */
    record LlamaFolder(Path at) implements Folder {
        @Override public int blocks() { return LlamaConfig.read(at).numHiddenLayers(); }

        @Override public int heads() { return LlamaConfig.read(at).groups(); }

        @Override public CausalLm load(Stage stage, Share share, Bits bits) {
            return Llama.load(at, bits, stage, share);
        }
    }

    /** A GGUF file. */
    record File(GgufModel file) implements ModelSource {
        @Override public Path at() { return file.path(); }

        @Override public int blocks() { return file.config().numHiddenLayers(); }

        @Override public int heads() { return file.config().groups(); }

        @Override public Tokenizer tokenizer() { return file.tokenizer(); }

        @Override public GenerationConfig writing(Tokenizer tokenizer) {
            long[] ends = file.ends();
            return GenerationConfig.of(ends.length == 0 ? tokenizer.specialTokens().eos().stream().toArray() : ends);
        }

        @Override public ChatTemplate template() { return file.chatTemplate(); }

        @Override public CausalLm load(Stage stage, Share share, Bits bits) { return file.llama(bits, stage, share); }
    }
}
