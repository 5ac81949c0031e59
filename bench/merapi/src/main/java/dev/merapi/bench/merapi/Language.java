package dev.merapi.bench.merapi;

import dev.merapi.bench.Batches;
import dev.merapi.bench.Step;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.loss.Loss;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Optimizer;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.generate.Decoding;
import dev.merapi.text.model.bert.Bert;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.SequenceClassifier;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.model.gpt.Gpt2;
import dev.merapi.text.model.gpt.Gpt2Config;
import java.util.List;

/** Language models with new weights: their values do not matter to speed. */
final class Language {
    private static final int TEXT = 128; // tokens

    private Language() {}

    static Step bertTraining(int batch, int length, DType precision) {
        var model = new SequenceClassifier(BertConfig.BASE.dropout(0));
        var batches = new Batches<>(seed -> ids(seed, batch, length, BertConfig.BASE.vocabSize()),
                seed -> ids(seed, 1, batch, 2).squeeze(0));
        Loss crossEntropy = new CrossEntropy();
        Optimizer adam = new AdamW(model, 1e-5);
        return () -> {
            batches.next();
            try (var _ = Scope.open()) {
                Tensor loss;
                try (var _ = Torch.autocast(Device.CPU, precision)) {
                    loss = crossEntropy.forward(model.forward(Tokens.of(batches.inputs())), batches.labels());
                }
                adam.zeroGrad();
                loss.backward();
                adam.step();
                return loss.item();
            }
        };
    }

    static Step minilm(int batch, int length) {
        var sizes = BertConfig.BASE;
        var model = new Bert(new BertConfig("bert", List.of(), sizes.vocabSize(), 384, 6, 12, 1536, "gelu", 0, 0, 512,
                2, 0.02, 1e-12, 0, null, "absolute", sizes.id2label()), false);
        model.eval();
        Tensor ids = ids(1, batch, length, sizes.vocabSize());
        return () -> {
            try (var _ = Scope.open(); var _ = Torch.inference()) {
                model.forward(Tokens.of(ids));
                return Double.NaN;
            }
        };
    }

    /** A text begins with its first token, which costs as much as any other. */
    static Step gpt2Decoding() {
        var model = new Gpt2(Gpt2Config.SMALL);
        return new Step() {
            private Decoding decoding = begin();
            private int read = 1;

            private Decoding begin() { return model.begin(List.of(new long[] {1}), TEXT); }

            @Override public double run() {
                if (read == TEXT) {
                    decoding.close();
                    decoding = begin();
                    read = 1;
                } else {
                    try (var _ = Scope.open()) {
                        decoding.read(Tensor.of(new long[] {read++}));
                    }
                }
                return Double.NaN;
            }
        };
    }

    private static Tensor ids(int seed, int batch, int length, int bound) {
        return Tensor.of(Batches.integers(seed, batch * length, bound)).to(DType.INT64).view(batch, length);
    }
}
