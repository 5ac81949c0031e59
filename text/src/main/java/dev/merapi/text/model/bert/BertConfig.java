package dev.merapi.text.model.bert;

import dev.merapi.io.FileErrors;
import dev.merapi.io.ModelFolder;
import dev.merapi.nn.Activation;
import dev.merapi.tensor.Expect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The settings of an encoder of BERT's family, as Hugging Face's {@code config.json} names them; start from a preset:
 *
 * <pre>{@code
 * var config = BertConfig.MINI.vocabSize(tokens).labels("negative", "positive");
 * }</pre>
 *
 * @param modelType {@code bert}, {@code roberta}, {@code xlm-roberta}, {@code camembert} or {@code distilbert}
 * @param architectures the class that transformers loads the weights into; set when a model is saved
 * @param intermediateSize size between the two products of the feed-forward net
 * @param hiddenAct {@code gelu}, {@code gelu_new}, {@code relu} or {@code silu}
 * @param maxPositionEmbeddings the longest input, for RoBERTa's relatives and {@code padTokenId + 1} more
 * @param typeVocabSize how many kinds of segments there are; 0 for DistilBERT
 * @param initializerRange deviation of new weights
 * @param classifierDropout in front of a classifier; null for {@code hiddenDropoutProb}
 * @param positionEmbeddingType {@code absolute}
 * @param id2label what classifiers tell apart, by class
 */
public record BertConfig(String modelType, List<String> architectures, int vocabSize, int hiddenSize,
        int numHiddenLayers, int numAttentionHeads, int intermediateSize, String hiddenAct, double hiddenDropoutProb,
        double attentionProbsDropoutProb, int maxPositionEmbeddings, int typeVocabSize, double initializerRange,
        double layerNormEps, int padTokenId, Double classifierDropout, String positionEmbeddingType,
        Map<Integer, String> id2label) {
    private static final String RUN = "encoder";
    private static final Map<Integer, String> TWO = Map.of(0, "LABEL_0", 1, "LABEL_1");

    /** BERT-base, uncased; 110 million parameters. */
    public static final BertConfig BASE = bert(12, 768);
    /** BERT-large, uncased; 335 million parameters. */
    public static final BertConfig LARGE = bert(24, 1024);
    // the small ones of Turc et al. 2019, arXiv:1908.08962
    public static final BertConfig TINY = bert(2, 128);
    public static final BertConfig MINI = bert(4, 256);
    public static final BertConfig SMALL = bert(4, 512);
    public static final BertConfig MEDIUM = bert(8, 512);
    public static final BertConfig ROBERTA_BASE = roberta(12, 768);
    public static final BertConfig ROBERTA_LARGE = roberta(24, 1024);
    /** DistilBERT-base, uncased. */
    public static final BertConfig DISTILBERT = DistilBertConfig.BASE.toBert();

    public BertConfig {
        Family.of(modelType);
        Expect.that(architectures == null || architectures.stream().allMatch(Objects::nonNull),
                "BertConfig.architectures", "names", architectures);
        architectures = architectures == null ? List.of() : List.copyOf(architectures);
        id2label = id2label == null ? Map.of() : new LinkedHashMap<>(id2label);
        Expect.atLeast("BertConfig.vocabSize", 1, vocabSize);
        Expect.atLeast("BertConfig.numHiddenLayers", 1, numHiddenLayers);
        Expect.that(numAttentionHeads > 0 && hiddenSize > 0 && hiddenSize % numAttentionHeads == 0,
                "BertConfig.numAttentionHeads", "heads that divide the hidden size " + hiddenSize, numAttentionHeads);
        Expect.that(positionEmbeddingType == null || positionEmbeddingType.equals("absolute"),
                "BertConfig.positionEmbeddingType", "absolute", positionEmbeddingType);
        Expect.that(padTokenId < vocabSize, "BertConfig.padTokenId", "an id below " + vocabSize, padTokenId);
        Expect.that(!id2label.isEmpty(), "BertConfig.id2label", "at least one class", id2label);
        Expect.probability("BertConfig.hiddenDropoutProb", hiddenDropoutProb);
        Expect.probability("BertConfig.attentionProbsDropoutProb", attentionProbsDropoutProb);
        if (classifierDropout != null) Expect.probability("BertConfig.classifierDropout", classifierDropout);
        activation(hiddenAct);
    }

    private static BertConfig bert(int layers, int dim) { return of(30522, 512, layers, dim / 64, dim); }

    /**
     * A BERT of another size; what is left is as in {@link #BASE}.
     *
     * @param maxTokens of the longest input
     * @param hiddenSize of all vectors, and a quarter of the feed-forward net's
     */
    public static BertConfig of(int vocabSize, int maxTokens, int layers, int heads, int hiddenSize) {
        return new BertConfig("bert", List.of(), vocabSize, hiddenSize, layers, heads, 4 * hiddenSize, "gelu", 0.1, 0.1,
                maxTokens, 2, 0.02, 1e-12, 0, null, "absolute", TWO);
    }

    private static BertConfig roberta(int layers, int dim) {
        return new BertConfig("roberta", List.of(), 50265, dim, layers, dim / 64, 4 * dim, "gelu", 0.1, 0.1, 514, 1,
                0.02, 1e-5, 1, null, "absolute", TWO);
    }

    /**
     * Reads {@code config.json}, or in the folder of a run what {@link #writeForRun} wrote; what it leaves out is as in
     * transformers.
     *
     * @throws java.io.UncheckedIOException if it cannot be read
     * @throws IllegalArgumentException if it is not JSON, or of a model that is not in this family
     */
    public static BertConfig read(Path folder) {
        Path inRun = folder.resolve(RUN);
        if (Files.exists(inRun.resolve("config.json"))) return read(inRun);
        return FileErrors.naming(folder.resolve("config.json"), () -> readSettings(folder));
    }

    private static BertConfig readSettings(Path folder) {
        ModelFolder.expectNoRun(folder);
        Object type = ModelFolder.config(folder).getOrDefault("model_type", "bert");
        return switch (Family.of(String.valueOf(type))) {
            case BERT -> ModelFolder.config(folder, BASE);
            case ROBERTA -> ModelFolder.config(folder, ROBERTA_BASE);
            case DISTILBERT -> ModelFolder.config(folder, DistilBertConfig.BASE).toBert();
        };
    }

    /**
     * Writes settings without weights into the folder of a run, as {@code encoder/config.json}, for its {@code
     * config.json} says how it was trained.
     *
     * @param task what transformers' class is called behind the family's name, such as {@code ForMaskedLM}
     */
    public void writeForRun(Path run, String task) {
        ModelFolder.writeConfig(file(task), run.resolve(RUN).resolve("config.json"));
    }

    /** What {@code config.json} should hold for weights that transformers loads into {@code <family>For<task>}. */
    Object file(String task) {
        String model = switch (modelType) {
            case "bert" -> "Bert";
            case "roberta" -> "Roberta";
            case "xlm-roberta" -> "XLMRoberta";
            case "camembert" -> "Camembert";
            default -> "DistilBert";
        };
        var saved = with(id2label, List.of(model + task));
        return family() == Family.DISTILBERT ? DistilBertConfig.of(saved) : saved;
    }

    private BertConfig with(Map<Integer, String> labels, List<String> models) {
        return new BertConfig(modelType, models, vocabSize, hiddenSize, numHiddenLayers, numAttentionHeads,
                intermediateSize, hiddenAct, hiddenDropoutProb, attentionProbsDropoutProb, maxPositionEmbeddings,
                typeVocabSize, initializerRange, layerNormEps, padTokenId, classifierDropout, positionEmbeddingType,
                labels);
    }

    /** The same for a vocabulary of another size. */
    public BertConfig vocabSize(int size) {
        return new BertConfig(modelType, architectures, size, hiddenSize, numHiddenLayers, numAttentionHeads,
                intermediateSize, hiddenAct, hiddenDropoutProb, attentionProbsDropoutProb, maxPositionEmbeddings,
                typeVocabSize, initializerRange, layerNormEps, padTokenId, classifierDropout, positionEmbeddingType,
                id2label);
    }

    /** The same with one probability for every dropout. */
    public BertConfig dropout(double p) {
        return new BertConfig(modelType, architectures, vocabSize, hiddenSize, numHiddenLayers, numAttentionHeads,
                intermediateSize, hiddenAct, p, p, maxPositionEmbeddings, typeVocabSize, initializerRange,
                layerNormEps, padTokenId, p, positionEmbeddingType, id2label);
    }

    /** The same with new weights of another deviation. */
    public BertConfig initializerRange(double deviation) {
        return new BertConfig(modelType, architectures, vocabSize, hiddenSize, numHiddenLayers, numAttentionHeads,
                intermediateSize, hiddenAct, hiddenDropoutProb, attentionProbsDropoutProb, maxPositionEmbeddings,
                typeVocabSize, deviation, layerNormEps, padTokenId, classifierDropout, positionEmbeddingType,
                id2label);
    }

    /** The same for other classes. */
    public BertConfig labels(List<String> labels) {
        var byId = new LinkedHashMap<Integer, String>();
        for (String label : labels) byId.put(byId.size(), label);
        return with(byId, architectures);
    }

    /** The same for other classes. */
    public BertConfig labels(String... labels) { return labels(List.of(labels)); }

    /** The classes in order. */
    public List<String> labels() {
        var labels = new ArrayList<String>();
        for (int i = 0; i < id2label.size(); i++) labels.add(id2label.getOrDefault(i, "LABEL_" + i));
        return labels;
    }

    /** The longest input, in tokens. */
    public int maxTokens() {
        return family() == Family.ROBERTA ? maxPositionEmbeddings - padTokenId - 1 : maxPositionEmbeddings;
    }

    Family family() { return Family.of(modelType); }

    Activation activation() { return activation(hiddenAct); }

    double headDropout() { return classifierDropout == null ? hiddenDropoutProb : classifierDropout; }

    private static Activation activation(String name) {
        return switch (name) {
            case "gelu" -> Activation.GELU;
            case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            case "relu" -> Activation.RELU;
            case "silu", "swish" -> Activation.SILU;
            default -> throw new IllegalArgumentException("BertConfig.hiddenAct: expected gelu, gelu_new, relu or silu."
                    + " Received " + name);
        };
    }
}
