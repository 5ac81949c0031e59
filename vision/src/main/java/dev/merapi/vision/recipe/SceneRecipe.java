package dev.merapi.vision.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipe;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.data.SceneData;
import dev.merapi.vision.transform.SceneProcessor;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A recipe on scenes: it knows how they are read, and which model learns from them.
 *
 * @param <C> its settings
 * @param <B> its batches
 */
abstract class SceneRecipe<C extends Record & SceneSettings, B> implements Recipe<C> {
    /** Scenes for a square of this size, where no folder is given. */
    abstract SceneData composed(int imageSize);

    abstract SceneData read(Path folder, C config);

    /** With fresh weights. */
    abstract SceneJob.Kind<B> kind(C config, SceneProcessor processor);

    /** Reads what is known of the scenes, as the model depends on the number of classes. */
    @Override public final Job<?> job(C config) {
        var data = data(config);
        return job(config, new SceneProcessor(config.imageSize(), Normalize.IMAGENET, data.classes()), () -> data);
    }

    @Override public final Job<?> job(C config, Path run) {
        return job(config, SceneProcessor.open(run), () -> data(config));
    }

    private SceneData data(C config) {
        if (config.data().isEmpty()) return composed(config.imageSize());
        return read(DataFolder.existing(config.data()), config);
    }

    private Job<B> job(C config, SceneProcessor processor, Supplier<SceneData> data) {
        return new SceneJob<>(config, processor, data, () -> kind(config, processor));
    }
}
