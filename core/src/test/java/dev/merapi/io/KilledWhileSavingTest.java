package dev.merapi.io;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A process that is killed while it saves leaves a complete file. */
@Tag("proof")
class KilledWhileSavingTest {
    @TempDir Path folder;

    @Test void theFileIsAlwaysWhole() throws IOException, InterruptedException {
        Path file = folder.resolve("model.safetensors");
        var random = new Random(1);
        int kills = 12;
        for (int kill = 0; kill < kills; kill++) {
            var saver = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
                    "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                    Saver.class.getName(), file.toString()).redirectErrorStream(true).start();
            assertEquals('s', saver.getInputStream().read(), "the first save is done");
            Thread.sleep(random.nextInt(150));
            saver.destroyForcibly().waitFor();
            try (var _ = Scope.open()) {
                var read = SafetensorsFile.open(file);
                double round = read.tensor("a").max().item();
                assertEquals(round, read.tensor("a").min().item(), "all of one round");
                assertEquals(Double.toString(round), read.metadata().get("round"));
            }
        }
        try (var files = Files.list(folder)) {
            assertTrue(files.count() <= 1 + kills, "at most one unfinished file for each kill");
        }
    }

    /** Saves 40 MB again and again, each time with other values. */
    static final class Saver {
        public static void main(String[] args) {
            for (double round = 1; ; round++) {
                try (var _ = Scope.open()) {
                    Safetensors.write(Path.of(args[0]), Map.of("a", Tensor.full(round, 10_000_000)),
                            Map.of("round", Double.toString(round)));
                }
                if (round == 1) IO.print("s");
                System.out.flush();
            }
        }
    }
}
