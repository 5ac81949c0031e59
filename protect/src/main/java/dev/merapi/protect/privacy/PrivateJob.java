package dev.merapi.protect.privacy;

import dev.merapi.data.BatchSource;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Summary;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Mistake;
import dev.merapi.recipe.Predictor;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A recipe's job, made private. */
record PrivateJob<B>(Job<B> inner, Trainer<B> trainer, Private privacy) implements Job<B> {
    static <B> PrivateJob<B> of(Job<B> inner, PrivateRecipe.Config config) {
        try {
            var model = inner.trainer().task().model();
            if (config.replaceNorms()) ModelCheck.replace(model);
            var privacy = new Private(model, config.options());
            return new PrivateJob<>(inner, privacy.wrap(inner.trainer()), privacy);
        } catch (RuntimeException e) {
            inner.close();
            throw e;
        }
    }

    @Override public BatchSource<B> train() { return inner.train(); }

    @Override public BatchSource<B> test() { return inner.test(); }

    @Override public Map<String, Double> finalMetrics() { return inner.finalMetrics(); }

    @Override public Signature signature() { return inner.signature(); }

    @Override public Summary summary() { return inner.summary(); }

    @Override public List<String> labels() { return inner.labels(); }

    @Override public void save(Path run) { inner.save(run); }

    @Override public Optional<Path> showMistakes(List<Mistake> mistakes, Path run) {
        return inner.showMistakes(mistakes, run);
    }

    @Override public Predictor<?, ?> predictor() { return inner.predictor(); }

    @Override public void close() { inner.close(); }
}
