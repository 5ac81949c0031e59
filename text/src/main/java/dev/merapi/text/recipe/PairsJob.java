package dev.merapi.text.recipe;

import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.data.Sampler;
import dev.merapi.nn.Summary;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Schedule;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.text.data.TextPair;
import dev.merapi.text.model.seq2seq.Pair;
import dev.merapi.text.model.seq2seq.PairBatch;
import dev.merapi.text.model.seq2seq.Seq2SeqConfig;
import dev.merapi.text.model.seq2seq.Seq2SeqTransformer;
import dev.merapi.text.model.seq2seq.SequenceToSequence;
import dev.merapi.text.pipeline.TextRewriter;
import dev.merapi.text.tokenizer.BpeTrainer;
import dev.merapi.text.tokenizer.EncodeOptions;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Trains a Transformer on pairs of texts. */
final class PairsJob implements Job<PairBatch> {
    private static final int TEST_BATCH = 128;
    private static final String BOS = "<s>";
    private static final String EOS = "</s>";
    private static final Adam.Options OPTIONS = Adam.Options.DEFAULT.betas(0.9, 0.98).eps(1e-9); // the paper's

    private final PairsConfig config;
    private final WrittenScores scores;
    private final Tokenizer tokenizer;
    private final Seq2SeqTransformer model;
    private final TextRewriter writer;
    private final Trainer<PairBatch> trainer;

    private PairsJob(PairsConfig config, WrittenScores scores, Tokenizer tokenizer) {
        this.config = config;
        this.scores = scores;
        this.tokenizer = tokenizer;
        Torch.seed(config.seed());
        model = new Seq2SeqTransformer(new Seq2SeqConfig(tokenizer.vocabSize(), config.width(), config.heads(),
                config.hidden(), config.layers(), config.layers(), config.dropout(), true, config.maxLength(),
                tokenizer.id(BOS), tokenizer.id(EOS)));
        writer = new TextRewriter(model, tokenizer);
        trainer = Trainer.of(new SequenceToSequence(model, config.labelSmoothing()))
                .optimizer(m -> new Adam(m, config.learningRate(), OPTIONS))
                .scheduleOver(steps -> Schedule.cosine(Math.max(1, steps - config.warmup()))
                        .afterWarmup(config.warmup()))
                .clipNorm(1).epochs(config.epochs()).seed(config.seed());
    }

    /** A new one, with a tokenizer for the texts of both sides. */
    static PairsJob of(PairsConfig config, WrittenScores scores) {
        var texts = config.source().trainPairs().stream().flatMap(pair -> Stream.of(pair.source(), pair.target()));
        return new PairsJob(config, scores,
                BpeTrainer.of(config.vocabSize()).specialTokens(BOS, EOS).train(texts));
    }

    /** One that was begun; its weights are loaded by others. */
    static PairsJob of(PairsConfig config, WrittenScores scores, Path run) {
        return new PairsJob(config, scores, Tokenizer.open(run));
    }

    @Override public void save(Path run) { tokenizer.save(run); }

    @Override public Trainer<PairBatch> trainer() { return trainer; }

    @Override public Loader<PairBatch> train() {
        var pairs = pairs(config.source().trainPairs());
        int[] lengths = pairs.stream().mapToInt(this::length).toArray();
        return Loader.of(pairs, config.batchSize(), PairBatch.collate(model)).seed(config.seed())
                .sampler(Sampler.bucketed(lengths, config.batchSize(), config.seed()));
    }

    /** Tokens of both sides that are read. */
    private int length(Pair pair) { return pair.source().length + Math.min(pair.target().length, config.maxLength()); }

    @Override public Loader<PairBatch> test() {
        return Loader.of(pairs(config.source().testPairs()), TEST_BATCH, PairBatch.collate(model));
    }

    /** Sources as the writer reads them. Of a blank one there is nothing to learn: nothing is written for it. */
    private Dataset<Pair> pairs(Dataset<TextPair> texts) {
        var all = texts.stream().filter(pair -> !pair.source().isBlank()).toList();
        var sources = writer.encode(all.stream().map(TextPair::source).toList());
        var targets = tokenizer.encodeAll(all.stream().map(TextPair::target).toList(),
                EncodeOptions.DEFAULT.noSpecialTokens());
        return Dataset.of(IntStream.range(0, all.size())
                .mapToObj(i -> new Pair(sources.get(i), targets.get(i))).toList());
    }

    @Override public Map<String, Double> finalMetrics() {
        var pairs = config.source().testPairs().stream().toList();
        return scores.of(writer.rewriteAll(pairs.stream().map(TextPair::source).toList(), writer.settings()),
                pairs.stream().map(TextPair::target).toList());
    }

    @Override public Summary summary() {
        Tensor one = Tensor.zeros(DType.INT64, 1, config.maxLength());
        return Summary.of(model, () -> model.forward(one, Tensor.of(new long[] {config.maxLength()}), one));
    }

    @Override public TextRewriter predictor() { return writer; }

    @Override public void close() {
        model.close();
        tokenizer.close();
    }
}
