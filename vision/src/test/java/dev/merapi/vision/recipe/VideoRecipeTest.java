package dev.merapi.vision.recipe;

import dev.merapi.recipe.Job;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Scope;
import dev.merapi.vision.pipeline.ImageClassifier;
import dev.merapi.vision.pipeline.VideoClassifier;
import dev.merapi.vision.video.MovingPictures;
import dev.merapi.vision.video.VideoFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class VideoRecipeTest {
    private static final List<String> SIDES = List.of("down", "left", "right", "up");

    @TempDir Path folder;

    private Path data(int count) throws IOException {
        Path data = folder.resolve("clips");
        for (String side : SIDES) {
            Files.createDirectories(data.resolve(side));
            for (int i = 0; i < count; i++) {
                MovingPictures.write(data.resolve(side + "/" + i + ".mp4"),
                        MovingPictures.to(side, 12, new Random(31L * i + side.hashCode())), 12);
            }
        }
        return data;
    }

    @ParameterizedTest @EnumSource(VideoNetwork.class)
    void whatIsTrainedIsUsed(VideoNetwork network) throws IOException {
        long live = Scope.live();
        Path run = folder.resolve("run");
        var recipe = Recipes.named("video-folder");
        try (var job = recipe.job("data=" + data(3), "image_size=16", "frames=4", "frames_per_second=8", "width=2",
                "epochs=1", "batch_size=3", "test_fraction=0.34", "model=" + network.name().toLowerCase())) {
            job.fit(run);
        }
        var files = VideoFolder.split(folder.resolve("clips"), SIDES, 0.34, 1337).test().files();
        try (var job = Runs.open(run); var classifier = VideoClassifier.open(run)) {
            assertEquals(SIDES, classifier.labels());
            int right = 0;
            var answers = classifier.predict(files);
            for (int i = 0; i < files.size(); i++) {
                if (answers.get(i).best().label().equals("" + files.get(i).getParent().getFileName())) right++;
            }
            assertEquals((double) right / files.size(), accuracy(job), 1e-9);
        }
        assertTrue(Scope.live() <= live, Scope.live() + " live, " + live + " before");
    }

    private static <B> double accuracy(Job<B> job) { return job.trainer().evaluate(job.test()).get("accuracy"); }

    @Test void settingsAndFoldersAreChecked() {
        var recipe = Recipes.named("video-folder");
        assertTrue(assertThrows(IllegalArgumentException.class, recipe::job).getMessage().startsWith("data: expected"));
        assertThrows(IllegalArgumentException.class, () -> recipe.job("data=x", "frames=0"));
        assertThrows(RuntimeException.class, () -> recipe.job("data=" + folder.resolve("none")));
        assertThrows(IllegalArgumentException.class, () -> recipe.job("data=" + folder));
        assertThrows(IllegalArgumentException.class, () -> ImageClassifier.open(folder));
        assertThrows(IllegalArgumentException.class, () -> VideoClassifier.open(folder));
    }

    /** Which way things go shows in no single picture. */
    @Tag("proof")
    @Test void motionIsLearnt() throws IOException {
        try (var job = Recipes.named("video-folder").job("data=" + data(100), "image_size=32", "frames=6",
                "frames_per_second=6", "width=8", "epochs=15", "batch_size=16", "learning_rate=0.003")) {
            job.fit(folder.resolve("run"));
            double accuracy = accuracy(job);
            System.out.println("motion: accuracy " + accuracy + " of 80 clips");
            assertTrue(accuracy >= 0.9, "accuracy " + accuracy);
        }
    }
}
