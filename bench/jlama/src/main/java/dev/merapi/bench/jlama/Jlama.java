package dev.merapi.bench.jlama;

import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.safetensors.SafeTensorSupport;
import com.github.tjake.jlama.safetensors.prompt.PromptContext;
import dev.merapi.bench.Decoder;
import dev.merapi.bench.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Jlama, which writes one text at a time. */
final class Jlama implements Decoder {
    private final AbstractModel model;

    private Jlama(Path folder, String type) throws IOException {
        boolean whole = type.equals("f32");
        var read = whole ? folder.resolve("hf") : folder.resolve("jlama-" + type);
        if (!Files.exists(read)) {
            SafeTensorSupport.quantizeModel(folder.resolve("hf"), DType.valueOf(type.toUpperCase()), new String[0],
                    new String[0], Optional.of(read));
        }
        var working = Files.createDirectories(folder.resolve("jlama"));
        model = ModelSupport.loadModel(read.toFile(), working.toFile(), DType.F32, whole ? DType.F32 : DType.I8,
                Optional.empty(), Optional.of(Runner.threads()));
    }

    /** @param arguments the folder of the models, and the type of the weights */
    public static void main(String... arguments) throws IOException {
        Decoder.serve("Jlama " + arguments[1], new Jlama(Path.of(arguments[0]), arguments[1]));
    }

    /** @return how many tokens were written */
    private int write(String prompt, int tokens) {
        int read = model.encodePrompt(PromptContext.of(prompt)).length;
        var count = new AtomicInteger();
        model.generate(UUID.randomUUID(), PromptContext.of(prompt), 0, read + tokens, (_, _) -> count
                .incrementAndGet());
        return count.get();
    }

    @Override public int read(String prompt) {
        write(prompt, 1);
        return model.encodePrompt(PromptContext.of(prompt)).length;
    }

    @Override public int write(List<String> prompts, int tokens) {
        if (prompts.size() > 1) throw new UnsupportedOperationException("one text at a time: threads crash it");
        return write(prompts.getFirst(), tokens);
    }
}
