package dev.merapi.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ModelCardTest {
    @TempDir Path folder;

    @Test void aSectionIsReplacedAndTheOthersStay() throws IOException {
        Path run = Files.createDirectories(folder.resolve("run"));
        ModelCard.keep(run, "Pruned", "half of it, for $1");
        ModelCard.keep(run, "Privacy", "ε is 3");
        ModelCard.keep(run, "Pruned", "a third of it, for $2");
        assertEquals("""
                ---
                library_name: merapi
                ---
                # run

                ## Pruned

                a third of it, for $2

                ## Privacy

                ε is 3
                """, Files.readString(run.resolve("README.md")));
    }

    @Test void whatAnAuthorWroteStays() throws IOException {
        Files.writeString(folder.resolve("README.md"), "# Mine\n\nOf shoes.\n\n## Data\n\nShoes.\n");
        ModelCard.keep(folder, "Privacy", "ε is 3");
        assertEquals("# Mine\n\nOf shoes.\n\n## Data\n\nShoes.\n\n## Privacy\n\nε is 3\n",
                Files.readString(folder.resolve("README.md")));
    }
}
