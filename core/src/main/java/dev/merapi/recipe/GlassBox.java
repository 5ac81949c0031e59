package dev.merapi.recipe;

import dev.merapi.nn.Layer;
import dev.merapi.tensor.Tensor;
import java.util.List;

/**
 * A predictor's model to be looked into: the tensor that it sees of an input, and what it computes from it.
 *
 * <pre>{@code
 * var box = model.glassBox().orElseThrow();
 * Tensor x = box.encode(List.of(Image.read(Path.of("shoe.png"))));
 * Tensor scores = box.scores(x);                                  // (1, classes)
 * }</pre>
 *
 * B inputs.
 *
 * @param <I> an input
 */
public interface GlassBox<I> {
    /** The model, for hooks on its layers. */
    Layer model();

    /** Names of the scores by index: classes, or the one number that is predicted. */
    List<String> outputs();

    /**
     * What the model sees of inputs (B, …), made as for a prediction: pixels (B, C, H, W), ids of tokens (B, T), the
     * numbers and ids of a table's columns side by side (B, columns).
     */
    Tensor encode(List<I> inputs);

    /** The part of an input that the model sees, such as the middle of a picture at the model's size. */
    default I seen(I input) { return input; }

    /**
     * What lies along the second axis of an encoded input: tokens, or the columns of a table, of which one may have
     * several places. Empty where these have no names, as of pictures.
     */
    List<String> parts(I input);

    /** An encoded input with nothing in it, of the same shape: what stands where a part of it is hidden. */
    Tensor blank(Tensor encoded);

    /**
     * The outputs (B, outputs) of encoded inputs, in evaluation mode and before a softmax: logits, or numbers in their
     * unit. Records gradients where these are on.
     */
    Tensor scores(Tensor encoded);
}
