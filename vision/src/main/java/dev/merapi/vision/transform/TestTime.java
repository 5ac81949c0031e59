package dev.merapi.vision.transform;

import dev.merapi.nn.Unary;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Augmentation when a model is used: it is asked about several views of each picture, and its answers are averaged.
 *
 * <pre>{@code
 * Unary surer = TestTime.MIRRORED.on(images -> model.forward(images).softmax(1));
 * Tensor probabilities = surer.forward(x);
 * }</pre>
 *
 * <p>{@code ImageClassifier.views} takes one.
 *
 * @param views from pictures (N, C, H, W) to others of their size
 */
public record TestTime(List<UnaryOperator<Tensor>> views) {
    /** The picture as it is. */
    public static final TestTime PLAIN = new TestTime(List.of(x -> x));
    /** The picture and its mirror image. */
    public static final TestTime MIRRORED = new TestTime(List.of(x -> x, x -> x.flip(3)));

    /** @throws IllegalArgumentException if there is no view */
    public TestTime {
        views = List.copyOf(views);
        Expect.that(!views.isEmpty(), "TestTime.views", "one at least", views);
    }

    /** The mean of what a model says of all views: probabilities, or vectors; not positions, which views move. */
    public Unary on(Unary model) {
        return x -> {
            Tensor sum = model.forward(views.getFirst().apply(x));
            for (var view : views.subList(1, views.size())) sum = sum.add(model.forward(view.apply(x)));
            return sum.div(views.size());
        };
    }
}
