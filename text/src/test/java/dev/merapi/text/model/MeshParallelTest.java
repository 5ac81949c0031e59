package dev.merapi.text.model;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Unary;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.ParamGroup;
import dev.merapi.parallel.DataParallel;
import dev.merapi.parallel.DeviceMesh;
import dev.merapi.parallel.MeshParallel;
import dev.merapi.parallel.ProcessGroup;
import dev.merapi.parallel.Ranks;
import dev.merapi.parallel.TensorParallel;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.train.Classification;
import dev.merapi.train.Listener;
import dev.merapi.train.NotFiniteException;
import dev.merapi.train.Strategy;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The trainer's fits by ranks that have parts of BERT's blocks. */
class MeshParallelTest {
    @TempDir Path folder;

    private static final class Net extends Layer implements Unary {
        final Bert bert = new Bert(BertConfig.of(13, 12, 2, 4, 16).dropout(0), false);
        final Linear head = new Linear(16, 3);

        @Override public Tensor forward(Tensor ids) { return head.forward(bert.forward(ids).select(1, 0)); }
    }

    private static synchronized Net net() {
        Torch.seed(5);
        var net = new Net();
        net.to(DType.FLOAT64); // Adam makes much of rounding where a gradient is 0, as that of the keys' bias
        return net;
    }

    private static Loader<Batch> loader(int batch) {
        var ids = Tensor.arange(24 * 6).mul(7).add(Tensor.arange(24 * 6).div(5).to(DType.INT64)).remainder(13);
        return Loader.of(Dataset.of(ids.to(DType.INT64).view(24, 6), Tensor.arange(24).remainder(3)), batch).shuffle(3)
                .workers(0);
    }

    private static Trainer<Batch> trainer(Net net, Strategy strategy) {
        return Trainer.of(Classification.of(net, 3)).clipNorm(0.3).epochs(2).strategy(strategy)
                .optimizer(m -> new AdamW(ParamGroup.decayMatrices(m), 0.01));
    }

    private static Map<String, float[]> values(Map<String, ? extends Tensor> tensors) {
        var values = new LinkedHashMap<String, float[]>();
        tensors.forEach((name, tensor) -> values.put(name, tensor.toFloats()));
        return values;
    }

    private static void assertAre(Map<String, float[]> expected, Map<String, float[]> received) {
        assertEquals(expected.keySet(), received.keySet());
        received.forEach((name, values) -> assertArrayEquals(expected.get(name), values, 1e-6f, name));
    }

    @ParameterizedTest
    @CsvSource({"1, 2, 1", "2, 2, 1", "1, 4, 2", "2, 2, 3"})
    void ranksEndWithTheWeightsOfOne(int data, int tensor, int accumulate) throws Exception {
        var expected = net();
        var run = trainer(expected, Strategy.SINGLE).accumulate(accumulate).ema(0.5).fit(loader(4 * data), loader(24));
        for (var received : Ranks.all(data * tensor, group -> {
            var net = net();
            try (var mesh = DeviceMesh.of(group, data, 1, tensor);
                    var parallel = MeshParallel.of(mesh, TensorParallel.fitting(net))) {
                var last = trainer(net, parallel).accumulate(accumulate).ema(0.5).fit(loader(4), loader(24)).last();
                assertEquals(run.last().value("loss"), last.value("loss"), 1e-6);
                assertEquals(run.last().value("train_loss"), last.value("train_loss"), 1e-6);
                return values(TensorParallel.BERT.whole(net, mesh.tensor()));
            }
        })) {
            assertAre(values(expected.params()), received);
        }
    }

    private static Map<String, float[]> fit(ProcessGroup group, int tensor, Path run, int stop) {
        var net = net();
        try (var mesh = DeviceMesh.of(group, group.world() / tensor, 1, tensor);
                var divided = MeshParallel.of(mesh, TensorParallel.BERT); var plain = DataParallel.of(group)) {
            var trainer = trainer(net, tensor == 1 ? plain : divided).folder(run).resume();
            trainer.listen(new Listener() {
                @Override public void step(Step step) { if (step.step() == stop) trainer.stop(); }
            });
            trainer.fit(loader(4));
            return values(TensorParallel.BERT.whole(net, mesh.tensor()));
        }
    }

    /** 2 models of 2 parts go on as 2 whole ones, as 2 of 2 parts, and as they would have without a stop. */
    @Test void aCheckpointGoesOnDividedOrNot() throws Exception {
        var expected = net();
        trainer(expected, Strategy.SINGLE).fit(loader(8));
        for (int tensor : new int[] {1, 2}) {
            Path run = folder.resolve("run" + tensor);
            Ranks.all(4, group -> fit(group, 2, run, 2));
            for (var received : Ranks.all(2 * tensor, group -> fit(group, tensor, run, 0))) {
                assertAre(values(expected.params()), received);
            }
        }
        Path run = folder.resolve("whole");
        Ranks.all(2, group -> fit(group, 1, run, 2));
        for (var received : Ranks.all(4, group -> fit(group, 2, run, 0))) {
            assertAre(values(expected.params()), received);
        }
    }

    @Test void aNanIsFoundThoughItsLayerIsDivided() throws Exception {
        for (var rank : Ranks.threads(2, Duration.ofMinutes(1), group -> {
            var net = net();
            try (var _ = Torch.noGrad()) {
                net.params().get("bert.encoder.layer.1.intermediate.dense.bias").fill_(1e200);
                net.params().get("bert.encoder.layer.1.output.dense.weight").fill_(1e200);
            }
            try (var mesh = DeviceMesh.of(group, 1, 1, 2); var parallel = MeshParallel.of(mesh, TensorParallel.BERT)) {
                return trainer(net, parallel).fit(loader(8));
            }
        })) {
            var thrown = assertThrows(ExecutionException.class, rank::get).getCause();
            assertTrue(thrown instanceof NotFiniteException, thrown.toString());
            assertTrue(thrown.getMessage().contains("bert.encoder.layer.1.output.dense"), thrown.getMessage());
        }
    }

    @Test void whatDoesNotFitIsRefused() throws Exception {
        assertEquals("TensorParallel: expected a model with the layers of Llama or BERT. Received Linear; name its"
                + " layers by TensorParallel.of, or train it without tensor parallelism.",
                assertThrows(IllegalArgumentException.class, () ->
                        TensorParallel.fitting(new Linear(1, 1))).getMessage());
        for (var messages : Ranks.all(2, group -> {
            try (var mesh = DeviceMesh.of(group, 1, 2, 1)) {
                return List.of(assertThrows(IllegalArgumentException.class, () ->
                        MeshParallel.of(mesh, TensorParallel.BERT)).getMessage());
            }
        })) {
            assertTrue(messages.getFirst().startsWith("MeshParallel: expected a mesh with one stage. Received 2"));
        }
    }
}
