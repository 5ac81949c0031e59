package dev.merapi.protect.command;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Settings;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code merapi attack} on a run for pictures and one for texts, as a user calls it. */
class AttackCommandTest {
    @TempDir private static Path folder;

    private static final class Said implements Command.Answers {
        final Map<String, Command.Answer> all = new LinkedHashMap<>();

        @Override public void answer(String what, Command.Answer answer) { all.put(what, answer); }

        @Override public void failed(String what, RuntimeException error) { throw error; }
    }

    private static Said run(List<String> arguments, String... settings) {
        var command = new AttackCommand();
        var config = Settings.bind(command.defaults(), Settings.override(Map.of(), settings), "attack");
        var said = new Said();
        command.run(arguments, config, Device.CPU, said);
        return said;
    }

    private static String run(String name) { return folder.resolve(name).toString(); }

    @BeforeAll static void train() throws IOException {
        for (String part : List.of("train", "test")) {
            for (int i = 0; i < 8; i++) {
                picture(part + "/blue/" + i + ".png", 0x4050A0 + i);
                picture(part + "/red/" + i + ".png", 0xA05040 + i);
            }
        }
        try (var job = Recipes.named("image-folder").job("data=" + folder.resolve("pictures"), "image_size=8",
                "epochs=4", "batch_size=8", "weight_decay=0", "seed=1")) {
            job.fit(folder.resolve("colours"));
        }
        var lines = new ArrayList<>(List.of("text,label"));
        for (int i = 0; i < 60; i++) lines.add(i % 2 == 0 ? "a fine film " + i + ",good" : "a dull film " + i + ",bad");
        Files.write(folder.resolve("reviews.csv"), lines);
        try (var job = Recipes.named("text-classification").job("data=" + folder.resolve("reviews.csv"), "epochs=12",
                "batch_size=16", "vocab_size=50", "max_length=8")) {
            job.fit(folder.resolve("reviews"));
        }
    }

    private static void picture(String name, int rgb) throws IOException {
        var image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64; i++) image.setRGB(i % 8, i / 8, rgb);
        Path file = folder.resolve("pictures").resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "png", file.toFile());
    }

    /** Colours that differ by a quarter of the range are the same after a change of an eighth and more. */
    @Test void picturesLoseTheirClass() throws IOException {
        long before = Scope.live();
        Path out = folder.resolve("out");
        var answer = run(List.of(run("colours")), "iterations=5", "epsilons=[0.01, 0.4]", "out=" + out)
                .all.get(run("colours"));
        var values = (Map<?, ?>) answer.values();
        double[] pgd = (double[]) values.get("pgd"), auto = (double[]) values.get("auto_pgd");
        assertEquals(1, pgd[0], answer.words());
        assertTrue(pgd[2] < 0.5 && auto[2] < 0.5, Arrays.toString(pgd) + Arrays.toString(auto));
        assertTrue(pgd[1] >= pgd[2], Arrays.toString(pgd));
        assertTrue((double) values.get("mean_corrupted") > 0.2, answer.words());
        assertTrue(answer.words().contains("square") && answer.words().contains("calibration error"), answer.words());
        String page = Files.readString(out.resolve("report.html"));
        for (String heading : List.of("Attacks", "Corruptions", "Calibration")) {
            assertTrue(page.contains("<h2>" + heading + "</h2>"), heading);
        }
        assertTrue(Scope.live() <= before);
    }

    @Test void textsAreAttackedWordByWord() throws IOException {
        var file = Files.write(folder.resolve("texts.txt"), List.of("a fine film 2", "a dull film 3"));
        var said = run(List.of(run("reviews"), file.toString(), "a fine film 4"), "budget=0.5");
        assertEquals(List.of("a fine film 2", "a dull film 3", "a fine film 4", "all"), List.copyOf(said.all.keySet()));
        var first = said.all.get("a fine film 2");
        assertTrue(first.words().startsWith("good "), first.words());
        assertEquals(3, ((Map<?, ?>) said.all.get("all").values()).get("texts"));
        int changed = (int) ((Map<?, ?>) said.all.get("all").values()).get("changed");
        long other = said.all.values().stream().map(answer -> (Map<?, ?>) answer.values())
                .filter(values -> values.containsKey("label")
                        && !values.get("label").equals(values.get("attacked_label"))).count();
        assertEquals(other, changed, said.all.toString());
    }

    @Test void badInputIsNamed() {
        refused("attack: expected texts, or files with a text in each line. Received none.", run("reviews"));
        refused("attack: expected a run for pictures alone: its test set is attacked. Received [", run("colours"),
                "a.png");
        refused("attack: expected a run; of one for texts also the texts. Received [].");
        var e = assertThrows(IllegalArgumentException.class, () -> run(List.of(run("colours")), "epsilons=[]"));
        assertTrue(e.getMessage().contains("epsilons: expected at least one"), e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> run(List.of(run("colours")), "samples=1"));
        assertTrue(e.getMessage().contains("samples: expected at least 2"), e.getMessage());
    }

    private static void refused(String expected, String... arguments) {
        var e = assertThrows(IllegalArgumentException.class, () -> run(List.of(arguments)));
        assertTrue(e.getMessage().startsWith(expected), e.getMessage());
    }
}
