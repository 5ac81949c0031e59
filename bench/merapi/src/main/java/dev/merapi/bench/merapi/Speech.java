package dev.merapi.bench.merapi;

import dev.merapi.bench.Batches;
import dev.merapi.bench.Recordings;
import dev.merapi.bench.Step;
import dev.merapi.optim.Adam;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.model.CtcTask;
import dev.merapi.speech.model.DeepSpeech2;
import dev.merapi.speech.model.SpeechBatch;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/** Recognisers. */
final class Speech {
    private Speech() {}

    static Step deepSpeechTraining() {
        var model = new DeepSpeech2(new DeepSpeech2.Config(Recordings.BANDS, Recordings.CLASSES, 16, 192, 2,
                List.of(3, 1), 0, 0));
        try (var _ = Scope.open(); var _ = Torch.noGrad()) {
            model.params().forEach((name, weight) -> weight.copy_(
                    Tensor.of(Recordings.weights(name, weight.shape()), weight.shape())));
        }
        var symbols = IntStream.range(1, Recordings.CLASSES).mapToObj(i -> Character.toString('a' + i)).toList();
        var task = new CtcTask(model, new Alphabet(symbols));
        var adam = new Adam(model, 1e-3);
        Tensor frames = each(Recordings::frames), lengths = each(Recordings::symbols);
        var batches = new Batches<>(seed -> Tensor.of(Recordings.features(seed), Recordings.COUNT, Recordings.BANDS,
                Recordings.FRAMES), seed -> Tensor.of(Recordings.texts(seed)).to(DType.INT64)
                        .view(Recordings.COUNT, Recordings.SYMBOLS));
        return () -> {
            batches.next();
            try (var _ = Scope.open()) {
                var batch = new SpeechBatch(batches.inputs(), frames, batches.labels(), lengths, List.of());
                Tensor loss = task.forward(batch).loss();
                adam.zeroGrad();
                loss.backward();
                adam.step();
                return loss.item();
            }
        };
    }

    private static Tensor each(IntToLongFunction of) {
        return Tensor.of(IntStream.range(0, Recordings.COUNT).mapToLong(of::applyAsLong).toArray());
    }
}
