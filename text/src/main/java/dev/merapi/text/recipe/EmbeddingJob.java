package dev.merapi.text.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.Split;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Summary;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.data.TextPair;
import dev.merapi.text.model.bert.BertConfig;
import dev.merapi.text.model.bert.MultipleNegativesRanking;
import dev.merapi.text.model.bert.SentenceEncoder;
import dev.merapi.text.model.bert.TokenPairs;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.pipeline.TextEmbedder;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** Trains a sentence encoder on pairs of texts that mean the same. */
final class EmbeddingJob implements Job<TokenPairs> {
    private final EmbeddingRecipe.Config config;
    private final Tokenizer tokenizer;
    private final SentenceEncoder encoder;
    private final TextEmbedder answers;
    private final Trainer<TokenPairs> trainer;

    private EmbeddingJob(EmbeddingRecipe.Config config, Tokenizer tokenizer, SentenceEncoder encoder) {
        this.config = config;
        this.tokenizer = FineTuning.cutting(tokenizer, config.maxLength());
        this.encoder = encoder;
        answers = new TextEmbedder(encoder, tokenizer);
        encoder.model().recomputeActivations(config.recompute());
        trainer = FineTuning.trainer(new MultipleNegativesRanking(encoder), config.epochs(), config.learningRate(),
                config.weightDecay(), config.seed());
    }

    /** A new one, from pretrained weights or, to compare, from new ones. */
    static EmbeddingJob of(EmbeddingRecipe.Config config, Path pretrained) {
        var tokenizer = Tokenizer.open(pretrained);
        Torch.seed(config.seed());
        return new EmbeddingJob(config, tokenizer, config.fromScratch()
                ? SentenceEncoder.untrained(pretrained) : SentenceEncoder.fineTune(pretrained));
    }

    /** One that was begun; its weights are loaded by others. */
    static EmbeddingJob resumed(EmbeddingRecipe.Config config, Path run) {
        return new EmbeddingJob(config, Tokenizer.open(run), SentenceEncoder.untrained(run));
    }

    private BertConfig settings() { return encoder.model().config(); }

    @Override public void save(Path run) {
        tokenizer.save(run);
        settings().writeForRun(run, "Model");
        encoder.savePooling(run);
    }

    @Override public Trainer<TokenPairs> trainer() { return trainer; }

    @Override public Loader<TokenPairs> train() {
        return loader(some(config.source().trainPairs()), config.batchSize()).shuffle(config.seed());
    }

    private Dataset<TextPair> some(Dataset<TextPair> pairs) {
        if (config.trainPairs() == 0 || config.trainPairs() >= pairs.size()) return pairs;
        double share = (double) config.trainPairs() / pairs.size();
        return Split.random(pairs, config.seed(), share, 1 - share).getFirst();
    }

    /** Full batches alone: among fewer, a partner is easier to find. */
    @Override public Loader<TokenPairs> test() {
        var pairs = config.source().testPairs();
        return loader(pairs, Math.min(config.testBatchSize(), pairs.size())).dropLast();
    }

    private Loader<TokenPairs> loader(Dataset<TextPair> texts, int batchSize) {
        var all = texts.stream().toList();
        var anchors = answers.encode(all.stream().map(TextPair::source).toList());
        var positives = answers.encode(all.stream().map(TextPair::target).toList());
        var pairs = IntStream.range(0, all.size())
                .mapToObj(i -> new TokenPairs.Pair(anchors.get(i), positives.get(i))).toList();
        return Loader.of(Dataset.of(pairs), batchSize, TokenPairs.collate(settings().padTokenId()));
    }

    @Override public Summary summary() {
        return Summary.of(encoder.model(), () -> encoder.forward(Tokens.of(Tensor.of(new long[] {1, 1}, 1, 2))));
    }

    @Override public Signature signature() { return encoder.signature(); }

    @Override public TextEmbedder predictor() { return answers; }

    @Override public void close() {
        encoder.model().close();
        tokenizer.close();
    }
}
