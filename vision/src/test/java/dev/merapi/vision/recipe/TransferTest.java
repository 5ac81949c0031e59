package dev.merapi.vision.recipe;

import dev.merapi.io.ModelFolder;
import dev.merapi.io.Weights;
import dev.merapi.recipe.Mistake;
import dev.merapi.recipe.Prediction;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Settings;
import dev.merapi.tensor.Scope;
import dev.merapi.vision.Image;
import dev.merapi.vision.data.OnError;
import dev.merapi.vision.model.ResNet;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Learning from a network that was trained before. */
class TransferTest {
    @TempDir Path folder;

    private Path pretrained;

    @BeforeEach void write() throws IOException {
        for (int i = 0; i < 8; i++) {
            picture("blue/%d.png".formatted(i), 0x2030C0 + i);
            picture("red/%d.png".formatted(i), 0xC03020 + i);
        }
        pretrained = folder.resolve("../" + folder.getFileName() + "-pretrained").normalize();
        try (var model = new ResNet(ResNet.Config.RESNET20, 7)) {
            ModelFolder.save(model, Map.of("architecture", "resnet20"), pretrained);
        }
    }

    @Test void whatIsFrozenStaysAndTheRestLearns() {
        Path run = folder.resolveSibling(folder.getFileName() + "-run");
        try (var job = job("freeze=[conv1.*, bn1.*, layer1.*]", "epochs=2", "batch_size=4")) {
            job.fit(run);
        }
        try (var _ = Scope.open()) {
            var before = Weights.open(pretrained);
            var after = Weights.open(run);
            for (String name : before.names()) {
                if (name.startsWith("fc.")) continue;
                boolean frozen = name.matches("(conv1|bn1|layer1)\\..*");
                boolean same = Arrays.equals(before.tensor(name).toFloats(), after.tensor(name).toFloats());
                if (frozen || name.endsWith("weight")) assertEquals(frozen, same, name);
            }
            assertArrayEquals(new long[] {2, 64}, after.shape("fc.weight"));
        }
        ModelFolder.writeConfig(Map.of("architecture", "gone"), pretrained.resolve("config.json"));
        try (var model = Predictor.open(run)) { // the run's folder is all that it needs
            assertTrue(model.ask(folder.resolve("red/1.png").toString(), 1).startsWith("red"));
        }
    }

    @Test void ratesAreByName() {
        var transfer = transfer("freeze=layer1.*", "rates=[layer2.*=0.1, *=0.5]");
        var rates = new TreeMap<String, Double>();
        transfer.groups().forEach(group -> group.params().keySet().forEach(name -> rates.put(name, group.rate())));
        assertEquals(transfer.model().params().keySet().stream().filter(name -> !name.startsWith("layer1.")).sorted()
                .toList(), List.copyOf(rates.keySet()));
        rates.forEach((name, rate) -> assertEquals(name.startsWith("fc.") ? 1 : name.startsWith("layer2.") ? 0.1 : 0.5,
                rate, name));
        transfer.model().close();
    }

    @Test void theNewHeadIsNeverFrozen() {
        var transfer = transfer("freeze=*");
        var learning = new LinkedHashMap<>(transfer.model().params());
        learning.values().removeIf(param -> !param.isTrainable());
        assertEquals(List.of("fc.bias", "fc.weight"), learning.keySet().stream().sorted().toList());
        transfer.model().close();
    }

    @Test void fromScratchIsTheSameNetworkWithoutItsWeights() {
        var fresh = transfer("from_scratch=true");
        try (var _ = Scope.open()) {
            assertFalse(Arrays.equals(Weights.open(pretrained).tensor("conv1.weight").toFloats(),
                    fresh.model().params().get("conv1.weight").toFloats()));
        }
        fresh.model().close();
    }

    @Test void slipsAreNamed() {
        assertMessage("freeze: expected patterns of names of parameters, such as bn1.bias or bn1.*. Received layr1.*.",
                "freeze=layr1.*");
        assertMessage("rates: expected names and a factor, such as layer1.*=0.1. Received layer1.*.",
                "rates=layer1.*");
    }

    @Test void damagedPicturesAreLeftOutWhereThatIsWanted() throws IOException {
        Files.write(folder.resolve("red/empty.png"), new byte[0]);
        byte[] cut = Files.readAllBytes(folder.resolve("red/1.png"));
        Files.write(folder.resolve("blue/cut.png"), Arrays.copyOf(cut, cut.length - 20));
        assertThrows(IllegalArgumentException.class, () -> Image.read(folder.resolve("red/empty.png")));
        try (var job = job("on_error=skip", "batch_size=1"); var train = job.train(); var test = job.test()) {
            assertEquals(16 - 4, train.batches(), "a fifth of each class is for the test");
            assertEquals(1, test.batches());
        }
        try (var job = job("on_error=fail", "epochs=1")) {
            assertThrows(RuntimeException.class, job::fit);
        }
        assertEquals(OnError.FAIL, new ImageFolderRecipe().defaults().onError());
    }

    @Test void mistakesAreShown() throws IOException {
        try (var job = job()) {
            var mistakes = List.of(new Mistake(0, "blue", new Prediction("red", 0.9)),
                    new Mistake(2, "red", new Prediction("blue", 0.6)));
            Path picture = job.showMistakes(mistakes, folder).orElseThrow();
            var grid = ImageIO.read(picture.toFile());
            assertEquals(330, grid.getWidth());
            assertEquals(210, grid.getHeight());
            int first = grid.getRGB(80, 80), second = grid.getRGB(240, 80);
            assertTrue((first & 0xFF) > 0xB0 && (second >> 16 & 0xFF) > 0xB0, "a blue picture, then a red one");
            assertTrue(job.showMistakes(List.of(), folder).isEmpty());
        }
    }

    @Test void oneClassIsRefused() throws IOException {
        Path one = Files.createDirectory(folder.resolve("blue/only"));
        Files.copy(folder.resolve("blue/1.png"), one.resolve("1.png"));
        assertEquals(folder.resolve("blue") + ": expected folders of two classes at least. Received one, only; there is"
                + " nothing to tell it from.", assertThrows(IllegalArgumentException.class,
                () -> new ImageFolderRecipe().job("data=" + folder.resolve("blue"))).getMessage());
    }

    private ImageJob job(String... settings) {
        String[] all = Arrays.copyOf(settings, settings.length + 2);
        all[settings.length] = "data=" + folder;
        all[settings.length + 1] = "pretrained=" + pretrained;
        return (ImageJob) new ImageFolderRecipe().job(all);
    }

    private Transfer transfer(String... settings) {
        var config = Settings.bind(new ImageFolderRecipe().defaults(),
                Settings.override(Map.of("pretrained", pretrained.toString()), settings), "test");
        return Transfer.of(config, pretrained, List.of("blue", "red"));
    }

    private void assertMessage(String expected, String setting) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, () -> job(setting)).getMessage());
    }

    private void picture(String name, int rgb) throws IOException {
        var image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 32 * 32; i++) image.setRGB(i % 32, i / 32, rgb);
        Files.createDirectories(folder.resolve(name).getParent());
        ImageIO.write(image, "png", folder.resolve(name).toFile());
    }
}
