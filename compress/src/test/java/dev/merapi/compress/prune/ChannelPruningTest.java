package dev.merapi.compress.prune;

import dev.merapi.io.Safetensors;
import dev.merapi.nn.Activation;
import dev.merapi.nn.BatchNorm2d;
import dev.merapi.nn.Conv2d;
import dev.merapi.nn.ConvOptions;
import dev.merapi.nn.Flatten;
import dev.merapi.nn.GroupNorm;
import dev.merapi.nn.Layer;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MaxPool2d;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Residual;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.Summary;
import dev.merapi.nn.Unary;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import dev.merapi.text.model.llama.Family;
import dev.merapi.text.model.llama.Llama;
import dev.merapi.text.model.llama.LlamaConfig;
import dev.merapi.vision.model.DenseNet;
import dev.merapi.vision.model.ResNet;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ChannelPruningTest {
    @TempDir private Path folder;

    private static final ConvOptions PADDED = ConvOptions.DEFAULT.padding(1);

    /** Norms of a new model are all alike; here each channel has its own. */
    private static <M extends Layer> M shaken(M model) {
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.tensors().forEach((name, t) -> {
                if (t instanceof State && t.rank() == 1) t.add_(Tensor.rand(t.shape()));
                else if (t.rank() == 1) t.add_(Tensor.randn(t.shape()).mul(0.2));
            });
        }
        model.eval();
        return model;
    }

    /**
     * A channel that nobody listens to can go: what is left computes what the whole model does when all weights are 0
     * that see the channels that went.
     */
    private <M extends Layer & Unary> Layer check(Supplier<M> made, Tensor x, double part) {
        Torch.seed(3);
        var whole = shaken(made.get());
        var small = made.get();
        small.eval();
        var file = folder.resolve(whole.getClass().getSimpleName() + ".safetensors");
        Safetensors.save(whole, file);
        Safetensors.load(small, file);
        var graph = DependencyGraph.of(small, small::forward, x.narrow(0, 0, 1));
        long before = small.parameterCount();
        silence(whole, ChannelPruning.of(small, graph, Importance.MAGNITUDE).prune(part));
        try (var _ = Torch.noGrad()) {
            Tensor expected = whole.forward(x), received = small.forward(x);
            assertTrue(expected.allClose(received, 1e-3, 1e-4), () -> "" + expected.sub(received).abs().max().item());
            assertTrue(small.parameterCount() < before);
            Safetensors.save(small, file);
            var again = made.get();
            again.eval();
            Safetensors.load(again, file);
            assertTrue(received.sameAs(again.forward(x)), "saved and loaded");
        }
        return small;
    }

    private static void silence(Layer whole, List<ChannelGroup> gone) {
        try (var _ = Torch.noGrad()) {
            for (var group : gone) {
                group.inputs().forEach((path, channels) -> {
                    var layer = ChannelLayer.of(path, whole.layers().get(path));
                    Tensor weight = layer.layer().params().get("weight");
                    for (int c : channels) {
                        if (layer.role() == ChannelLayer.Role.MIXES) weight.select(1 - layer.outAxis(), c).zero_();
                    }
                });
            }
        }
    }

    private static Set<String> families(DependencyGraph graph) {
        var families = new TreeSet<String>();
        graph.groups().forEach(g -> families.add(g.family()));
        return families;
    }

    @Test void channelsGoWithTheirNormAndWithTheirPlacesInAFlattenedMap() {
        try (var _ = Scope.open()) {
            Supplier<Sequential> made = () -> new Sequential(new Conv2d(3, 12, 3, PADDED.noBias()), new BatchNorm2d(12),
                    new Relu(), new MaxPool2d(2), new Conv2d(12, 8, 3, PADDED), new Relu(), new Flatten(),
                    new Linear(8 * 16, 20), new Relu(), new Linear(20, 5));
            var small = check(made, Tensor.randn(4, 3, 8, 8), 0.5);
            assertEquals(Map.of("0.weight", List.of(6L, 3L, 3L, 3L), "1.weight", List.of(6L), "4.weight",
                    List.of(4L, 6L, 3L, 3L), "7.weight", List.of(10L, 64L), "9.weight", List.of(5L, 10L)),
                    shapes(small, "0.weight", "1.weight", "4.weight", "7.weight", "9.weight"));
            var graph = DependencyGraph.of(small, ((Sequential) small)::forward, Tensor.randn(1, 3, 8, 8));
            assertEquals(Set.of("[0, 1] [4]", "[4] [7]", "[7] [9]"), families(graph));
            assertEquals(16, graph.groups().get(7).inputs().get("7").size()); // 4 x 4 places
        }
    }

    private static Map<String, List<Long>> shapes(Layer model, String... names) {
        var shapes = new TreeMap<String, List<Long>>();
        for (String name : names) {
            shapes.put(name, Arrays.stream(model.params().get(name).shape()).boxed().toList());
        }
        return shapes;
    }

    @Test void whatIsAddedGoesTogether() {
        try (var _ = Scope.open()) {
            Supplier<Sequential> made = () -> new Sequential(new Conv2d(3, 8, 1), new Relu(),
                    new Residual(new Sequential(new Conv2d(8, 6, 3, PADDED), new GroupNorm(3, 6), Activation.GELU,
                            new Conv2d(6, 8, 1))), new Flatten(), new Linear(8 * 9, 4));
            check(made, Tensor.randn(2, 3, 3, 3), 0.5);
            var model = made.get();
            var graph = DependencyGraph.of(model, model::forward, Tensor.randn(1, 3, 3, 3));
            assertEquals(Set.of("[0, 2.body.3] [2.body.0, 4]", "[2.body.0, 2.body.1] [2.body.3]"), families(graph));
            var normed = graph.groups().stream().filter(g -> g.outputs().containsKey("2.body.1")).toList();
            assertEquals(3, normed.size()); // a group of the norm goes as a whole
        }
    }

    @Test void groupsOfConvolutionsGoAsAWhole() {
        try (var _ = Scope.open()) {
            check(() -> new Sequential(new Conv2d(3, 8, 1), new Conv2d(8, 16, 3, PADDED.groups(4)), new Relu(),
                    new Conv2d(16, 3, 1)), Tensor.randn(2, 3, 4, 4), 0.5);
        }
    }

    @Test void theInputOfAnAdditionKeepsItsChannels() {
        try (var _ = Scope.open()) {
            var model = new Sequential(new Residual(new Sequential(new Linear(6, 9), new Relu(), new Linear(9, 6))),
                    new Linear(6, 2));
            var graph = DependencyGraph.of(model, model::forward, Tensor.randn(1, 6));
            assertEquals(Set.of("[0.body.0] [0.body.2]"), families(graph));
        }
    }

    @Test void residualNetworks() {
        try (var _ = Scope.open()) {
            check(() -> new ResNet(new ResNet.Config(false, List.of(2, 1), 8, true, false, 32), 5),
                    Tensor.randn(2, 3, 8, 8), 0.5);
            check(() -> new ResNet(new ResNet.Config(true, List.of(1, 1), 4, true, false, 32), 5),
                    Tensor.randn(2, 3, 8, 8), 0.5);
        }
    }

    /** Zeros are laid around the channels of a shortcut: only those between two convolutions may go. */
    @Test void shortcutsThatAddChannelsOfZerosKeepTheirs() {
        try (var _ = Scope.open()) {
            Supplier<ResNet> made = () -> new ResNet(new ResNet.Config(false, List.of(1, 1), 8, true, true, 32), 5);
            check(made, Tensor.randn(2, 3, 8, 8), 0.5);
            var model = made.get();
            var graph = DependencyGraph.of(model, model::forward, Tensor.randn(1, 3, 8, 8));
            assertEquals(Set.of("[layer1.0.bn1, layer1.0.conv1] [layer1.0.conv2]",
                    "[layer2.0.bn1, layer2.0.conv1] [layer2.0.conv2]"), families(graph));
        }
    }

    @Test void concatenationsAndDepthwiseConvolutions() {
        try (var _ = Scope.open()) {
            check(() -> new DenseNet(new DenseNet.Config(List.of(2, 2), 4, 8), 3), Tensor.randn(2, 3, 32, 32), 0.5);
            check(() -> new Sequential(new Conv2d(3, 8, 1), new Conv2d(8, 8, 3, PADDED.groups(8).noBias()),
                    new BatchNorm2d(8), Activation.RELU6, new Conv2d(8, 4, 1)), Tensor.randn(2, 3, 4, 4), 0.5);
        }
    }

    @Test void headsOfAttentionGoAsAWhole() {
        try (var _ = Scope.open()) {
            Torch.seed(5);
            var config = BertConfig.of(50, 16, 2, 4, 24).dropout(0);
            Tensor ids = Tensor.of(new long[] {3, 9, 30, 4, 5, 6, 7, 8, 1, 2, 3, 4}, 3, 4);
            var bert = shaken(new Bert(config));
            var graph = DependencyGraph.of(bert, bert::forward, ids.narrow(0, 0, 1));
            var heads = graph.groups().stream().filter(g -> g.outputs().keySet().stream()
                    .anyMatch(p -> p.contains("layer.0.attention.self"))).toList();
            assertEquals(4, heads.size());
            for (var head : heads) {
                assertEquals(3, head.outputs().size()); // query, key, value
                head.outputs().values().forEach(channels -> assertEquals(6, channels.size()));
            }
            var inner = ChannelPruning.of(bert, graph, Importance.GROUP_L1)
                    .only(path -> path.contains("attention.self") || path.contains("intermediate"));
            var whole = shaken(new Bert(config));
            Path file = folder.resolve("bert.safetensors");
            Safetensors.save(bert, file);
            Safetensors.load(whole, file);
            var gone = inner.prune(0.5);
            var params = bert.params();
            assertEquals(List.of(12L, 24L), Arrays.stream(
                    params.get("encoder.layer.0.attention.self.query.weight").shape()).boxed().toList());
            silence(whole, gone);
            try (var _ = Torch.noGrad()) {
                assertTrue(whole.forward(ids).allClose(bert.forward(ids), 1e-3, 1e-4));
            }
        }
    }

    @Test void decodersLoseTheInsidesOfTheirFeedForwardNets() {
        try (var _ = Scope.open()) {
            Torch.seed(6);
            Tensor ids = Tensor.of(new long[] {3, 9, 30, 4, 5}, 1, 5);
            var llama = new Llama(LlamaConfig.of(Family.LLAMA, 40, 16, 24, 2, 4, 2));
            llama.eval();
            var graph = DependencyGraph.of(llama, llama::forward, ids);
            ChannelPruning.of(llama, graph, Importance.MAGNITUDE).only(p -> p.contains("mlp")).prune(0.5);
            assertEquals(12, llama.params().get("model.layers.1.mlp.down_proj.weight").size(1));
            llama.forward(ids);
            var gpt = new Gpt2(Gpt2Config.of(40, 16, 2, 2, 8, 0));
            gpt.eval();
            var gptGraph = DependencyGraph.of(gpt, gpt::forward, ids);
            ChannelPruning.of(gpt, gptGraph, Importance.MAGNITUDE).only(p -> p.contains("mlp")).prune(0.5);
            assertEquals(16, gpt.params().get("transformer.h.0.mlp.c_fc.weight").size(1));
            gpt.forward(ids);
        }
    }

    @Test void aPartOfTheMultiplyAddsIsLeft() {
        try (var _ = Scope.open()) {
            var model = new Sequential(new Conv2d(3, 32, 3, PADDED), new Relu(), new Conv2d(32, 64, 3, PADDED),
                    new Relu(), new Conv2d(64, 64, 3, PADDED), new Flatten(), new Linear(64 * 64, 10));
            Tensor x = Tensor.randn(1, 3, 8, 8);
            var before = Summary.of(model, () -> model.forward(x));
            var graph = DependencyGraph.of(model, model::forward, x);
            ChannelPruning.of(model, graph, Importance.MAGNITUDE).round(8).toward(before, 0.5);
            var after = Summary.of(model, () -> model.forward(x));
            double part = (double) after.multiplyAdds() / before.multiplyAdds();
            assertTrue(part > 0.35 && part <= 0.5, "" + part);
            assertEquals(0, model.params().get("2.weight").size(0) % 8);
        }
    }

    /** By hand: y = 1 x₁ + 2 x₂ of h = (3 x, 4 x); the loss is y, x is 1: |w g| of h₁ is 3 · 1 and 1 · 3. */
    @Test void taylorTakesTheGradient() {
        try (var _ = Scope.open()) {
            var model = new Sequential(new Linear(1, 2, false), new Linear(2, 1, false));
            try (var _ = Torch.noGrad()) {
                model.params().get("0.weight").copy_(Tensor.of(new float[] {3, 4}, 2, 1));
                model.params().get("1.weight").copy_(Tensor.of(new float[] {1, 2}, 1, 2));
            }
            var graph = DependencyGraph.of(model, model::forward, Tensor.ones(1, 1));
            assertThrows(IllegalArgumentException.class, () -> Importance.TAYLOR.of(graph.groups(), graph.layers()));
            model.forward(Tensor.ones(1, 1)).sum().backward();
            var scores = Importance.TAYLOR.of(graph.groups(), graph.layers());
            assertEquals(List.of(3.0, 8.0), scores);
            assertEquals(List.of(2.0, 3.0), Importance.GROUP_L1.of(graph.groups(), graph.layers()));
            assertEquals(Math.sqrt(5), Importance.MAGNITUDE.of(graph.groups(), graph.layers()).getFirst(), 1e-6);
        }
    }

    @Test void badRequestsAreRefused() {
        try (var _ = Scope.open()) {
            var model = new Sequential(new Linear(4, 6), new Relu(), new Linear(6, 2));
            Tensor x = Tensor.randn(1, 4);
            var pruning = ChannelPruning.of(model, DependencyGraph.of(model, model::forward, x), Importance.MAGNITUDE);
            var all = assertThrows(IllegalArgumentException.class, () -> pruning.prune(1));
            assertTrue(all.getMessage().contains("at 1 nothing is left"), all.getMessage());
            var few = assertThrows(IllegalArgumentException.class,
                    () -> pruning.toward(Summary.of(model, () -> model.forward(x)), 0.01));
            assertTrue(few.getMessage().contains("may be left, at least 0.167"), few.getMessage());
            var names = assertThrows(IllegalArgumentException.class, () -> pruning.only("x"::equals));
            assertTrue(names.getMessage().contains("such as [0]"), names.getMessage());
            var single = new Sequential(new Linear(4, 2));
            var none = assertThrows(IllegalArgumentException.class,
                    () -> DependencyGraph.of(single, single::forward, x));
            assertTrue(none.getMessage().contains("channels between two layers"), none.getMessage());
        }
    }
}
