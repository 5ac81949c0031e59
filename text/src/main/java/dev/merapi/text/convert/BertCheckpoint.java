package dev.merapi.text.convert;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.io.AtomicFiles;
import dev.merapi.io.FileErrors;
import dev.merapi.io.JsonFile;
import dev.merapi.io.ModelFolder;
import dev.merapi.io.Provenance;
import dev.merapi.io.Safetensors;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * BERT as its authors published it, a TensorFlow checkpoint, as a model folder.
 *
 * <pre>{@code
 * BertCheckpoint.convert(Path.of("uncased_L-12_H-768_A-12/bert_model.ckpt"), Path.of("bert-base-uncased"));
 * }</pre>
 */
public final class BertCheckpoint {
    private static final Pattern NAME = Pattern.compile("(?:.*/)?((?:bert|cls)/.*)"); // behind a module's name, maybe
    private static final int HEAD_SIZE = 64; // of all published models

    private BertCheckpoint() {}

    /**
     * Writes {@code config.json}, {@code model.safetensors} and, where there is a vocabulary, {@code vocab.txt} and
     * {@code tokenizer_config.json}. Settings come from a {@code bert_config.json} beside the checkpoint, or from the
     * tensors' shapes.
     *
     * @param checkpoint as for {@link TensorFlowCheckpoint#open}
     * @throws java.io.UncheckedIOException if a file cannot be read or written
     * @throws IllegalArgumentException if the checkpoint is damaged, or none of a BERT
     */
    public static void convert(Path checkpoint, Path folder) {
        var source = TensorFlowCheckpoint.open(checkpoint);
        try (var _ = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            for (String name : source.names()) {
                String target = target(name);
                if (target == null) continue;
                Tensor tensor = source.tensor(name);
                tensors.put(target, name.endsWith("/kernel") ? tensor.mT().contiguous() : tensor);
            }
            var settings = settings(source, tensors);
            Safetensors.write(folder.resolve("model.safetensors"), tensors, Provenance.of(null, null, null).metadata());
            Path home = source.prefix().toAbsolutePath().getParent();
            find(home, "vocab.txt").ifPresent(vocab -> copyVocabulary(vocab, folder));
            ModelFolder.writeConfig(settings, folder.resolve("config.json"));
        }
    }

    /** The name in Hugging Face's files; null for what belongs to the training alone. */
    static String target(String name) {
        var matched = NAME.matcher(name);
        if (!matched.matches() || name.matches(".*/(adam_m|adam_v|Adam|Adam_1)")) return null;
        return matched.group(1)
                .replaceAll("_embeddings$", "_embeddings/weight")
                .replaceAll("layer_(\\d+)", "layer/$1")
                .replaceAll("(kernel|gamma|output_weights)$", "weight")
                .replaceAll("(beta|output_bias)$", "bias")
                .replace('/', '.');
    }

    private static Object settings(TensorFlowCheckpoint source, Map<String, Tensor> tensors) {
        Path home = source.prefix().toAbsolutePath().getParent();
        var settings = new LinkedHashMap<String, Object>();
        settings.put("model_type", "bert");
        settings.put("architectures", List.of("BertForPreTraining"));
        var given = find(home, "bert_config.json");
        if (given.isPresent()) {
            settings.putAll(read(given.get()));
            return settings;
        }
        Tensor words = tensors.get("bert.embeddings.word_embeddings.weight");
        Tensor up = tensors.get("bert.encoder.layer.0.intermediate.dense.weight");
        if (words == null || up == null) {
            throw new IllegalArgumentException(source.prefix() + ": expected the tensors of a BERT. Received "
                    + source.names().stream().limit(3).toList() + " …");
        }
        long layers = Stream.iterate(0, i -> i + 1)
                .takeWhile(i -> tensors.containsKey("bert.encoder.layer." + i + ".output.dense.weight")).count();
        settings.put("vocab_size", words.size(0));
        settings.put("hidden_size", words.size(1));
        settings.put("num_hidden_layers", layers);
        settings.put("num_attention_heads", Math.max(1, words.size(1) / HEAD_SIZE));
        settings.put("intermediate_size", up.size(0));
        settings.put("max_position_embeddings", tensors.get("bert.embeddings.position_embeddings.weight").size(0));
        settings.put("type_vocab_size", tensors.get("bert.embeddings.token_type_embeddings.weight").size(0));
        return settings;
    }

    private static Map<String, Object> read(Path json) {
        return new ObjectMapper().convertValue(JsonFile.object(json), new TypeReference<Map<String, Object>>() {});
    }

    /** Beside a checkpoint, or where a SavedModel keeps it. */
    private static Optional<Path> find(Path home, String name) {
        return Stream.of(home.resolve(name), home.resolveSibling("assets").resolve(name)).filter(Files::exists)
                .findFirst();
    }

    private static void copyVocabulary(Path vocab, Path folder) {
        try {
            AtomicFiles.write(folder.resolve("vocab.txt"), Files.readAllBytes(vocab));
            boolean lower = Files.readString(vocab).lines().filter(word -> !word.startsWith("["))
                    .noneMatch(word -> word.chars().anyMatch(Character::isUpperCase));
            ModelFolder.writeConfig(Map.of("do_lower_case", lower), folder.resolve("tokenizer_config.json"));
        } catch (IOException e) {
            throw FileErrors.reading(vocab, e);
        }
    }
}
