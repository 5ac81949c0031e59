package dev.merapi.vision.recipe;

import dev.merapi.data.Batch;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.Box;
import dev.merapi.vision.Image;
import dev.merapi.vision.LabelMask;
import dev.merapi.vision.LabeledBox;
import dev.merapi.vision.Scene;
import dev.merapi.vision.data.Yolo;
import dev.merapi.vision.detect.DetectionTask;
import dev.merapi.vision.detect.SceneBatch;
import dev.merapi.vision.detect.ScoredBox;
import dev.merapi.vision.detect.Selection;
import dev.merapi.vision.pipeline.DetectCommand;
import dev.merapi.vision.pipeline.Detection;
import dev.merapi.vision.pipeline.ObjectDetector;
import dev.merapi.vision.pipeline.ObjectTracker;
import dev.merapi.vision.pipeline.SegmentCommand;
import dev.merapi.vision.pipeline.Segmenter;
import dev.merapi.vision.pipeline.TrackCommand;
import dev.merapi.vision.track.Tracker;
import dev.merapi.vision.track.TrackingScore;
import dev.merapi.vision.transform.SceneProcessor;
import dev.merapi.vision.video.MovingPictures;
import dev.merapi.vision.video.Video;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Detection and segmentation from folders to answers, on bright squares and dark bars. */
class SceneRecipesTest {
    @TempDir Path folder;

    /** A picture of a square (class 0) or a bar (class 1) on gray, of any size. */
    private static Scene scene(int number, int height, int width) {
        var random = new SplittableRandom(number);
        var image = new Image(height, width, 3);
        Arrays.fill(image.pixels(), (byte) 120);
        var mask = new LabelMask(height, width);
        int label = number % 2;
        int h = label == 0 ? height / 3 : height / 5, w = label == 0 ? width / 3 : width / 2;
        int top = random.nextInt(height - h), left = random.nextInt(width - w);
        for (int y = top; y < top + h; y++) {
            for (int x = left; x < left + w; x++) {
                mask.classes()[y * width + x] = (byte) (label + 1);
                for (int c = 0; c < 3; c++) image.pixels()[3 * (y * width + x) + c] = (byte) (label == 0 ? 250 : 10);
            }
        }
        return new Scene(image, List.of(new LabeledBox(Box.ofSize(left, top, w, h), label)), mask);
    }

    private void boxes(int train, int test) throws IOException {
        Files.writeString(folder.resolve("classes.txt"), "square\nbar\n");
        for (int i = 0; i < train + test; i++) {
            String part = i < train ? "train/" : "val/";
            var scene = scene(i, 70 + i % 3 * 10, 90);
            scene.image().write(folder.resolve("images/" + part + i + ".png"));
            Yolo.write(folder.resolve("labels/" + part + i + ".txt"), scene.image(), scene.boxes());
        }
    }

    private void masks(int train, int test) throws IOException {
        Files.writeString(folder.resolve("classes.txt"), "nothing\nsquare\nbar\n");
        for (int i = 0; i < train + test; i++) {
            String part = i < train ? "train/" : "val/";
            var scene = scene(i, 70 + i % 3 * 10, 90);
            scene.image().write(folder.resolve("images/" + part + i + ".png"));
            scene.mask().write(folder.resolve("masks/" + part + i + ".png"));
        }
    }

    private static String[] settings(Path data, String... more) {
        var all = new ArrayList<>(List.of("data=" + data, "image_size=64", "batch_size=8", "learning_rate=3e-3"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test void detectionLearnsFromAFolderAndIsUsed() throws IOException {
        boxes(40, 12);
        Path run = folder.resolve("run");
        try (var job = new DetectionRecipe().job(settings(folder, "epochs=7", "augment=false"))) {
            var trained = job.fit(run);
            assertTrue(trained.best("map_50") > 0.6, "map_50 " + trained.best("map_50"));
            assertEquals(List.of(), job.labels());
        }
        Path photo = folder.resolve("images/val/50.png");
        var expected = scene(50, 70 + 50 % 3 * 10, 90).boxes().getFirst();
        try (var detector = ObjectDetector.open(run)) {
            assertEquals(List.of("square", "bar"), detector.labels());
            for (var asked : List.of(detector, detector.mirrored())) {
                Detection best = asked.predict(Image.read(photo)).all().getFirst();
                assertEquals("square", best.label());
                assertTrue(best.box().iou(expected.box()) > 0.6, best + " " + expected);
            }
            assertEquals(0, detector.selection(new Selection(1, 0.5, 9)).predict(Image.read(photo)).all().size());
        }
        var answers = new Said();
        var config = new DetectCommand.Config(folder.resolve("out").toString(), 0.3, 0.5, 10, false);
        new DetectCommand().run(List.of(run.toString(), photo.toString(), "nowhere.png"), config, Device.CPU, answers);
        assertTrue(answers.words.getFirst().startsWith("square "), answers.words::toString);
        assertEquals(List.of("Could not read nowhere.png: there is no such file or folder."), answers.errors);
        assertEquals("Image(90, 90, 3)", Image.read(photo).toString());
        Path other = folder.resolve("other/50.jpg");
        Image.read(photo).write(other);
        new DetectCommand().run(List.of(run.toString(), photo.toString(), other.toString()), config, Device.CPU,
                answers);
        assertTrue(answers.words.getLast().endsWith("(" + folder.resolve("out/50-detected-2.jpg") + ")"),
                answers.words::toString);
        assertEquals("Image(360, 360, 3)", Image.read(folder.resolve("out/50-detected-2.jpg")).toString());
        assertEquals("Image(360, 360, 3)", Image.read(folder.resolve("out/50-detected.jpg")).toString());
        aSquareThatMovesIsFollowed(run);
    }

    private void aSquareThatMovesIsFollowed(Path run) {
        var pictures = new ArrayList<Image>();
        for (int i = 0; i < 20; i++) {
            var image = new Image(90, 90, 3);
            Arrays.fill(image.pixels(), (byte) 120);
            for (int y = 30; y < 60; y++) {
                for (int x = 5 + 2 * i; x < 35 + 2 * i; x++) {
                    for (int c = 0; c < 3; c++) image.pixels()[3 * (y * 90 + x) + c] = (byte) 250;
                }
            }
            pictures.add(image);
        }
        Path video = MovingPictures.write(folder.resolve("square.mp4"), pictures, 10);
        var score = new TrackingScore();
        try (var detector = ObjectDetector.open(run); var opened = Video.open(video)) {
            var picture = new int[1];
            new ObjectTracker(detector, new Tracker.Config(0.3, 0.1, 0.2, 0.5, 30)).follow(opened, tracked -> {
                var seen = tracked.things().stream().filter(thing -> thing.detection().label().equals("square"))
                        .map(thing -> new TrackingScore.Seen(thing.id(), thing.detection().box())).toList();
                var truth = new TrackingScore.Seen(1, Box.ofSize(5 + 2 * picture[0]++, 30, 30, 30));
                score.update(List.of(truth), seen);
            });
            assertEquals(20, picture[0]);
        }
        assertTrue(score.idf1() > 0.7 && score.switches() <= 1, score.toString());
        var answers = new Said();
        var config = new TrackCommand.Config(folder.resolve("out").toString(), 0.3, 0.1, 30);
        new TrackCommand().run(List.of(run.toString(), video.toString(), "nowhere.mp4"), config, Device.CPU, answers);
        assertTrue(answers.words.getFirst().matches("\\d+ things in 20 pictures \\(.*\\)"), answers.words::toString);
        assertEquals(List.of("Could not read nowhere.mp4: there is no such file or folder."), answers.errors);
        try (var drawn = Video.open(folder.resolve("out/square-tracked.mp4"))) {
            assertEquals("90x90 at 10", drawn.width() + "x" + drawn.height() + " at " + (int) drawn.framesPerSecond());
        }
    }

    @Test void segmentationLearnsFromAFolderAndIsUsed() throws IOException {
        masks(40, 12);
        Path run = folder.resolve("run");
        try (var job = new SegmentationRecipe().job(settings(folder, "epochs=3", "augment=false"))) {
            var trained = job.fit(run);
            assertTrue(trained.best("mean_iou") > 0.7, "mean_iou " + trained.best("mean_iou"));
            assertEquals(List.of("nothing", "square", "bar"), job.labels());
        }
        Path photo = folder.resolve("images/val/50.png");
        var expected = scene(50, 70 + 50 % 3 * 10, 90).mask();
        try (var segmenter = Segmenter.open(run)) {
            for (var asked : List.of(segmenter, segmenter.mirrored())) {
                var found = asked.predict(Image.read(photo));
                int same = 0;
                for (int i = 0; i < expected.classes().length; i++) {
                    if (found.mask().classes()[i] == expected.classes()[i]) same++;
                }
                assertTrue(same > 0.93 * expected.classes().length, same + " of " + expected.classes().length);
                assertEquals("nothing", found.shares().getFirst().label());
                assertEquals(1, found.shares().stream().mapToDouble(s -> s.area()).sum(), 1e-9);
            }
        }
        var answers = new Said();
        var config = new SegmentCommand.Config(folder.resolve("out").toString(), false);
        new SegmentCommand().run(List.of(run.toString(), photo.toString()), config, Device.CPU, answers);
        assertTrue(answers.words.getFirst().startsWith("nothing "), answers.words::toString);
        assertEquals("LabelMask(90, 90)", LabelMask.read(folder.resolve("out/50-mask.png")).toString());
        assertEquals("Image(360, 360, 3)", Image.read(folder.resolve("out/50-segmented.jpg")).toString());
    }

    private static final class Said implements Command.Answers {
        private final List<String> words = new ArrayList<>();
        private final List<String> errors = new ArrayList<>();

        @Override public void answer(String input, Command.Answer answer) { words.add(answer.words()); }

        @Override public void failed(String input, RuntimeException error) { errors.add(error.getMessage()); }
    }

    /** What the model is shown of a picture in training is what it is shown in use. */
    @Test void trainingAndUseSeeTheSame() throws IOException {
        boxes(4, 2);
        Path picture = folder.resolve("images/val/4.png");
        try (var job = job(new DetectionRecipe().job(settings(folder, "augment=false")));
                var test = job.test(); var _ = Scope.open()) {
            job.save(folder.resolve("run"));
            var used = SceneProcessor.open(folder.resolve("run")).batch(List.of(Image.read(picture)));
            var batch = test.iterator().next();
            assertArrayEquals(used.toFloats(), batch.x().narrow(0, 0, 1).toFloats());
            Box seen = batch.boxes().getFirst().getFirst().box();
            Box known = scene(4, 80, 90).boxes().getFirst().box();
            assertEquals(1, seen.iou(known.scale(64.0 / 90, 64.0 / 90)), 0.02, "in the model's pixels");
            assertUsedAlike(job, picture, used);
        }
        masks(4, 2);
        try (var job = (SceneJob<?>) new SegmentationRecipe().job(settings(folder, "augment=false"));
                var test = job.test(); var _ = Scope.open()) {
            job.save(folder.resolve("run"));
            var used = SceneProcessor.open(folder.resolve("run")).batch(List.of(Image.read(picture)));
            var batch = (Batch) test.iterator().next();
            assertArrayEquals(used.toFloats(), batch.x().narrow(0, 0, 1).toFloats());
            assertArrayEquals(new long[] {2, 64, 64}, batch.y().shape());
            assertEquals(-100, batch.y().select(0, 0).select(0, 63).select(0, 0).itemLong(), "below the picture");
        }
    }

    @SuppressWarnings("unchecked") // a detection's batches
    private static SceneJob<SceneBatch> job(Job<?> job) { return (SceneJob<SceneBatch>) job; }

    /** The boxes of the test are those of use, but for the pixels that they are counted in. */
    private static void assertUsedAlike(SceneJob<SceneBatch> job, Path picture, Tensor x) throws IOException {
        var model = ((DetectionTask) job.trainer().task()).model();
        List<ScoredBox> measured;
        try (var _ = model.evaluating(); var _ = Torch.noGrad()) {
            measured = model.select(model.forward(x), new Selection(0, 1, 50)).getFirst();
        }
        var used = ((ObjectDetector) job.predictor()).selection(new Selection(0, 1, 50)).predict(Image.read(picture));
        assertTrue(used.all().size() > 10);
        var first = measured.getFirst();
        assertEquals(first.score(), used.all().getFirst().score(), 1e-6);
        assertEquals(1, first.box().scale(90 / 64.0, 90 / 64.0).clip(80, 90).iou(used.all().getFirst().box()), 0.03);
    }

    @Test void ssdAndDeepLabTrainToo() throws IOException {
        boxes(8, 4);
        try (var job = new DetectionRecipe().job(settings(folder, "model=ssd", "epochs=1", "mosaic=0.5"))) {
            assertTrue(job.fit().last().value("map_50") >= 0);
        }
        masks(8, 4);
        for (String loss : List.of("dice", "focal")) {
            String[] settings = settings(folder, "model=deeplab", "epochs=1", "loss=" + loss);
            try (var job = new SegmentationRecipe().job(settings)) {
                assertTrue(job.fit().last().value("mean_iou") > 0);
            }
        }
    }

    @Test void aRunIsOpenedWithoutItsClassesInTheFolder() throws IOException {
        boxes(4, 2);
        Path run = folder.resolve("run");
        try (var job = new DetectionRecipe().job(settings(folder, "epochs=1"))) {
            job.fit(run);
        }
        Files.writeString(folder.resolve("classes.txt"), "bar\nsquare\n");
        try (var job = Runs.open(run)) {
            assertEquals("data: expected the classes that the run has learnt, [square, bar]. Received [bar, square];"
                    + " has the folder changed?", assertThrows(IllegalArgumentException.class, job::test).getMessage());
        }
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Segmenter.open(run)).getMessage()
                .endsWith("expected the run of a recipe for masks. Received another's."));
    }

    @Test void settingsAreChecked() {
        assertMessage("detection: test_fraction: expected between 0 and 1. Received 0.0.",
                () -> new DetectionRecipe().job("test_fraction=0"));
        assertMessage("size: expected a multiple of 32 up to 8192. Received 100.",
                () -> new SegmentationRecipe().job("image_size=100"));
        assertMessage("data: expected a folder that exists. Received nowhere.",
                () -> new DetectionRecipe().job("data=nowhere"));
    }

    private static void assertMessage(String expected, Runnable mistake) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }
}
