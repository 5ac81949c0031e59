package dev.merapi.vision.model;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Which of many blocks, one after the other, end a map of features: those before one that shrinks, and the last. */
final class Stages {
    private final List<Backbone.Level> levels = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>(); // positions of blocks
    private int blocks;
    private int stride = 1;

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
