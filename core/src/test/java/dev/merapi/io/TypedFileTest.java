package dev.merapi.io;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;

class TypedFileTest {
    @Test void isWhatThereIs(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("a.txt"), "a");
        assertEquals(Optional.of(file), TypedFile.of(file.toString()));
        for (String text : List.of(folder.toString(), "", "/", "Good? 3/5 \"stars\"", "no\0name", "x".repeat(9999))) {
            assertEquals(Optional.empty(), TypedFile.of(text));
        }
    }
}
