package dev.merapi.text.model;

import dev.merapi.loss.CrossEntropy;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Mask;
import dev.merapi.optim.ParamGroup;
import dev.merapi.optim.Sgd;
import dev.merapi.parallel.DataParallel;
import dev.merapi.parallel.DeviceMesh;
import dev.merapi.parallel.PipelineParallel;
import dev.merapi.parallel.ProcessGroup;
import dev.merapi.parallel.Ranks;
import dev.merapi.parallel.TensorParallel;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Llama and BERT divided among ranks by tensors, by blocks, and together with data parallelism. */
class DividedModelsTest {
    private static final int BATCHES = 4; // of a step
    private static final int STEPS = 3;
    private static final double RATE = 0.1;

    private static synchronized Llama llama() {
        Torch.seed(3);
        return new Llama(LlamaConfig.of(Family.LLAMA, 13, 16, 24, 4, 4, 2));
    }

    private static synchronized Bert bert() {
        Torch.seed(3);
        return new Bert(BertConfig.of(13, 12, 4, 4, 16).dropout(0), false);
    }

    private static Tensor ids(int step, int batch) {
        return Tensor.arange(12).mul(step + 3).add(5 * batch + step).remainder(13).view(2, 6);
    }

    private static Tensor loss(Tensor logits, Tensor ids) { // a sum, so that batches add up
        return new CrossEntropy().forward(logits.narrow(1, 0, 5).flatten(0, 1), ids.narrow(1, 1, 5).flatten(0, 1))
                .mul(10);
    }

    private static Tensor loss(Tensor hidden) { return hidden.mul(hidden.newArange(16).sin()).tanh().sum(); }

    private static Tensor loss(Layer model, int step, int batch) {
        Tensor ids = ids(step, batch);
        return model instanceof Llama llama ? loss(llama.forward(ids), ids) : loss(((Bert) model).forward(ids));
    }

    /** One process, on all batches. */
    private static Map<String, float[]> alone(Layer model) {
        var sgd = sgd(model.params());
        for (int step = 0; step < STEPS; step++) {
            sgd.zeroGrad();
            for (int batch = 0; batch < BATCHES; batch++) {
                try (var _ = Scope.open()) {
                    loss(model, step, batch).backward();
                }
            }
            sgd.step();
        }
        return values(model.params());
    }

    private static Sgd sgd(Map<String, Param> params) {
        return new Sgd(List.of(new ParamGroup(params, 1, 1)), RATE / BATCHES / 10, Sgd.Options.DEFAULT.momentum(0.9));
    }

    private static Map<String, float[]> values(Map<String, ? extends Tensor> tensors) {
        var values = new LinkedHashMap<String, float[]>();
        tensors.forEach((name, tensor) -> values.put(name, tensor.toFloats()));
        return values;
    }

    private static void assertAre(Map<String, float[]> expected, Map<String, float[]> received) {
        received.forEach((name, values) -> assertArrayEquals(expected.get(name), values, 1e-6f, name));
    }

    /** Tensor and data parallelism on a mesh: each model's ranks have a share of the batches. */
    @ParameterizedTest
    @CsvSource({"llama, 1, 2", "bert, 1, 2", "llama, 2, 2", "bert, 1, 4"})
    void ranksWithPartsOfBlocksEndWithTheWeightsOfOne(String name, int data, int tensor) throws Exception {
        var expected = alone(name.equals("llama") ? llama() : bert());
        for (var received : Ranks.all(data * tensor, group -> {
            Layer model = name.equals("llama") ? llama() : bert();
            var plan = name.equals("llama") ? TensorParallel.LLAMA : TensorParallel.BERT;
            long before = model.parameterCount();
            try (var mesh = DeviceMesh.of(group, data, 1, tensor); var parallel = DataParallel.of(mesh.data())) {
                plan.divide(model, mesh.tensor());
                assertTrue(model.parameterCount() < before - 4 * 1000 * (1 - 1.0 / tensor), "some is elsewhere");
                var params = List.copyOf(model.params().values());
                var sgd = sgd(model.params());
                for (int step = 0; step < STEPS; step++) {
                    sgd.zeroGrad();
                    for (int batch = mesh.data().rank(); batch < BATCHES; batch += data) {
                        try (var _ = Scope.open()) {
                            loss(model, step, batch).backward();
                        }
                    }
                    parallel.reduce(params);
                    sgd.step();
                }
                return values(plan.whole(model, mesh.tensor()));
            }
        })) {
            assertEquals(expected.keySet(), received.keySet());
            assertAre(expected, received);
        }
    }

    /** One forward, one backward; and on a mesh with data parallelism. */
    @ParameterizedTest
    @CsvSource({"llama, 1, 2", "llama, 1, 4", "bert, 1, 3", "llama, 2, 2"})
    void stagesEndWithTheWeightsOfOne(String name, int data, int stages) throws Exception {
        var expected = alone(name.equals("llama") ? llama() : bert());
        for (var received : Ranks.all(data * stages, group -> {
            try (var mesh = DeviceMesh.of(group, data, stages, 1)) {
                return name.equals("llama") ? llamaStage(mesh) : bertStage(mesh);
            }
        })) {
            assertTrue(received.size() < expected.size(), "a part of the model");
            assertAre(expected, received);
        }
    }

    private static Map<String, float[]> llamaStage(DeviceMesh mesh) {
        var model = llama();
        int from = 4 * mesh.pipeline().rank() / mesh.pipeline().world();
        int to = 4 * (mesh.pipeline().rank() + 1) / mesh.pipeline().world();
        model.keepStage(from, to);
        var own = model.params();
        own.values().removeIf(param -> param.device().equals(Device.META));
        return train(mesh, own, (step, batch) -> x -> {
            Tensor ids = ids(step, batch);
            Tensor y = model.stage(ids, x, from, to);
            return to == 4 ? loss(y, ids) : y;
        });
    }

    private static Map<String, float[]> bertStage(DeviceMesh mesh) {
        var model = bert();
        int rank = mesh.pipeline().rank();
        int[] cuts = {0, 1, 3, 4}; // unequal stages
        var own = model.params();
        own.keySet().removeIf(name -> !name.matches("encoder\\.layer\\.\\d+\\..*") ? rank > 0
                : layer(name) < cuts[rank] || layer(name) >= cuts[rank + 1]);
        return train(mesh, own, (step, batch) -> x -> {
            Tensor in = rank == 0 ? model.embed(Tokens.of(ids(step, batch))) : x;
            Tensor y = model.encode(in, Mask.NONE, cuts[rank], cuts[rank + 1]);
            return rank == 2 ? loss(y) : y;
        });
    }

    private static int layer(String name) { return Integer.parseInt(name.split("\\.")[2]); }

    private interface Stages {
        UnaryOperator<Tensor> of(int step, int batch);
    }

    private static Map<String, float[]> train(DeviceMesh mesh, Map<String, Param> own, Stages stages) {
        var params = List.copyOf(own.values());
        var sgd = sgd(own);
        var pipeline = PipelineParallel.of(mesh.pipeline());
        int data = mesh.data().world();
        try (var parallel = DataParallel.of(mesh.data())) {
            for (int step = 0; step < STEPS; step++) {
                int now = step;
                sgd.zeroGrad();
                pipeline.step(BATCHES / data, (batch, x) ->
                        stages.of(now, batch * data + mesh.data().rank()).apply(x));
                parallel.reduce(params);
                sgd.step();
            }
        }
        return values(own);
    }

    @Test void lossesOfStagesAreTheSumOnAllRanks() throws Exception {
        double expected = 0;
        for (int batch = 0; batch < BATCHES; batch++) expected += loss(llama(), 0, batch).item();
        for (double loss : Ranks.all(2, DividedModelsTest::firstLoss)) assertEquals(expected, loss, 1e-3);
    }

    private static double firstLoss(ProcessGroup group) {
        var model = llama();
        return PipelineParallel.of(group).step(BATCHES, (batch, x) -> {
            Tensor y = model.stage(ids(0, batch), x, 2 * group.rank(), 2 * group.rank() + 2);
            return group.rank() == 1 ? loss(y, ids(0, batch)) : y;
        });
    }

    @Test void whatCannotBeDividedIsRefused() throws Exception {
        assertEquals("Llama.keepStage: expected a model whose head has weights of its own. Received one with"
                + " tie_word_embeddings.", assertThrows(IllegalArgumentException.class, () ->
                new Llama(LlamaConfig.of(Family.LLAMA, 13, 16, 24, 4, 4, 2).tied()).keepStage(0, 2)).getMessage());
        for (var rank : Ranks.threads(3, Duration.ofMinutes(1), group -> {
            var messages = new ArrayList<String>();
            messages.add(assertThrows(IllegalArgumentException.class, () ->
                    TensorParallel.LLAMA.divide(llama(), group)).getMessage());
            messages.add(assertThrows(IllegalArgumentException.class, () ->
                    TensorParallel.LLAMA.divide(bert(), group)).getMessage());
            messages.add(assertThrows(IllegalArgumentException.class, () ->
                    DeviceMesh.of(group, 2, 1, 1)).getMessage());
            return messages;
        })) {
            var messages = rank.get();
            assertTrue(messages.get(0).startsWith("TensorParallel: expected a size that 3 ranks divide along dimension"
                    + " 0 of model.layers.0.self_attn.q_proj"), messages.get(0));
            assertTrue(messages.get(1).contains("Received Bert without any."), messages.get(1));
            assertEquals("DeviceMesh: expected sizes from 1 whose product is the number of ranks, 3. Received data 2,"
                    + " pipeline 1 and tensor 1", messages.get(2));
        }
    }
}
