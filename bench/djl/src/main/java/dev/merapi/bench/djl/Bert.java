package dev.merapi.bench.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.TruncatedNormalInitializer;
import ai.djl.util.PairList;

/** BERT-base with a classifier of two classes on its pooled output. Shapes: tokens (B, T) to logits (B, 2). */
final class Bert extends AbstractBlock {
    static final int VOCABULARY = 30_522;
    private static final int WIDTH = 768;

    private final BertBlock encoder;
    private final Linear classifier;

    Bert(int length) {
        encoder = addChildBlock("encoder", BertBlock.builder().base().optMaxSequenceLength(length)
                .optHiddenDropoutProbability(0).setTokenDictionarySize(VOCABULARY).build());
        classifier = addChildBlock("classifier", Linear.builder().setUnits(2).build());
        setInitializer(new TruncatedNormalInitializer(0.02f), Parameter.Type.WEIGHT);
    }

    @Override protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> options) {
        var ids = inputs.singletonOrThrow();
        var encoded = encoder.forward(store, new NDList(ids, ids.zerosLike(), ids.onesLike()), training);
        return classifier.forward(store, new NDList(encoded.get(1)), training);
    }

    @Override public Shape[] getOutputShapes(Shape[] inputs) { return new Shape[] {new Shape(inputs[0].get(0), 2)}; }

    @Override protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        encoder.initialize(manager, type, inputs[0], inputs[0], inputs[0]);
        classifier.initialize(manager, type, new Shape(inputs[0].get(0), WIDTH));
    }
}
