package dev.merapi.examples;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.Split;
import dev.merapi.nn.Embedding;
import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.nn.LayerNorm;
import dev.merapi.nn.Linear;
import dev.merapi.nn.MultiHeadAttention;
import dev.merapi.nn.SinusoidalPositions;
import dev.merapi.nn.Unary;
import dev.merapi.optim.Adam;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.data.Austen;
import dev.merapi.text.tokenizer.WordTokenizer;
import dev.merapi.train.Classification;
import dev.merapi.train.Trainer;
import java.util.Arrays;

/** A Transformer from layers: which of two novels are these 64 words from? */
final class TextTransformer {
    static final class Net extends Layer implements Unary {
        final Embedding words = new Embedding(10_000, 32);
        final SinusoidalPositions positions = new SinusoidalPositions();
        final MultiHeadAttention attention = new MultiHeadAttention(32, 2);
        final LayerNorm norm1 = new LayerNorm(32);
        final Linear up = new Linear(32, 32);
        final Linear down = new Linear(32, 32);
        final LayerNorm norm2 = new LayerNorm(32);
        final Linear out = new Linear(32, 2);

        Net() { Init.uniform(-0.05, 0.05).apply(words.params().get("weight")); } // smaller than the positions

        @Override public Tensor forward(Tensor ids) {                              // (B, T)
            Tensor x = positions.forward(words.forward(ids));                      // (B, T, 32)
            Tensor y = norm1.forward(x.add(attention.forward(x)));
            Tensor z = norm2.forward(y.add(down.forward(up.forward(y).relu())));
            return out.forward(z.mean(1));                                         // (B, 2)
        }
    }

    static void main() {
        Torch.seed(1337);
        String text = Austen.text();
        var tokenizer = WordTokenizer.train(text.lines(), 10_000);
        long[] ids = tokenizer.encode(text);
        String firstNovel = text.substring(0, text.indexOf("\nPersuasion\n"));
        int first = tokenizer.encode(firstNovel).length / 64, windows = ids.length / 64;
        var novels = new long[windows];
        Arrays.fill(novels, first, windows, 1);
        var data = Dataset.of(Tensor.of(Arrays.copyOf(ids, windows * 64), windows, 64), Tensor.of(novels));
        var parts = Split.random(data, 1337, 0.8, 0.2);

        var run = Trainer.of(Classification.of(new Net(), 2)).optimizer(m -> new Adam(m, 1e-3)).epochs(3)
                .fit(Loader.of(parts.get(0), 32).shuffle(1337), Loader.of(parts.get(1), 256));
        IO.println("accuracy " + run.last().value("accuracy"));
    }
}
