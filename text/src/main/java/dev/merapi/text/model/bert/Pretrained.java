package dev.merapi.text.model.bert;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Weights;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Fits what is in files of the family to a model that wants a part of it. */
final class Pretrained {
    private static final Pattern TASK = Pattern.compile("For(Sequence|Token)Classification$|ForQuestionAnswering$");

    private Pretrained() {}

    /** A file's encoder, for a {@link Bert}, whose names have no prefix. */
    static Weights encoder(Weights file, BertConfig config) {
        var family = config.family();
        String prefix = family.prefix + ".";
        return file.renamed(name -> {
            String today = family.canonical(name);
            if (today == null || !today.startsWith(prefix) && family.isHead(today)) return null;
            return today.startsWith(prefix) ? today.substring(prefix.length()) : today;
        });
    }

    /** Loads a model with its head for a task; a pooler that it lacks is left out. */
    static <M extends Layer> M load(Supplier<M> made, BertConfig config, String task, Path folder) {
        expectTask(config, task, folder);
        M model = ModelFolder.buildEmpty(folder, made);
        fitting(Weights.open(folder), model, config).loadInto(model);
        return model;
    }

    /** Heads of two tasks may have the same names and shapes, so a file's tensors do not tell. */
    private static void expectTask(BertConfig config, String task, Path folder) {
        for (var architecture : config.architectures()) {
            if (TASK.matcher(architecture).find() && !architecture.endsWith(task)) {
                throw new IllegalArgumentException(folder.resolve("config.json") + ": expected a model " + task
                        + " as architectures. Received " + architecture
                        + "; open it as that, or train its encoder anew.");
            }
        }
    }

    /** Loads a model's encoder. Its head is new, and so is a pooler that the file lacks. */
    static <M extends Layer> M loadEncoder(Supplier<M> made, BertConfig config, Path folder) {
        M model = ModelFolder.buildEmpty(folder, made);
        var family = config.family();
        String pooler = family.prefix + ".pooler.";
        var fresh = new LinkedHashMap<String, Tensor>();
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.tensors().forEach((name, tensor) -> {
                if (family.isHead(name)) fresh.put(name, initial(config, tensor.shape()));
            });
            fitting(Weights.open(folder), model, config)
                    .renamed(name -> family.isHead(name) && !name.startsWith(pooler) ? null : name)
                    .or(Weights.of(fresh)).loadInto(model);
        }
        return model;
    }

    /** Of a head's weight or bias: as {@link Bert#initialise}. */
    private static Tensor initial(BertConfig config, long... shape) {
        Init init = shape.length == 2 ? Init.normal(0, config.initializerRange()) : Init.zeros();
        return init.fill(Tensor.empty(shape));
    }

    private static Weights fitting(Weights file, Layer model, BertConfig config) {
        var wanted = model.tensors().keySet();
        var family = config.family();
        return file.renamed(name -> {
            String today = family.canonical(name);
            return today == null || !wanted.contains(today) && family.isHead(today) ? null : today;
        });
    }

    static void save(Layer model, BertConfig config, String task, Path folder) {
        ModelFolder.save(model, config.file(task), folder);
    }
}
