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
        fails("layers.0.self_attn (MultiHeadAttention): expected last dim 8. Received x of shape (2, 5, 7).",
                () -> encoder.forward(Tensor.zeros(2, 5, 7)));
    }

    private static final class Shared extends Layer {
        final Embedding words = new Embedding(5, 2);
        final Map<String, Layer> decoder = Map.of("embed_tokens", words);
    }

    @Test void aLayerThatIsUsedTwiceStandsAtItsFirstPlace() {
        var model = new Shared();
        assertEquals(List.of("", "words", "decoder.embed_tokens"), List.copyOf(model.layers().keySet()));
        fails("words (Embedding): expected ids from 0 to 4. Received 5.",
                () -> model.words.forward(Tensor.of(new long[] {5})));
    }

    @Test void aLayerOfASequentialSaysItsClass() {
        var model = new Sequential(new Flatten(), Activation.GELU, new Linear(4, 2));
        model.layers();
        fails("2 (Linear): expected last dim 4. Received x of shape (5, 6).", () -> model.forward(Tensor.zeros(5, 6)));
    }

    @Test void whatTheEngineRefusesSaysWhereToo() {
        var model = new Sequential(new Conv2d(3, 4, 5), new Flatten(), new Linear(4, 2));
        model.layers();
        fails("0 (Conv2d): expected at least (5, 5) positions for its window and padding. Received x of shape (1, 3, 4,"
                + " 4).", () -> model.forward(Tensor.zeros(1, 3, 4, 4)));
        fails("2 (Linear): expected tensors of one type. Received int64 (5, 4), float32 (2, 4) and float32 (2); convert"
                + " with to(DType).", () -> ((Unary) model.layers().get("2")).forward(Tensor.zeros(DType.INT64, 5, 4)));
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

    @Test void windowsAreNoLargerThanTheirInput() {
        String rest = " positions for its window and padding. Received x of shape (1, 3, 4, 4).";
        var x = Tensor.ones(1, 3, 4, 4);
        fails("Conv2d: expected at least (5, 5)" + rest, () -> new Conv2d(3, 2, 5).forward(x));
        var cross = ConvOptions.DEFAULT.padding(1, 0).dilation(3);
        fails("Conv2d: expected at least (5, 7)" + rest, () -> new Conv2d(3, 2, 3, cross).forward(x));
        for (var mode : new PaddingMode[] {PaddingMode.REFLECT, PaddingMode.CIRCULAR}) {
            var padded = ConvOptions.DEFAULT.padding(5).mode(mode);
            String least = mode == PaddingMode.REFLECT ? "(6, 6)" : "(5, 5)";
            fails("Conv2d: expected at least " + least + rest, () -> new Conv2d(3, 2, 3, padded).forward(x));
        }
        new Conv2d(3, 2, 6, ConvOptions.DEFAULT.padding(1)).forward(x);
        new Conv2d(3, 2, 5, ConvOptions.SAME).forward(x);
        new Conv2d(3, 2, 3, ConvOptions.DEFAULT.padding(3).mode(PaddingMode.REFLECT)).forward(x);
        new Conv2d(3, 2, 3, ConvOptions.DEFAULT.padding(4).mode(PaddingMode.CIRCULAR)).forward(x);

        fails("MaxPool2d: expected at least (5, 5)" + rest, () -> new MaxPool2d(5).forward(x));
        fails("AvgPool2d: expected at least (5, 5)" + rest, () -> new AvgPool2d(5).forward(x));
        fails("MaxPool1d: expected at least (5) positions for its window and padding. Received x of shape (2, 3, 4).",
                () -> new MaxPool1d(5).forward(Tensor.ones(2, 3, 4)));
        fails("AvgPool1d: expected padding of at most half the window, 1. Received 2.",
                () -> new AvgPool1d(3, 1, 2).forward(Tensor.ones(2, 3, 4)));
        fails("MaxPool2d: expected padding of at most half the window, 1. Received 2.",
                () -> new MaxPool2d(2, 2, 2).forward(x));
        new MaxPool2d(2, PoolOptions.DEFAULT.padding(1).dilation(3)).forward(x);
        assertEquals(1, new MaxPool2d(5, PoolOptions.DEFAULT.stride(2).ceil(true)).forward(x).size(2));
        fails("ConvTranspose2d: expected an output padding below stride or dilation. Received 2.",
                () -> new ConvTranspose2d(3, 2, 3, ConvOptions.DEFAULT.stride(2).outputPadding(2)));
    }

    @Test void paddingAndResampling() {
        var x = Tensor.ones(1, 4, 3, 3);
        fails("F.pad: expected REFLECT padding of at most 2 along an axis of size 3. Received 3.",
                () -> F.pad(x, new long[] {0, 3, 0, 0}, PaddingMode.REFLECT));
        fails("F.pad: expected CIRCULAR padding of at most 3 along an axis of size 3. Received 4.",
                () -> F.pad(x, new long[] {0, 3, 4, 0}, PaddingMode.CIRCULAR));
        fails("F.pad: expected REPLICATE padding of two sizes for each axis but the first, or the first two. Received 2"
                + " for x of shape (3).", () -> F.pad(Tensor.ones(3), new long[] {1, 1}, PaddingMode.REPLICATE));
        assertEquals(103, F.pad(x, new long[] {50, 50, 0, 0}, PaddingMode.REPLICATE).size(3));
        fails("F.upsampleNearest: expected x (N, C, H, W) and a height and width of at least 1. Received (1, 4, 3, 3),"
                + " 0 and 2.", () -> F.upsampleNearest(x, 0, 2));
        fails("F.upsampleBilinear: expected x (N, C, H, W) and a height and width of at least 1. Received (4, 3), 6 and"
                + " 6.", () -> F.upsampleBilinear(Tensor.ones(4, 3), 6, 6, false));
        fails("F.pixelShuffle: expected x (N, C·r², H, W) with r = 3. Received (1, 4, 3, 3).",
                () -> F.pixelShuffle(x, 3));
        fails("F.glu: expected an even size along dim 2. Received (1, 4, 3, 3).", () -> F.glu(x, 2));
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
        fails("LayerNorm: expected last dims (2, 3). Received x of shape (4, 5, 3).",
                () -> new LayerNorm(new long[] {2, 3}, 1e-5, true).forward(Tensor.zeros(4, 5, 3)));
        fails("LayerNorm: expected last dims (2, 3). Received x of shape (3).",
                () -> new LayerNorm(new long[] {2, 3}, 1e-5, true).forward(Tensor.zeros(3)));
        fails("F.localResponseNorm: expected x (N, C, H, W). Received (2, 3, 4).",
                () -> F.localResponseNorm(Tensor.ones(2, 3, 4), 3, 1, 1, 1));
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

    @Test void bagsThatEndBeforeTheyStart() {
        var bags = new EmbeddingBag(4, 2, EmbeddingBag.Mode.SUM);
        var ids = Tensor.of(new long[] {0, 1, 2});
        String expected = "F.embeddingBag: expected offsets (B), integers that begin at 0, never fall and stay within"
                + " the 3 ids. Received ";
        for (long[] wrong : new long[][] {{0, 3, 1}, {1, 2}, {0, 4}, {-1, 0}}) {
            var offsets = Tensor.of(wrong);
            fails(expected + offsets + ".", () -> bags.forward(ids, offsets));
        }
        assertThrows(IllegalArgumentException.class, () -> bags.forward(ids, Tensor.of(new float[] {0, 1})));
        bags.forward(ids, Tensor.of(new long[] {0, 0, 3}));
    }

    @Test void attention() {
        String expected = "F.attention: expected q (B, H, T, D), k (B, G, S, D) and v (B, G, S, E), where G divides H."
                + " Received ";
        var q = Tensor.ones(2, 4, 3, 8);
        fails(expected + "(2, 4, 3, 8), (2, 4, 5, 8) and (2, 4, 6, 8).", // the engine reads what is not there
                () -> F.attention(q, Tensor.ones(2, 4, 5, 8), Tensor.ones(2, 4, 6, 8), Mask.NONE, 0));
        fails(expected + "(2, 4, 3, 8), (1, 4, 5, 8) and (1, 4, 5, 8).",
                () -> F.attention(q, Tensor.ones(1, 4, 5, 8), Tensor.ones(1, 4, 5, 8), Mask.NONE, 0));
        fails(expected + "(2, 4, 3, 8), (2, 3, 5, 8) and (2, 3, 5, 8).",
                () -> F.attention(q, Tensor.ones(2, 3, 5, 8), Tensor.ones(2, 3, 5, 8), Mask.NONE, 0));
        fails("F.attention: expected a probability from 0 to 1. Received -0.5.",
                () -> F.attention(q, q, q, Mask.NONE, -0.5));
        fails("Mask: expected one for scores (B, H, T, S) of shape (2, 4, 3, 3). Received (2, 1, 1, 4).",
                () -> F.attention(q, q, q, Mask.causal().and(Mask.padding(Tensor.zeros(DType.BOOL, 2, 4))), 0));
        fails("Mask: expected one for scores (B, H, T, S) of shape (2, 4, 3, 3). Received (3, 5).",
                () -> F.attentionWeights(q, q, Mask.additive(Tensor.zeros(3, 5))));
    }

    @Test void states() {
        var x = Tensor.randn(2, 5, 3);
        fails("Lstm: expected states (layers · directions, B, hidden) of shape (1, 2, 4). Received (1, 1, 4).",
                () -> new Lstm(3, 4).forward(x, Tensor.zeros(1, 1, 4), Tensor.zeros(1, 1, 4), null));
        fails("Gru: expected states (layers · directions, B, hidden) of shape (4, 2, 4). Received (1, 2, 4).",
                () -> new Gru(3, 4, RnnOptions.DEFAULT.layers(2).bidirectional(true))
                        .forward(x, Tensor.zeros(1, 2, 4), null));
        for (long[] lengths : new long[][] {{6, 1}, {5, 0}, {5, 1, 2}}) {
            var wrong = Tensor.of(lengths);
            fails("Gru: expected lengths (B) from 1 to 5 for a batch of 2. Received " + wrong + ".",
                    () -> new Gru(3, 4).forward(x, null, wrong));
        }
        fails("GruCell: expected states (B, hidden) of shape (2, 4). Received (1, 4).",
                () -> new GruCell(3, 4).forward(Tensor.zeros(2, 3), Tensor.zeros(1, 4)));
        fails("LstmCell: expected states (B, hidden) of shape (2, 4). Received (2, 3).",
                () -> new LstmCell(3, 4).forward(Tensor.zeros(2, 3), Tensor.zeros(2, 4), Tensor.zeros(2, 3)));
        fails("RnnCell: expected x of shape (B, in). Received x of shape (2, 2, 3).",
                () -> new RnnCell(3, 4).forward(Tensor.zeros(2, 2, 3), Tensor.zeros(2, 4)));
    }

    @Test void configurations() {
        fails("Embedding: expected a padding id below 4, or -1. Received 4.", () -> new Embedding(4, 2, 4));
        fails("EmbeddingBag: expected a padding id below 4, or -1. Received -2.",
                () -> new EmbeddingBag(4, 2, EmbeddingBag.Mode.SUM, -2));
        fails("F.embedding: expected a padding id below 2, or -1. Received 9.",
                () -> F.embedding(Tensor.of(new long[] {0}), Tensor.zeros(2, 2), 9));
        for (boolean training : new boolean[] {false, true}) {
            fails("F.dropout: expected a probability from 0 to 1. Received -1.0.",
                    () -> F.dropout(Tensor.ones(2), -1, training));
        }
        fails("F.hardtanh: expected a low end up to the high one, -1.0. Received 1.0.",
                () -> F.hardtanh(Tensor.ones(2), 1, -1));
        fails("Dropout: expected a probability from 0 to 1. Received 1.5.", () -> new Dropout(1.5));
        fails("MultiHeadAttention: expected heads that divide dim 8. Received 3.", () -> new MultiHeadAttention(8, 3));
        fails("GroupedQueryAttention: expected groups that divide 4 heads. Received 3.",
                () -> new GroupedQueryAttention(8, 4, 3));
        fails("Rnn: expected TANH or RELU. Received GELU.",
                () -> new Rnn(2, 3, RnnOptions.DEFAULT, Activation.GELU));
        fails("Rotary: expected an even dim. Received 3.", () -> Rotary.HALVES.rotate(Tensor.zeros(1, 3), 0));
        fails("Lstm: expected x of shape (B, T, in). Received x of shape (2, 3).",
                () -> new Lstm(3, 4).forward(Tensor.zeros(2, 3)));
    }
}
