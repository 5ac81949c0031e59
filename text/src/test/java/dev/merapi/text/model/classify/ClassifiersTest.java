package dev.merapi.text.model.classify;

import dev.merapi.data.Collate;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.PaddedBatch;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.classify.RnnClassifier.Pooling;
import dev.merapi.text.model.classify.TransformerClassifier.Config;
import dev.merapi.text.model.classify.TransformerClassifier.Positions;
import dev.merapi.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClassifiersTest {
    private static final Map<String, Supplier<TextNet>> NETS = nets();
    static final List<String> NAMES = List.copyOf(NETS.keySet());

    private static Map<String, Supplier<TextNet>> nets() {
        var nets = new LinkedHashMap<String, Supplier<TextNet>>();
        for (var positions : Positions.values()) {
            nets.put("transformer " + positions, () -> new TransformerClassifier(12, 9, 2,
                    new Config(2, 16, 2, 16, 16, 0.1, positions)));
        }
        for (var cell : RnnClassifier.Cell.values()) {
            for (var pooling : Pooling.values()) {
                for (boolean both : new boolean[] {false, true}) {
                    nets.put((both ? "bi" : "") + cell + " " + pooling, () -> new RnnClassifier(12, 2,
                            new RnnClassifier.Config(cell, both, 2, 8, 8, pooling, 0.1)));
                }
            }
        }
        return nets;
    }

    private static TextNet net(String name) {
        Torch.seed(1337);
        return NETS.get(name).get();
    }

    /** A text among longer ones, with any fill, is what it is alone; and 0 behind a text is fill. */
    @ParameterizedTest @FieldSource("NAMES") void fillChangesNothing(String name) {
        try (var net = net(name); var _ = Scope.open(); var _ = Torch.noGrad()) {
            net.eval();
            Tensor ids = Tensor.of(new long[] {3, 4, 5, 6, 7, 8, 2, 9, 0, 0, 0, 0, 5, 0, 6, 0, 0, 0}, 3, 6);
            Tensor lengths = Tensor.of(new long[] {6, 2, 3});
            Tensor together = net.forward(ids, lengths);
            assertClose(together, net.forward(ids), "lengths from zeros");
            Tensor filled = Tensor.of(new long[] {3, 4, 5, 6, 7, 8, 2, 9, 11, 11, 11, 11, 5, 0, 6, 11, 11, 11}, 3, 6);
            assertClose(together, net.forward(filled, lengths), "another fill");
            assertClose(together.narrow(0, 1, 1), net.forward(Tensor.of(new long[] {2, 9}, 1, 2)), "alone");
        }
    }

    /** Every parameter learns. */
    @ParameterizedTest @FieldSource("NAMES") void gradientsReachAll(String name) {
        long before = Scope.live();
        try (var net = net(name)) {
            try (var _ = Scope.open()) {
                net.forward(Tensor.randint(1, 12, 8, 9)).square().sum().backward();
                net.params().forEach((key, param) -> {
                    assertTrue(param.grad() != null && param.grad().isFinite().all().itemBoolean(), key);
                    assertTrue(param.grad().abs().max().item() > 0, key);
                });
            }
        }
        assertTrue(Scope.live() <= before, "tensors are left"); // garbage may have gone
    }

    private record Text(long[] ids, int label) {}

    /** Texts of class 1 have a 5 somewhere, those of class 0 have none. */
    @Test void aWordIsFound() {
        for (String name : List.of("transformer SINUSOIDAL", "biLSTM ATTENTION")) {
            var random = new Random(7);
            var texts = IntStream.range(0, 1_200).mapToObj(i -> {
                long[] ids = random.longs(2 + random.nextInt(7), 6, 12).toArray();
                if (i % 2 == 1) ids[random.nextInt(ids.length)] = 5;
                return new Text(ids, i % 2);
            }).toList();
            Collate<Text, PaddedBatch> pad = Collate.pad(Text::ids, Text::label, 0);
            try (var net = net(name);
                    var train = Loader.of(Dataset.of(texts.subList(0, 1_000)), 32, pad).shuffle(1);
                    var test = Loader.of(Dataset.of(texts.subList(1_000, 1_200)), 100, pad)) {
                var trainer = Trainer.of(new TextClassification(net)).optimizer(m -> new Adam(m, 1e-2)).epochs(4);
                assertTrue(trainer.fit(train, test).last().value("accuracy") > 0.9, name);
                try (var _ = Scope.open()) {
                    Tensor sums = trainer.predict(test).sum(-1);
                    assertClose(sums.onesLike(), sums, "probabilities");
                }
            }
        }
    }

    /** Of a single word, its state is the last, the mean and the greatest. */
    @Test void poolingsOfOneWordAgree() {
        var states = new ArrayList<double[]>();
        for (var pooling : List.of(Pooling.LAST, Pooling.MEAN, Pooling.MAX)) {
            try (var net = net("biGRU " + pooling); var _ = Scope.open(); var _ = Torch.noGrad()) {
                net.eval();
                states.add(net.forward(Tensor.of(new long[] {3}, 1, 1)).toDoubles());
            }
        }
        assertArrayEquals(states.get(0), states.get(1), 1e-6);
        assertArrayEquals(states.get(0), states.get(2), 1e-6);
    }

    @Test void badInputIsNamed() {
        try (var net = net("transformer LEARNED"); var _ = Scope.open()) {
            net.eval();
            Tensor ids = Tensor.of(new long[] {3, 4, 5, 6}, 2, 2);
            assertMessage("TransformerClassifier: expected texts of at least one token. Received 0; leave out empty"
                    + " ones", () -> net.forward(ids, Tensor.of(new long[] {2, 0})));
            assertMessage("TransformerClassifier: expected texts of at least one token. Received 0; leave out empty"
                    + " ones", () -> net.forward(Tensor.of(new long[] {3, 4, 0, 0}, 2, 2)));
            assertMessage("TransformerClassifier: expected lengths up to the 2 tokens of ids. Received 3",
                    () -> net.forward(ids, Tensor.of(new long[] {2, 3})));
            assertMessage("TransformerClassifier: expected ids (B, T) and lengths (B). Received (2, 2) and (1)",
                    () -> net.forward(ids, Tensor.of(new long[] {2})));
            assertMessage("embedding (Embedding): expected ids from 0 to 11. Received 12.",
                    () -> net.forward(Tensor.of(new long[] {12}, 1, 1)));
            assertMessage("positions (LearnedPositions): expected positions below 9. Received x of shape (1, 10, 16)"
                    + " from position 0.",
                    () -> net.forward(Tensor.of(Arrays.stream(new long[10]).map(_ -> 1).toArray(), 1, 10)));
        }
        assertMessage("RnnClassifier: expected at least 2 classes. Received 1", () -> new RnnClassifier(12, 1));
    }

    private static void assertMessage(String expected, Runnable mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }

    private static void assertClose(Tensor expected, Tensor actual, String what) {
        assertArrayEquals(expected.shape(), actual.shape(), what);
        assertTrue(expected.allClose(actual, 1e-5, 1e-5),
                () -> what + ": differs by " + expected.sub(actual).abs().max().item());
    }
}
