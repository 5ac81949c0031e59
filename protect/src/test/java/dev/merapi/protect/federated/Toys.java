package dev.merapi.protect.federated;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Classification;
import dev.merapi.train.Supervised;
import java.util.ArrayList;
import java.util.List;

/** Small data and models for federations. */
final class Toys {
    private Toys() {}

    static Sequential model() {
        Torch.seed(1337);
        return new Sequential(new Linear(6, 12), new Relu(), new Linear(12, 3));
    }

    static Supervised task(Sequential model) { return Classification.of(model, 3); }

    /** By a generator of its own, for clients make theirs in several threads. */
    static Dataset<Batch> data(int n) {
        try (var _ = Scope.open()) {
            Tensor x = Tensor.randn(new Rng(11), n, 6);
            return Dataset.of(x, x.narrow(1, 0, 3).argmax(1));
        }
    }

    static int[] labels(Dataset<Batch> data) {
        try (var _ = Scope.open()) {
            return data.stream().mapToInt(sample -> (int) sample.y().itemLong()).toArray();
        }
    }

    static Loader<Batch> loader(Dataset<Batch> data) { return Loader.of(data, 16).shuffle(1).workers(0); }

    static List<FederatedClient<Batch>> clients(Supervised task, Dataset<Batch> data, List<int[]> parts) {
        var clients = new ArrayList<FederatedClient<Batch>>();
        for (int[] part : parts) {
            var own = data.subset(part);
            clients.add(new FederatedClient<>("c" + clients.size(), task, loader(own), loader(own)));
        }
        return clients;
    }

    static float[] weights(Sequential model) { return Layout.shared(model, "").read(model); }
}
