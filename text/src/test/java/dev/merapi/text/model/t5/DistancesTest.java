package dev.merapi.text.model.t5;

import dev.merapi.io.SafetensorsFile;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

class DistancesTest {
    /** Every distance up to 150 tokens, sorted one by one in {@code src/test/python/encoder_decoder_goldens.py}. */
    @Test void bucketsAreThoseOfTransformers() throws URISyntaxException {
        var goldens = SafetensorsFile.open(
                Path.of(getClass().getResource("/goldens/encoder_decoders.safetensors").toURI()));
        try (var _ = Scope.open()) {
            assertArrayEquals(goldens.tensor("distances.both").toLongs(),
                    new Distances(32, 128, true).of(150, 1, 301, Tensor.zeros()).toLongs());
            assertArrayEquals(goldens.tensor("distances.back").flip(0).toLongs(),
                    new Distances(32, 128, false).of(150, 1, 151, Tensor.zeros()).toLongs());
        }
    }

    @Test void everyQueryLooksFromItsOwnPlace() {
        try (var _ = Scope.open()) {
            var distances = new Distances(8, 12, false);
            assertArrayEquals(distances.of(0, 5, 5, Tensor.zeros()).narrow(0, 3, 2).toLongs(),
                    distances.of(3, 2, 5, Tensor.zeros()).toLongs());
        }
    }
}
