package dev.merapi.vision.model;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Which of many blocks, one after the other, end a map of features: those before one that shrinks, and the last. From a
 * stride on, none shrinks: blocks spread their kernels instead (Chen et al. 2017, arXiv:1706.05587).
 */
final class Stages {
    /**
     * How a block moves over its input.
     *
     * @param dilation of its kernel, as those before it have it
     * @param after dilation of those behind it
     */
    record Step(int stride, int dilation, int after) {}

    private final List<Backbone.Level> levels = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>(); // positions of blocks
    private final int outputStride;
    private int blocks;
    private int stride = 1;
    private int dilation = 1;

    /** @param outputStride at most so many pixels of the image are one step in the last map */
    Stages(int outputStride) { this.outputStride = outputStride; }

    static void checkOutputStride(String where, int stride) {
        Expect.that(stride >= 2 && Integer.bitCount(stride) == 1, where, "a power of 2, at least 2", stride);
    }

    /** For the next block, which would shrink the map so much. */
    Step step(int shrinksBy) {
        int before = dilation;
        boolean shrinks = stride * shrinksBy <= outputStride;
        if (!shrinks) dilation *= shrinksBy;
        return new Step(shrinks ? shrinksBy : 1, before, dilation);
    }

    /** Blocks are told of in their order. */
    void block(int channels, int shrinksBy) {
        if (shrinksBy == 1 && !ends.isEmpty()) {
            ends.removeLast();
            levels.removeLast();
        }
        stride *= shrinksBy;
        ends.add(blocks++);
        levels.add(new Backbone.Level(channels, stride));
    }

    List<Backbone.Level> levels() { return List.copyOf(levels); }

    /** The results of those that end a map. */
    List<Tensor> run(List<? extends Unary> layers, Tensor x) {
        var maps = new ArrayList<Tensor>();
        Tensor h = x;
        for (int i = 0; i < blocks; i++) {
            h = layers.get(i).forward(h);
            if (ends.contains(i)) maps.add(h);
        }
        return maps;
    }
}
