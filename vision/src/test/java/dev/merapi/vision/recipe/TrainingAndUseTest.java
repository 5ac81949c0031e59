package dev.merapi.vision.recipe;

import dev.merapi.io.ModelFolder;
import dev.merapi.recipe.Classes;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Prediction;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipe;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Scope;
import dev.merapi.train.Supervised;
import dev.merapi.vision.Image;
import dev.merapi.vision.Normalize;
import dev.merapi.vision.model.ResNet;
import dev.merapi.vision.pipeline.ImageClassifier;
import dev.merapi.vision.transform.Flip;
import dev.merapi.vision.transform.ImageProcessor;
import dev.merapi.vision.transform.Resize;
import dev.merapi.vision.transform.TestTime;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a model is shown in training is what it is shown in use. */
class TrainingAndUseTest {
    private static final int GRAY = BufferedImage.TYPE_BYTE_GRAY;
    private static final int RGB = BufferedImage.TYPE_INT_RGB;
    private static final int RGBA = BufferedImage.TYPE_INT_ARGB;

    @TempDir Path folder;

    @Test void picturesInFolders() throws IOException {
        var files = pictures("left", "right");
        assertAlike(new ImageFolderRecipe().job("data=" + folder, "image_size=24", "model=batch_norm_cnn"), files);
    }

    @Test void picturesInFoldersOfCifarsClasses() throws IOException {
        assertAlike(new Cifar10Recipe().job("data=" + folder), pictures("airplane", "frog"));
    }

    /** In the sizes, crops, filters and colours that files of other libraries ask for. */
    @Test void picturesForPretrainedNetworks() throws IOException {
        var files = pictures("left", "right");
        int of = 0;
        var ab = List.of("a", "b");
        for (var usual : List.of(new ImageProcessor(24, 0, Resize.Filter.BICUBIC, Normalize.IMAGENET, ab),
                new ImageProcessor(21, 27, Resize.Filter.BICUBIC, Normalize.RGB, ab),
                new ImageProcessor(32, Normalize.CIFAR10, ab))) {
            Path pretrained = folder.resolve("pretrained" + of);
            try (var model = new ResNet(ResNet.Config.RESNET20, 2)) {
                ModelFolder.save(model, Map.of("architecture", "resnet20"), pretrained);
            }
            usual.save(pretrained);
            assertAlike(new ImageFolderRecipe().job("data=" + folder, "pretrained=" + pretrained), files);
            assertAlike(new ImageFolderRecipe().job("data=" + folder, "pretrained=" + pretrained, "image_size=19"),
                    files);
            of++;
        }
    }

    @Test void digits() throws IOException { assertAlike(new MnistRecipe().job("data=" + folder), images28()); }

    @Test void clothes() throws IOException {
        var files = images28();
        for (Recipe<?> recipe : List.of(new FashionRecipe(), new FashionFullRecipe())) {
            assertAlike(recipe.job("data=" + folder), files);
        }
    }

    @Test void aRunIsUsedWithoutItsData() throws Exception {
        pictures("left", "right");
        Path run = folder.resolve("run");
        Classes expected;
        Path photo = folder.resolve("photo.jpg");
        Files.copy(folder.resolve("test/left/photo.jpg"), photo);
        try (var job = (ImageJob) new ImageFolderRecipe().job("data=" + folder, "image_size=16",
                "model=batch_norm_cnn", "epochs=1")) {
            job.fit(run);
            expected = job.predictor().classify(photo);
        }
        Files.move(folder.resolve("train/left"), folder.resolve("train/zebra")); // behind the other in the order
        Files.move(folder.resolve("test/left"), folder.resolve("test/zebra"));
        try (var classifier = ImageClassifier.open(run); var threads = Executors.newFixedThreadPool(4)) {
            assertEquals(List.of("left", "right"), classifier.labels());
            assertClose(expected, classifier.classify(photo));
            var batch = classifier.predict(List.of(Image.read(photo), Image.read(Files.readAllBytes(photo))));
            assertEquals(2, batch.size());
            batch.forEach(answer -> assertClose(expected, answer));
            assertEquals(List.of(), classifier.predict(List.of()));
            Callable<Classes> ask = () -> classifier.classify(photo);
            for (var answer : threads.invokeAll(Collections.nCopies(20, ask))) assertClose(expected, answer.get());
        }
        try (var predictor = Predictor.open(run).as(Image.class, Classes.class)) {
            assertClose(expected, predictor.predict(predictor.parse(photo.toString())));
            assertEquals("Predictor: expected one from String to Classes. Received a model from Image to Classes.",
                    assertThrows(IllegalArgumentException.class, () -> predictor.as(String.class, Classes.class))
                            .getMessage());
        }
        try (var job = Runs.open(run)) {
            assertEquals("data: expected the classes that the run has learnt, [left, right]. Received [right, zebra];"
                    + " has the folder changed?",
                    assertThrows(IllegalArgumentException.class, job::evaluate).getMessage());
        }
    }

    @Test void aClassifierIsAskedAboutViews() throws IOException {
        pictures("left", "right");
        Image photo = new Resize(16).apply(Image.read(folder.resolve("test/left/photo.jpg")), new Random(0));
        Image mirrored = new Flip(photo.width()).of(photo);
        try (var job = (ImageJob) new ImageFolderRecipe().job("data=" + folder, "image_size=16",
                "model=batch_norm_cnn"); var plain = job.predictor(); var both = plain.views(TestTime.MIRRORED)) {
            job.trainer().task().model().eval();
            double[] one = plain.predict(photo).probabilities(), other = plain.predict(mirrored).probabilities();
            double[] mean = IntStream.range(0, 2).mapToDouble(i -> (one[i] + other[i]) / 2).toArray();
            assertTrue(Math.abs(one[0] - other[0]) > 1e-5, "the views differ");
            assertArrayEquals(mean, both.predict(photo).probabilities(), 1e-6);
        }
    }

    @Test void whatARunLacksIsNamed() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        assertEquals(run + ": expected the run of a recipe for images, with preprocessor_config.json in it. Received"
                + " none; runs of older versions have to be trained anew.", message(run));
        var processor = new ImageProcessor(8, Normalize.GRAY, List.of("b", "a"));
        processor.save(run);
        assertEquals(processor, ImageProcessor.open(run));
        Path file = run.resolve("preprocessor_config.json");
        String json = Files.readString(file);
        assertTrue(json.contains("\"shortest_edge\" : 8") && json.contains("\"0\" : \"b\""), json);
        Files.writeString(file, json.replace("\"resample\" : 2", "\"resample\" : 1"));
        assertEquals(file + ": resample: expected 0 for nearest, 2 for bilinear or 3 for bicubic. Received 1.",
                message(run));
        Files.writeString(file, json.replace("\"shortest_edge\" : 8", "\"shortest_edge\" : 2000000000"));
        assertEquals(file + ": shorter_side: expected 0, or 8 to 16384. Received 2000000000.", message(run));
        Files.writeString(file, json.replace("\"1\" : \"a\"", "\"1\" : \"b\""));
        assertEquals(file + ": labels: expected different ones. Received [b, b].", message(run));
        Files.writeString(file, json.substring(0, 40));
        assertTrue(message(run).startsWith(file + ":"), message(run));
    }

    private static String message(Path run) {
        return assertThrows(IllegalArgumentException.class, () -> ImageProcessor.open(run)).getMessage();
    }

    /** All kinds of files in the test part, in the order of their names; the same in the training part. */
    private List<Path> pictures(String first, String second) throws IOException {
        for (String part : new String[] {"train", "test"}) {
            picture(part + "/" + first + "/gray.png", GRAY, 40, 40);
            picture(part + "/" + first + "/large.png", RGB, 330, 211);
            picture(part + "/" + first + "/photo.jpg", RGB, 57, 75);
            picture(part + "/" + first + "/small.png", RGB, 7, 5);
            picture(part + "/" + second + "/tall.png", GRAY, 9, 130);
            picture(part + "/" + second + "/transparent.png", RGBA, 50, 61);
        }
        try (var all = Files.walk(folder.resolve("test"))) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Gray 28x28 files, and the four IDX files of the same. */
    private List<Path> images28() throws IOException {
        var files = new ArrayList<Path>();
        int count = 3;
        var images = ByteBuffer.allocate(16 + 784 * count).put(new byte[] {0, 0, 8, 3}).putInt(count).putInt(28)
                .putInt(28);
        for (int i = 0; i < count; i++) {
            files.add(picture(i + ".png", GRAY, 28, 28));
            images.put(Image.read(files.getLast()).toGray().pixels());
        }
        for (String part : new String[] {"train", "t10k"}) {
            Files.write(folder.resolve(part + "-images-idx3-ubyte"), images.array());
            Files.write(folder.resolve(part + "-labels-idx1-ubyte"), new byte[] {0, 0, 8, 1, 0, 0, 0, 3, 0, 9, 5});
        }
        return files;
    }

    private static void assertAlike(Job<?> of, List<Path> files) {
        try (var job = (ImageJob) of; var test = job.test(); var batches = test.iterator(); var _ = Scope.open()) {
            var x = batches.next().x();
            assertEquals(files.size(), x.size(0));
            Path run = files.getFirst().resolveSibling("run");
            job.save(run);
            var processor = ImageProcessor.open(run); // as use opens it
            float[][] probabilities = new float[files.size()][];
            for (int i = 0; i < files.size(); i++) {
                var inUse = processor.batch(List.of(Image.read(files.get(i))));
                assertArrayEquals(x.narrow(0, i, 1).toFloats(), inUse.toFloats(), files.get(i).toString());
                probabilities[i] = ((Supervised) job.trainer().task()).predict(x.narrow(0, i, 1)).toFloats();
            }
            try (var classifier = job.predictor()) {
                for (int i = 0; i < files.size(); i++) assertProbabilities(probabilities[i], classifier, files.get(i));
                var together = classifier.predict(files.stream().map(Image::read).toList());
                for (int i = 0; i < files.size(); i++) assertClose(together.get(i), classifier.classify(files.get(i)));
            }
        }
    }

    private static void assertProbabilities(float[] expected, ImageClassifier classifier, Path file) {
        assertClose(new Classes(IntStream.range(0, expected.length)
                .mapToObj(c -> new Prediction(classifier.labels().get(c), expected[c])).toList()),
                classifier.classify(file));
    }

    /** Up to the last digits, which differ with a batch's size. */
    private static void assertClose(Classes expected, Classes answer) {
        assertEquals(expected.labels(), answer.labels());
        assertArrayEquals(expected.probabilities(), answer.probabilities(), 1e-5);
    }

    private Path picture(String name, int type, int width, int height) throws IOException {
        var image = new BufferedImage(width, height, type);
        var random = new Random(name.hashCode());
        var raster = image.getRaster();
        int[] pixel = new int[raster.getNumBands()];
        for (int i = 0; i < width * height; i++) {
            for (int b = 0; b < pixel.length; b++) pixel[b] = (i % width * 3 + random.nextInt(80)) % 256;
            raster.setPixel(i % width, i / width, pixel);
        }
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, name.substring(name.length() - 3), file.toFile());
        return file;
    }
}
