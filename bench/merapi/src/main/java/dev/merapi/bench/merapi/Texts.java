package dev.merapi.bench.merapi;

import dev.merapi.bench.Decoder;
import dev.merapi.bench.Runner;
import dev.merapi.bench.Words;
import dev.merapi.nn.Change;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import dev.merapi.text.gguf.GgmlType;
import dev.merapi.text.gguf.GgufModel;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.text.tokenizer.BpeTrainer;
import dev.merapi.text.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Merapi as a contender of {@code bench/decoders}, and the models of random weights that all of them read. */
final class Texts implements Decoder {
    private final Tokenizer tokenizer;
    private final Llama model;

    private Texts(Path folder, String type) {
        tokenizer = Tokenizer.open(folder);
        model = Llama.load(folder, type.equals("bf16") ? DType.BFLOAT16 : DType.FLOAT32);
        model.eval();
        if (type.startsWith("int")) Change.by(type, model);
    }

    /** @param arguments a folder, and {@code make}, with a shape, or the type of the weights */
    public static void main(String... arguments) {
        var folder = Path.of(arguments[0]);
        if (arguments[1].equals("make")) {
            make(folder, arguments[2]);
            return;
        }
        Torch.threads(Runner.threads());
        Decoder.serve("Merapi " + arguments[1], new Texts(folder.resolve("hf"), arguments[1]));
    }

    private static void make(Path folder, String shape) {
        boolean tiny = shape.equals("tiny");
        try (var tokenizer = BpeTrainer.of(tiny ? 1000 : 32_000).minFrequency(1).specialTokens("<s>", "</s>")
                .train(Stream.of(Words.text(0, tiny ? 2000 : 60_000)))) {
            int vocabulary = tokenizer.vocabSize();
            var sizes = switch (shape) {
                case "58m" -> LlamaConfig.of(Family.LLAMA, vocabulary, 512, 1376, 8, 8, 8);
                case "125m" -> LlamaConfig.of(Family.LLAMA, vocabulary, 768, 2048, 12, 12, 12);
                case "1.1b" -> LlamaConfig.of(Family.LLAMA, vocabulary, 2048, 5632, 22, 32, 4); // TinyLlama's
                case "tiny" -> LlamaConfig.of(Family.LLAMA, vocabulary, 128, 256, 2, 4, 2);
                default -> throw new IllegalArgumentException("shape: expected 58m, 125m, 1.1b or tiny. Received "
                        + shape);
            };
            Torch.seed(1);
            try (var llama = new Llama(sizes.context(2048))) {
                llama.save(folder.resolve("hf"));
                tokenizer.save(folder.resolve("hf"));
                tellEnds(folder.resolve("hf/config.json"));
                for (var type : List.of(GgmlType.F16, GgmlType.Q8_0, GgmlType.Q4_0)) {
                    GgufModel.write(llama, tokenizer, null, type, folder.resolve(type.name().toLowerCase(Locale.ROOT)
                            + ".gguf"));
                }
            }
        }
    }

    /** Jlama wants to be told in the settings, too. */
    private static void tellEnds(Path config) {
        try {
            Files.writeString(config, Files.readString(config).replaceAll("\"bos_token_id\" *: *null",
                    "\"bos_token_id\": 0").replaceAll("\"eos_token_id\" *: *null", "\"eos_token_id\": 1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override public int read(String prompt) {
        long[] ids = tokenizer.encode(prompt);
        goOn(List.of(ids), 1);
        return ids.length;
    }

    @Override public int write(List<String> prompts, int tokens) {
        goOn(prompts.stream().map(tokenizer::encode).toList(), tokens);
        return prompts.size() * tokens;
    }

    private void goOn(List<long[]> prompts, int tokens) {
        try (var decoding = model.begin(prompts, tokens)) {
            for (int i = 1; ; i++) {
                try (var _ = Scope.open()) {
                    var next = decoding.logits().argmax(1);
                    next.toLongs();
                    if (i == tokens) return;
                    decoding.read(next);
                }
            }
        }
    }
}
