package dev.merapi.text.gguf;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.text.generate.ChatTemplate;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code merapi gguf}: a model of Llama's family as a GGUF file, for llama.cpp and what is built on it. */
public final class GgufCommand implements Command<GgufCommand.Config> {
    /** Settings. */
    public record Config(@Describe("f32, f16, q8_0 or q4_0") String type,
            @Describe("the file; empty for model-<type>.gguf in the folder") String out) {}

    @Override public String name() { return "gguf"; }

    @Override public String description() {
        return "Write a model of Llama's family as a GGUF file, for llama.cpp and the like.";
    }

    @Override public String arguments() { return "<model folder>"; }

    @Override public Config defaults() { return new Config("q8_0", ""); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() == 1, "gguf", "the folder of a model", arguments);
        var type = List.of(GgmlType.F32, GgmlType.F16, GgmlType.Q8_0, GgmlType.Q4_0).stream()
                .filter(known -> known.name().equalsIgnoreCase(settings.type)).findFirst()
                .orElseThrow(() -> Expect.error("type", "f32, f16, q8_0 or q4_0", settings.type));
        out.answer(arguments.getFirst(), () -> write(Path.of(arguments.getFirst()), type, settings));
    }

    private static Answer write(Path folder, GgmlType type, Config settings) {
        String name = "model-" + type.name().toLowerCase(Locale.ROOT) + ".gguf";
        var file = settings.out.isEmpty() ? folder.resolve(name) : Path.of(settings.out);
        try (var model = Llama.load(folder); var tokenizer = Tokenizer.open(folder)) {
            tokenizer.expectVocab(model.vocabSize());
            GgufModel.write(model, tokenizer, ChatTemplate.isIn(folder) ? ChatTemplate.text(folder) : null, type,
                    file);
            long bytes = Files.size(file);
            return new Answer(String.format(Locale.ROOT, "%s, %.1f MiB", file, bytes / 1048576.0),
                    Map.of("file", file.toString(), "bytes", bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
