package dev.merapi.examples;

import dev.merapi.data.Collate;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.PaddedBatch;
import dev.merapi.data.Split;
import dev.merapi.loss.CrossEntropy;
import dev.merapi.metric.Accuracy;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.Mask;
import dev.merapi.nn.MultiHeadAttention;
import dev.merapi.nn.Relu;
import dev.merapi.nn.Sequential;
import dev.merapi.nn.SinusoidalPositions;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.data.Austen;
import dev.merapi.text.data.Imdb;
import dev.merapi.text.data.LabeledText;
import dev.merapi.text.data.TextData;
import dev.merapi.text.tokenizer.WordTokenizer;
import dev.merapi.train.Pass;
import dev.merapi.train.Progress;
import dev.merapi.train.Task;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A small Transformer from core's layers. It tells which of two novels a paragraph is from or, with a folder of IMDB,
 * whether a review is good.
 */
final class TextTransformer {
    static final class Net extends Layer {
        final Embedding words = new Embedding(20_000, 32);
        final SinusoidalPositions positions = new SinusoidalPositions();
        final MultiHeadAttention attention = new MultiHeadAttention(32, 2);
        final Sequential feedForward = new Sequential(new Linear(32, 32), new Relu(), new Linear(32, 32));
        final LayerNorm norm1 = new LayerNorm(32), norm2 = new LayerNorm(32);
        final Linear out = new Linear(32, 2);

        Tensor forward(PaddedBatch batch) {
            Tensor x = positions.forward(words.forward(batch.x())); // (B, T, 32)
            Tensor y = norm1.forward(x.add(attention.forward(x, Mask.lengths(batch.lengths(), batch.x().size(1)))));
            Tensor z = norm2.forward(y.add(feedForward.forward(y))).mul(batch.mask().unsqueeze(2));
            return out.forward(z.sum(1).div(batch.lengths().unsqueeze(1))); // of the mean word, (B, 2)
        }
    }

    record Learning(Net model) implements Task<PaddedBatch> {
        @Override public Pass forward(PaddedBatch batch) {
            Tensor logits = model.forward(batch);
            return new Pass(new CrossEntropy().of(logits, batch.y()), batch.size(), logits, batch.y());
        }

        @Override public List<Metric> metrics() { return List.of(new Accuracy()); }
    }

    static void main(String... args) {
        TextData data = args.length == 0 ? novels() : Imdb.full(Path.of(args[0]));
        var words = WordTokenizer.train(data.train().stream().map(LabeledText::text), 20_000);
        Collate<LabeledText, PaddedBatch> pad = Collate.pad(
                text -> Arrays.stream(words.encode(text.text())).limit(200).toArray(), LabeledText::label, 0);

        Torch.seed(1337);
        var run = Trainer.of(new Learning(new Net())).optimizer(m -> new Adam(m, 1e-3)).epochs(10).listen(new Progress())
                .fit(Loader.of(data.train(), 32, pad).shuffle(1337), Loader.of(data.test(), 256, pad));
        IO.println("accuracy " + run.last().value("accuracy"));
    }

    private static TextData novels() {
        String[] novels = Austen.text().split("\nPersuasion\n");
        var texts = Stream.of(0, 1).flatMap(novel -> Stream.of(novels[novel].split("\n\n"))
                .filter(text -> text.length() > 100).map(text -> new LabeledText(text, novel))).toList();
        var parts = Split.random(Dataset.of(texts), 1337, 0.8, 0.2);
        return new TextData(List.of("Pride and Prejudice", "Persuasion"), parts.get(0), parts.get(1));
    }
}
