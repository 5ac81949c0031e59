package dev.merapi.nn;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Messages say where, what was expected, what was received and what to do. */
class LayerErrorsTest {
    private Scope scope;

    @BeforeEach void open() { scope = Scope.open(); }

    @AfterEach void close() { scope.close(); }

    private static void fails(String message, Executable wrong) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, wrong).getMessage());
    }

    @Test void aLayerSaysWhereItStands() {
        var encoder = new TransformerEncoder(3, 8, 2, 16, TransformerOptions.DEFAULT);
        encoder.layers();
        fails("layers.0.self_attn: expected last dim 8. Received x of shape (2, 5, 7).",
                () -> encoder.forward(Tensor.zeros(2, 5, 7)));
    }

    private static final class Shared extends Layer {
        final Embedding words = new Embedding(5, 2);
        final Map<String, Layer> decoder = Map.of("embed_tokens", words);
    }

    @Test void aLayerThatIsUsedTwiceStandsAtItsFirstPlace() {
        var model = new Shared();
        assertEquals(List.of("", "words", "decoder.embed_tokens"), List.copyOf(model.layers().keySet()));
        fails("words: expected ids from 0 to 4. Received 5.", () -> model.words.forward(Tensor.of(new long[] {5})));
    }

    @Test void linear() {
        fails("Linear: expected last dim 784. Received x of shape (64, 1, 28, 28); put a Flatten before it.",
                () -> new Linear(784, 10).forward(Tensor.zeros(64, 1, 28, 28)));
        fails("Linear: expected last dim 3. Received x of shape ().", () -> new Linear(3, 1).forward(Tensor.zeros()));
    }

    @Test void convolution() {
        fails("Conv2d: expected x of shape (N, 3, H, W). Received x of shape (8, 1, 28, 28).",
                () -> new Conv2d(3, 4, 3).forward(Tensor.zeros(8, 1, 28, 28)));
        fails("Conv2d: expected x of shape (N, 3, H, W). Received x of shape (3, 28, 28);"
                + " add the missing dimension with unsqueeze.",
                () -> new Conv2d(3, 4, 3).forward(Tensor.zeros(3, 28, 28)));
        fails("Conv1d: expected x of shape (N, 3, L). Received x of shape (2, 4, 9).",
                () -> new Conv1d(3, 4, 3).forward(Tensor.zeros(2, 4, 9)));
        fails("Conv2d: expected channels that 2 groups divide. Received 3 in and 4 out.",
                () -> new Conv2d(3, 4, 3, ConvOptions.DEFAULT.groups(2)));
        fails("ConvOptions.stride: expected stride 1 with padding \"same\". Received [2].",
                () -> ConvOptions.SAME.stride(2));
        fails("ConvOptions.padding: expected one size of at least 0 for all axes, or one for each. Received [-1].",
                () -> ConvOptions.DEFAULT.padding(-1));
        fails("sizes: expected one for all axes, or 2. Received [1, 2, 3].",
                () -> new Conv2d(3, 4, 3, ConvOptions.DEFAULT.stride(1, 2, 3)).forward(Tensor.zeros(1, 3, 9, 9)));
    }

    @Test void poolingAndNorms() {
        fails("MaxPool2d: expected x of shape (N, C, H, W). Received x of shape (2, 3, 9).",
                () -> new MaxPool2d(2).forward(Tensor.zeros(2, 3, 9)));
        fails("BatchNorm2d: expected x of shape (N, C, H, W). Received x of shape (2, 3).",
                () -> new BatchNorm2d(3).forward(Tensor.zeros(2, 3)));
        fails("BatchNorm1d: expected x of shape (N, 4, …). Received x of shape (2, 3).",
                () -> new BatchNorm1d(4).forward(Tensor.zeros(2, 3)));
        fails("LayerNorm: expected last dim 4. Received x of shape (2, 3).",
                () -> new LayerNorm(4).forward(Tensor.zeros(2, 3)));
        fails("GroupNorm: expected groups that divide 6 channels. Received 4.", () -> new GroupNorm(4, 6));
    }

    @Test void ids() {
        var table = new Embedding(5, 2);
        fails("Embedding: expected ids from 0 to 4. Received 5.",
                () -> table.forward(Tensor.of(new long[] {1, 5})));
        fails("Embedding: expected ids from 0 to 4. Received -1.",
                () -> table.forward(Tensor.of(new long[] {-1, 2})));
        fails("Embedding: expected ids of int64 or int32. Received float32; convert them with to(DType.INT64).",
                () -> table.forward(Tensor.zeros(2)));
        fails("LearnedPositions: expected positions below 4. Received x of shape (1, 3, 2) from position 2.",
                () -> new LearnedPositions(4, 2).forward(Tensor.zeros(1, 3, 2), 2));
        fails("EmbeddingBag: expected ids of shape (B, T). Received x of shape (3); for one dim, give offsets.",
                () -> new EmbeddingBag(4, 2, EmbeddingBag.Mode.SUM).forward(Tensor.zeros(DType.INT64, 3)));
    }

    @Test void configurations() {
        fails("Dropout: expected a probability from 0 to 1. Received 1.5.", () -> new Dropout(1.5));
        fails("MultiHeadAttention: expected heads that divide dim 8. Received 3.", () -> new MultiHeadAttention(8, 3));
        fails("GroupedQueryAttention: expected groups that divide 4 heads. Received 3.",
                () -> new GroupedQueryAttention(8, 4, 3));
        fails("Rnn: expected TANH or RELU. Received GELU.",
                () -> new Rnn(2, 3, RnnOptions.DEFAULT, Activation.GELU));
        fails("Rotary: expected an even dim. Received 3.", () -> Rotary.HALVES.turn(Tensor.zeros(1, 3), 0));
        fails("Lstm: expected x of shape (B, T, in). Received x of shape (2, 3).",
                () -> new Lstm(3, 4).forward(Tensor.zeros(2, 3)));
    }
}
