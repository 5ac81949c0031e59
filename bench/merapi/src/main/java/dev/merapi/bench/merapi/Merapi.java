package dev.merapi.bench.merapi;

import dev.merapi.bench.Runner;
import dev.merapi.bench.Step;
import dev.merapi.bench.Workload;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.model.Classifiers;
import dev.merapi.vision.model.ResNet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The workloads by Merapi. */
final class Merapi {
    private Merapi() {}

    static void main() {
        Torch.threads(Runner.threads());
        Torch.seed(1);
        var workloads = new HashMap<Workload, Supplier<Step>>(Map.of(
                Workload.CIFAR_CNN, () -> Training.images(Classifiers.cifarCnn(10), Workload.CIFAR_CNN.items()),
                Workload.RESNET18, () -> Training.images(
                        new ResNet(ResNet.Config.CIFAR_RESNET18, 10), Workload.RESNET18.items()),
                Workload.TRANSFORMER, () -> Training.tokens(new Transformer(8192, 128, 10), 8, 128, 8192),
                Workload.BERT_TRAIN, () -> Language.bertTraining(8, 128, DType.FLOAT32),
                Workload.BERT_TRAIN_BF16, () -> Language.bertTraining(8, 128, DType.BFLOAT16),
                Workload.MINILM_1X32, () -> Language.minilm(1, 32),
                Workload.MINILM_1X128, () -> Language.minilm(1, 128),
                Workload.MINILM_8X128, () -> Language.minilm(8, 128),
                Workload.GPT2_DECODE, Language::gpt2Decoding,
                Workload.TINY_ADD, () -> {
                    var a = Tensor.randn(2, 3);
                    var b = Tensor.randn(2, 3);
                    return () -> tinyAdd(a, b);
                }));
        workloads.put(Workload.DEEPFM, Tables::deepFmTraining); // Map.of takes ten
        workloads.put(Workload.DEEP_SPEECH, Speech::deepSpeechTraining);
        Runner.serve("libtorch %s, %s".formatted(Torch.version(), Torch.blas()), workloads);
    }

    private static double tinyAdd(Tensor a, Tensor b) {
        try (var _ = Scope.open()) {
            a.add(b);
        }
        return Double.NaN;
    }
}
