package dev.merapi.explain.command;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Settings;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.vision.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ExplainCommandTest {
    @TempDir private static Path folder;

    /** What the command said. */
    private record Said(List<Command.Answer> answers, List<String> errors) implements Command.Answers {
        @Override public void answer(String input, Command.Answer answer) { answers.add(answer); }

        @Override public void failed(String input, RuntimeException error) { errors.add(error.getMessage()); }

        Map<?, ?> values() { return (Map<?, ?>) answers.getFirst().values(); }
    }

    private static Said explain(String run, List<String> inputs, String... settings) {
        var command = new ExplainCommand();
        var all = new ArrayList<>(List.of(settings));
        all.add("out=" + folder.resolve("out"));
        var config = Settings.bind(command.defaults(), Settings.override(Map.of(), all.toArray(String[]::new)), "x");
        var arguments = new ArrayList<>(List.of(folder.resolve(run).toString()));
        arguments.addAll(inputs);
        var said = new Said(new ArrayList<>(), new ArrayList<>());
        command.run(arguments, config, Device.CPU, said);
        return said;
    }

    @BeforeAll static void train() throws IOException {
        train("table", "table", "data=" + passengers(), "target=survived", "model=deepfm", "epochs=8", "batch_size=32",
                "learning_rate=0.02");
        train("text", "text-classification", "data=" + reviews(), "epochs=12", "batch_size=16", "vocab_size=100",
                "max_length=16");
        train("picture", "image-folder", "data=" + squares(), "model=batch_norm_cnn", "image_size=16", "epochs=6",
                "augment=false", "batch_size=16");
    }

    @Test void ofARecommendationTheItemsThatGoWithItAreTheStrongest() throws IOException {
        var random = new SplittableRandom(4);
        var lines = new ArrayList<>(List.of("user,item"));
        for (int user = 0; user < 60; user++) { // who had a1 had a2 and a3 too; the same of b
            String group = user % 2 == 0 ? "a" : "b";
            for (int item = 1; item < 6; item++) if (random.nextInt(5) > 0) lines.add(user + "," + group + item);
            lines.add(user + ",c" + random.nextInt(8));
        }
        var data = Files.write(folder.resolve("had.csv"), lines);
        train("recommend", "recommend", "data=" + data, "user=user", "item=item", "model=item_knn");
        for (String method : List.of("shap", "lime", "occlusion")) {
            var said = explain("recommend", List.of("0", "nobody"), "method=" + method);
            assertTrue(said.errors.getFirst().contains("a user whom the model knows. Received nobody"),
                    said.errors.toString());
            var values = said.values();
            assertTrue(((String) values.get("target")).startsWith("a"), values.toString());
            var found = (double[]) values.get("contributions");
            var history = (List<?>) values.get("history");
            int other = 0;
            while (!history.get(other).toString().startsWith("c")) other++;
            double sum = 0;
            for (double value : found) sum += value;
            assertTrue(sum - found[other] > 4 * Math.abs(found[other]), method + ": " + said.answers);
        }
        assertTrue(explain("recommend", List.of("0"), "method=ig").errors.getFirst()
                .contains("shap, lime or occlusion for a recommendation"));
    }

    @Test void ofAPromptTheLettersAreExplained() throws IOException {
        var text = new StringBuilder();
        var random = new SplittableRandom(5);
        for (int i = 0; i < 4000; i++) text.append(random.nextBoolean() ? "ab" : "cd");
        Files.writeString(folder.resolve("letters.txt"), text);
        train("letters", "language-modelling", "data=" + folder.resolve("letters.txt"), "tokens=char", "max_length=16",
                "layers=1", "heads=2", "width=32", "epochs=1", "steps_per_epoch=200", "dropout=0");
        for (String method : List.of("shap", "occlusion", "ig", "saliency")) {
            var said = explain("letters", List.of("abcdabc"), "method=" + method, "target=d");
            assertEquals(List.of(), said.errors);
            var found = (double[]) said.values().get("contributions");
            assertEquals(7, found.length);
            assertEquals("c", ((List<?>) said.values().get("tokens")).getLast());
            if (method.equals("saliency")) continue;
            for (int i = 0; i < 6; i++) assertTrue(found[6] > found[i], method + ": " + said.answers); // d is after c
        }
    }

    @Test void allExplanationsStandInAReport() throws IOException {
        explain("text", List.of("the wonderful scene", "a dreadful story"));
        String html = Files.readString(folder.resolve("out/report.html"));
        assertEquals(2, html.split("<section>").length - 1);
        assertTrue(html.contains("the wonderful scene") && html.contains("data:image/png;base64,"));
    }

    private static void train(String run, String recipe, String... settings) {
        try (var job = Recipes.named(recipe).job(settings)) {
            job.fit(folder.resolve(run));
        }
    }

    /** Women and children survive; the fare says nothing. */
    private static Path passengers() throws IOException {
        var random = new SplittableRandom(1);
        var lines = new ArrayList<>(List.of("age,sex,fare,port,survived"));
        for (int i = 0; i < 400; i++) {
            int age = random.nextInt(60);
            boolean female = random.nextBoolean();
            lines.add(age + "," + (female ? "female" : "male") + "," + random.nextInt(100) + ","
                    + "SCQ".charAt(random.nextInt(3)) + "," + (female || age < 8 ? "yes" : "no"));
        }
        return Files.write(folder.resolve("passengers.csv"), lines);
    }

    private static Path reviews() throws IOException {
        var random = new SplittableRandom(2);
        var words = List.of("the", "film", "was", "long", "actor", "story", "music", "and", "with", "scene");
        var lines = new ArrayList<>(List.of("text,label"));
        for (int i = 0; i < 300; i++) {
            var text = new ArrayList<String>();
            for (int w = 0; w < 7; w++) text.add(words.get(random.nextInt(words.size())));
            boolean good = random.nextBoolean();
            text.set(random.nextInt(7), good ? "wonderful" : "dreadful");
            lines.add(String.join(" ", text) + "," + (good ? "good" : "bad"));
        }
        return Files.write(folder.resolve("reviews.csv"), lines);
    }

    /** A bright square in the left half or in the right one. */
    private static Path squares() throws IOException {
        var random = new SplittableRandom(3);
        for (int i = 0; i < 80; i++) {
            boolean left = i % 2 == 0;
            square(left ? 1 + random.nextInt(3) : 9 + random.nextInt(3), 1 + random.nextInt(10), random)
                    .write(folder.resolve("squares/" + (left ? "left" : "right") + "/" + i + ".png"));
        }
        return folder.resolve("squares");
    }

    private static Image square(int left, int top, SplittableRandom random) {
        var image = new Image(16, 16, 3);
        for (int i = 0; i < image.pixels().length; i++) image.pixels()[i] = (byte) random.nextInt(60);
        for (int y = top; y < top + 4; y++) {
            for (int x = left; x < left + 4; x++) {
                for (int c = 0; c < 3; c++) image.pixels()[(y * 16 + x) * 3 + c] = (byte) 240;
            }
        }
        return image;
    }

    @Test void ofATableTheColumnThatDecidesIsTheStrongest() {
        String row = "{\"age\": 35, \"sex\": \"female\", \"fare\": 50, \"port\": \"S\"}";
        for (String method : List.of("shap", "lime", "occlusion", "ig", "deeplift")) {
            var said = explain("table", List.of(row), "method=" + method,
                    "background=" + folder.resolve("passengers.csv"), "samples=200");
            assertEquals(List.of(), said.errors);
            var values = said.values();
            assertEquals("yes", values.get("target"));
            var found = (double[]) values.get("contributions");
            int sex = ((List<?>) values.get("columns")).indexOf("sex");
            for (int i = 0; i < found.length; i++) {
                if (i != sex) assertTrue(found[sex] > 2 * Math.abs(found[i]), method + ": " + said.answers);
            }
            if (!method.equals("lime") && !method.equals("occlusion")) {
                assertEquals(0, (double) values.get("gap"), 1e-4 * Math.abs((double) values.get("score")), method);
            }
            assertTrue(said.answers.getFirst().words().contains("sex = female"), said.answers.getFirst().words());
            assertTrue(Files.exists(folder.resolve("out/row-" + method + ".png")));
        }
    }

    @Test void ofATextTheWordThatDecidesIsTheStrongest() {
        long before = Scope.live();
        for (String method : List.of("shap", "lime", "occlusion", "ig", "saliency")) {
            var said = explain("text", List.of("the music was wonderful and long"), "method=" + method);
            assertEquals(List.of(), said.errors);
            var values = said.values();
            assertEquals("good", values.get("target"));
            var found = (double[]) values.get("contributions");
            int place = ((List<?>) values.get("tokens")).indexOf("wonderful");
            for (int i = 0; i < found.length; i++) {
                if (i != place) assertTrue(found[place] > Math.abs(found[i]), method + ": " + said.answers);
            }
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void attentionIsShownTokenByToken() {
        var said = explain("text", List.of("the wonderful scene"), "method=attention");
        assertEquals(List.of(), said.errors);
        assertEquals(List.of("the", "wonderful", "scene"), said.values().get("tokens"));
        var pairs = (double[][]) said.values().get("pairs");
        var found = (double[]) said.values().get("contributions");
        for (int i = 0; i < 3; i++) {
            assertEquals((pairs[0][i] + pairs[1][i] + pairs[2][i]) / 3, found[i], 1e-9);
            assertTrue(found[i] >= 0, said.answers.toString());
        }
        assertTrue(Arrays.stream(found).sum() > 0, said.answers.toString());
        assertTrue(Files.exists(folder.resolve("out/the-wonderful-scene-attention.png")));
    }

    @Test void ofAPictureTheSquareStandsOut() {
        square(2, 5, new SplittableRandom(9)).write(folder.resolve("left.png"));
        for (String method : List.of("shap", "lime", "occlusion", "ig", "deeplift", "saliency", "smoothgrad",
                "guided_backprop", "gradcam", "gradcam_plus_plus", "scorecam")) {
            var said = explain("picture", List.of(folder.resolve("left.png").toString()), "method=" + method,
                    "hide=black");
            assertEquals(List.of(), said.errors, method);
            assertEquals("left", said.values().get("target"), method);
            var found = (double[]) said.values().get("pixels");
            assertEquals(256, found.length);
            // gradients of any sign, and maps of 4x4 squares, are for other tests
            if (!List.of("shap", "lime", "occlusion", "ig", "deeplift").contains(method)) continue;
            double there = 0, elsewhere = 0; // means
            for (int i = 0; i < 256; i++) {
                boolean inside = i % 16 >= 1 && i % 16 < 7 && i / 16 >= 4 && i / 16 < 10;
                if (inside) there += found[i] / 36;
                else elsewhere += found[i] / 220;
            }
            assertTrue(there > elsewhere, method + ": " + there + " " + elsewhere);
        }
    }

    @Test void anotherClassMayBeExplainedAndPicturesMayBeSvg() throws IOException {
        var said = explain("text", List.of("the wonderful scene"), "target=bad", "format=svg");
        assertEquals("bad", said.values().get("target"));
        assertTrue(Files.readString(folder.resolve("out/the-wonderful-scene-shap.svg")).contains("wonderful"));
    }

    @Test void aTextThatLooksLikeAPathIsNamedWhole() {
        explain("text", List.of("wonderful. 3/5"), "format=svg");
        assertTrue(Files.exists(folder.resolve("out/wonderful-3-5-shap.svg")));
    }

    @Test void aTextOfOneTokenIsExplained() {
        for (String method : List.of("shap", "ig", "deeplift")) {
            var said = explain("text", List.of("wonderful"), "method=" + method);
            assertEquals(1, ((double[]) said.values().get("contributions")).length);
            assertEquals(0, (double) said.values().get("gap"), 0.01, method);
        }
    }

    @Test void badInputIsNamedAndTheOthersAreGoneOnWith() {
        var said = explain("text", List.of("", "the wonderful scene"), "target=god");
        String error = said.errors.getLast();
        assertTrue(error.contains("target: expected one of bad, good. Received god; did you mean good?"), error);
        assertTrue(explain("text", List.of("wonderful"), "method=gradcam").errors.getFirst()
                .contains("for a text. Received GRADCAM"));
        assertTrue(explain("table", List.of("{\"age\": 3}"), "method=scorecam").errors.getFirst()
                .contains("for a table"));
        assertTrue(explain("picture", List.of("nowhere.png", folder.resolve("squares/left/0.png").toString()))
                .answers.size() == 1);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> explain("text", List.of())).getMessage()
                .contains("a run and at least one input"));
    }
}
