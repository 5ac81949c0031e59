package dev.merapi.io;

import dev.merapi.nn.Init;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A process that is killed while it saves leaves complete weights of one save. */
@Tag("proof")
class KilledWhileSavingTest {
    private static final int KILLS = 12;
    private static final Random RANDOM = new Random(1);

    @TempDir Path folder;

    @Test void theFileIsAlwaysWhole() throws Exception {
        Path file = folder.resolve("model.safetensors");
        double round = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            killWhileSaving(FileSaver.class, file);
            try (var _ = Scope.open()) {
                var read = SafetensorsFile.open(file);
                round = read.tensor("a").max().item();
                assertEquals(round, read.tensor("a").min().item(), "all of one round");
                assertEquals(Double.toString(round), read.metadata().get("round"));
            }
        }
        Safetensors.write(file, Map.of(), Map.of());
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList(), "the next save tidies up");
        }
    }

    @Test void shardsAreAlwaysOfOneSave() throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            killWhileSaving(FolderSaver.class, folder);
            try (var model = new Model(); var _ = Scope.open()) {
                ModelFolder.load(model, folder);
                double round = model.a.max().item();
                for (var part : List.of(model.a, model.b, model.c)) {
                    assertEquals(round, part.max().item(), "all of one round");
                    assertEquals(round, part.min().item(), "all of one round");
                }
                int settings = (int) ModelFolder.config(folder).get("round");
                assertEquals(round, settings, 1, "settings of this save, or of one beside it");
            }
        }
    }

    /** Starts a saver, and kills it some time after its first save. */
    private static void killWhileSaving(Class<?> saver, Path where) throws Exception {
        var process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                saver.getName(), where.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        assertEquals('s', process.getInputStream().read(), "the first save is done");
        Thread.sleep(RANDOM.nextInt(300));
        process.destroyForcibly().waitFor();
    }

    /** Saves 40 MB again and again, each time with other values. */
    static final class FileSaver {
        public static void main(String[] args) {
            for (double round = 1;; round++) {
                try (var _ = Scope.open()) {
                    Safetensors.write(Path.of(args[0]), Map.of("a", Tensor.full(round, 10_000_000)),
                            Map.of("round", Double.toString(round)));
                }
                if (round == 1) tellParent();
            }
        }
    }

    /** Saves three shards of 4 MB again and again, each time with other values and settings. */
    static final class FolderSaver {
        public static void main(String[] args) {
            var origin = Provenance.of(null, null, null);
            var model = new Model();
            for (int round = 1;; round++) {
                try (var _ = Torch.noGrad()) {
                    for (var param : model.params().values()) param.fill_(round);
                }
                // shards one time, one file the next: each kind replaces the other
                ModelFolder.save(model, Map.of("round", round), Path.of(args[0]), origin,
                        round % 4 == 3 ? Long.MAX_VALUE : 4_000_000);
                if (round == 1) tellParent();
            }
        }
    }

    private static void tellParent() {
        IO.print("s");
        System.out.flush();
    }

    static final class Model extends Layer {
        final Param a = param(Init.zeros(), 1_000_000);
        final Param b = param(Init.zeros(), 1_000_000);
        final Param c = param(Init.zeros(), 1_000_000);
    }
}
