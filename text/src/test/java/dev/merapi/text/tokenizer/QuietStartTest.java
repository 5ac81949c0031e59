package dev.merapi.text.tokenizer;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A first use, in a JVM of its own: nothing is printed and no address is opened. */
class QuietStartTest {
    @TempDir Path folder;

    @Test void theFirstUseIsQuietAndOffline() throws Exception {
        assertEquals("opened", run(folder.resolve("cache")));
        try (var files = Files.walk(folder.resolve("cache"))) {
            assertTrue(files.anyMatch(file -> file.toString().contains("tokenizers")), "not unpacked into the cache");
        }
    }

    @Test void aCacheThatCannotBeWrittenIsNamed() throws Exception {
        var file = Files.writeString(folder.resolve("file"), "in the way");
        var output = run(file.resolve("cache"));
        assertTrue(output.contains("The native tokenizers library could not be loaded on "), output);
        assertTrue(output.contains("unpacked into $DJL_CACHE_DIR"), output);
    }

    private static String run(Path cache) throws IOException, InterruptedException {
        var path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", path, Main.class.getName(),
                Golden.path("bert").toString()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DJL_CACHE_DIR", cache.toString());
        var child = builder.start();
        var output = new String(child.getInputStream().readAllBytes());
        assertTrue(child.waitFor(1, TimeUnit.MINUTES));
        return output.strip();
    }

    /** Opens a tokenizer where opening an address is an error that is printed. */
    static final class Main {
        public static void main(String[] args) {
            URL.setURLStreamHandlerFactory(protocol -> {
                if (protocol.startsWith("http")) IO.println("opened an address: " + protocol);
                return null;
            });
            try (var tokenizer = Tokenizer.open(Path.of(args[0]))) {
                IO.println(tokenizer.encode("Emma").length == 3 ? "opened" : "wrong ids");
            } catch (IllegalStateException e) {
                IO.println(e.getMessage());
            }
        }
    }
}
