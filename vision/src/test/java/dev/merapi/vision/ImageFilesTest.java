package dev.merapi.vision;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

class ImageFilesTest {
    /** A line of pictures.txt, which src/test/python/pictures.py writes. */
    record Picture(String name, byte[] file, Image expected) {
        static Picture of(String line) {
            String[] parts = line.split(" ");
            var base64 = Base64.getDecoder();
            return new Picture(parts[0], base64.decode(parts[1]), new Image(Integer.parseInt(parts[2]),
                    Integer.parseInt(parts[3]), 3, base64.decode(parts[4])));
        }

        @Override public String toString() { return name; }
    }

    static Stream<Picture> pictures() throws IOException {
        try (var lines = new BufferedReader(new InputStreamReader(
                ImageFilesTest.class.getResourceAsStream("pictures.txt"), StandardCharsets.UTF_8))) {
            return lines.lines().map(Picture::of).toList().stream();
        }
    }

    @ParameterizedTest @MethodSource("pictures") void pixelsArePillows(Picture picture) {
        Image image = Image.read(picture.file);
        assertEquals(picture.expected.toString(), image.toString());
        assertArrayEquals(picture.expected.pixels(), image.pixels());
    }
}
