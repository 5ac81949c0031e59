package dev.merapi.bench.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** Token embeddings plus learned positions. Shapes: tokens (B, T) to (B, T, width). */
final class Embeddings extends AbstractBlock {
    private final int width;
    private final IdEmbedding tokens;
    private final Parameter positions;

    Embeddings(int vocabulary, int length, int width) {
        this.width = width;
        var words = new IdEmbedding.Builder().setDictionarySize(vocabulary).setEmbeddingSize(width).build();
        tokens = addChildBlock("tokens", words);
        positions = addParameter(Parameter.builder().setName("positions").setType(Parameter.Type.WEIGHT)
                .optShape(new Shape(length, width)).build());
    }

    @Override protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> options) {
        NDArray words = tokens.forward(store, inputs, training).singletonOrThrow();
        return new NDList(words.add(store.getValue(positions, words.getDevice(), training)));
    }

    @Override public Shape[] getOutputShapes(Shape[] inputs) { return new Shape[] {inputs[0].add(width)}; }

    @Override protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        tokens.initialize(manager, type, inputs);
    }
}
