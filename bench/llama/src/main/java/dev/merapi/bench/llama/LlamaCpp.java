package dev.merapi.bench.llama;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import dev.merapi.bench.Decoder;
import dev.merapi.bench.Runner;
import java.util.List;

/** llama.cpp by its Java binding; its own server writes texts of several threads together. */
final class LlamaCpp implements Decoder {
    private static final int SLOTS = 16, CONTEXT = 1024;

    private final LlamaModel model;

    private LlamaCpp(String file) {
        int threads = Runner.threads();
        model = new LlamaModel(new ModelParameters().setModel(file).setThreads(threads).setThreadsBatch(threads)
                .setParallel(SLOTS).setCtxSize(SLOTS * CONTEXT).disableLog());
    }

    /** @param arguments the folder of the models, and the type of the weights */
    public static void main(String... arguments) {
        Decoder.serve("llama.cpp " + arguments[1], new LlamaCpp(arguments[0] + "/" + arguments[1] + ".gguf"));
    }

    private int write(String prompt, int tokens) {
        var wish = new InferenceParameters(prompt).setTemperature(0).setNPredict(tokens).setIgnoreEos(true)
                .setCachePrompt(false);
        int count = 0;
        for (var _ : model.generate(wish)) count++;
        return count;
    }

    @Override public int read(String prompt) {
        write(prompt, 1);
        return model.encode(prompt).length;
    }

    @Override public int write(List<String> prompts, int tokens) {
        return Decoder.together(prompts, prompt -> write(prompt, tokens));
    }
}
