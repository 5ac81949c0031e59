package dev.merapi.text.model.bert;

import java.util.List;
import java.util.Map;

/** {@code config.json} of a DistilBERT, which has names of its own for the same settings. */
record DistilBertConfig(String modelType, List<String> architectures, int vocabSize, int dim, int nLayers, int nHeads,
        int hiddenDim, String activation, double dropout, double attentionDropout, int maxPositionEmbeddings,
        double initializerRange, int padTokenId, double seqClassifDropout, Map<Integer, String> id2label) {
    static final DistilBertConfig BASE = new DistilBertConfig("distilbert", List.of(), 30522, 768, 6, 12, 3072, "gelu",
            0.1, 0.1, 512, 0.02, 0, 0.2, Map.of(0, "LABEL_0", 1, "LABEL_1"));

    static DistilBertConfig of(BertConfig c) {
        return new DistilBertConfig(c.modelType(), c.architectures(), c.vocabSize(), c.hiddenSize(),
                c.numHiddenLayers(), c.numAttentionHeads(), c.intermediateSize(), c.hiddenAct(), c.hiddenDropoutProb(),
                c.attentionProbsDropoutProb(), c.maxPositionEmbeddings(), c.initializerRange(), c.padTokenId(),
                c.headDropout(), c.id2label());
    }

    BertConfig toBert() {
        return new BertConfig(modelType, architectures, vocabSize, dim, nLayers, nHeads, hiddenDim, activation, dropout,
                attentionDropout, maxPositionEmbeddings, 0, initializerRange, 1e-12, padTokenId, seqClassifDropout,
                "absolute", id2label);
    }
}
