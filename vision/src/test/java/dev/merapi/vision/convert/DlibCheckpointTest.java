package dev.merapi.vision.convert;

import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.vision.model.DlibResNet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DlibCheckpointTest {
    private static final String BEGIN = "\1\1\1\24loss_multiclass_log_\1\2\1\25input_rgb_image_sized"
            + "\1\172\1\0\1\165\1\0\1\150\1\0\1\343\1\343";

    @TempDir Path folder;

    @Test void otherFilesAreNamed() throws IOException {
        assertRefused("\1\2", "expected a classifier before byte 2");
        assertRefused("\1\1\1\24loss_multiclass_log_\1\2\1\4abcd", "expected an input of RGB images of one size");
        assertRefused(BEGIN + "\1\4dice", "Received a layer dice.");
        assertRefused(BEGIN + "\1\5con_4\1\2\4\377\377\377\177\1\1\1\1\1\1", "expected the numbers of a tensor");
        assertRefused(BEGIN, "it is cut short.");
        assertRefused("", "it is cut short.");
    }

    private void assertRefused(String content, String part) throws IOException {
        Path file = Files.write(folder.resolve("x.dnn"), content.getBytes(StandardCharsets.ISO_8859_1));
        var message = assertThrows(IllegalArgumentException.class,
                () -> DlibCheckpoint.convert(file, folder.resolve("out"))).getMessage();
        assertTrue(message.startsWith(file + ": not a network for images that dlib saved: "), message);
        assertTrue(message.contains(part), message);
    }

    /** 227 pixels: 111 after the first convolution, 55, then 27, 13 and 6 by shortcuts that average. */
    @Test void mapsAreThoseOfUnpaddedConvolutions() {
        try (var _ = Scope.open(); var _ = Torch.on(Device.META); var model = new DlibResNet(1000)) {
            var maps = model.features(Tensor.empty(1, 3, 227, 227));
            assertEquals("[111, 55, 27, 13, 6]", maps.stream().map(m -> m.size(2)).toList().toString());
            model.newHead(4);
            assertEquals("float32 (1, 4) meta", model.forward(Tensor.empty(1, 3, 227, 227)).describe());
        }
    }
}
