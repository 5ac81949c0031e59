package dev.merapi.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The script {@code merapi}, in a source tree that pretends to be built. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final Path SCRIPT = Path.of("..", "merapi");

    @TempDir Path home;

    @BeforeEach void build() throws IOException {
        Files.copy(SCRIPT, home.resolve("merapi"));
        script("bin/find-jdk", "echo '" + System.getProperty("java.home") + "'");
        Files.writeString(home.resolve("pom.xml"), "");
        Files.createDirectories(home.resolve("cli/src/main"));
        Files.writeString(home.resolve("cli/pom.xml"), "");
        Files.createDirectories(home.resolve("cli/target"));
        Files.writeString(home.resolve("cli/target/classpath"), System.getProperty("java.class.path"));
        Files.writeString(home.resolve("cli/target/built"), "");
    }

    private void script(String name, String body) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** What a script writes that stands in the home: this JVM itself may have no locale to pass arguments in. */
    private String written(String script, String input, Map<String, String> locale) throws Exception {
        script("script", "cd '" + home + "'\n" + script);
        Path typed = Files.writeString(home.resolve("typed"), input);
        var builder = new ProcessBuilder("sh", home.resolve("script").toString()).redirectInput(typed.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        builder.environment().putAll(locale);
        var process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** As in most containers. */
    @Test void withoutALocaleJavaIsGivenOne() throws Exception {
        script("jdk/bin/java", "for last; do :; done; printf '%s %s\\n' \"$LC_ALL\" \"$last\"");
        script("bin/find-jdk", "echo '" + home.resolve("jdk") + "'");
        for (var locale : List.of(Map.<String, String>of(), Map.of("LC_ALL", "POSIX"), Map.of("LANG", "C"),
                Map.of("LC_ALL", "nowhere.UTF-8"))) {
            assertEquals("C.UTF-8 très 日本\n", written("sh merapi 'très 日本'", "", locale), locale.toString());
        }
    }

    @Test void argumentsFilesAndLinesAreReadAndWrittenWithoutALocale() throws Exception {
        String ask = "mkdir -p 日本 && echo '{\"model_type\": \"parrot\"}' > 日本/config.json && sh merapi predict 日本";
        var locale = Map.of("LC_ALL", "POSIX");
        assertEquals("très bon: très bontrès bon\n", written(ask + " 'très bon'", "", locale));
        assertEquals("日本日本\n", written(ask, "日本\n", locale));
    }
}
