package dev.merapi.io;

import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LineReaderTest {
    /** What came with a line can be had at once; what has no end yet may have to be waited for. */
    @Test void itKnowsWhichLinesHaveCome() throws IOException {
        var lines = new LineReader(new StringReader("a\nb\r\n\nc"));
        assertFalse(lines.hasLine(), "nothing has been read");
        assertEquals("a", lines.readLine());
        assertTrue(lines.hasLine());
        assertEquals("b", lines.readLine());
        assertEquals("", lines.readLine());
        assertFalse(lines.hasLine());
        assertEquals("c", lines.readLine());
        assertNull(lines.readLine());
    }
}
