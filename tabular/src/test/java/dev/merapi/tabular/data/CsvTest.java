package dev.merapi.tabular.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Text files as people have them. */
class CsvTest {
    @TempDir Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Frame read(String text) throws IOException { return Table.read(file("t.csv", text)).frame(); }

    private String error(String text) throws IOException {
        Path file = file("t.csv", text);
        var error = assertThrows(IllegalArgumentException.class, () -> Table.read(file).frame());
        assertTrue(error.getMessage().startsWith(file.toString()), error.getMessage());
        return error.getMessage().substring(file.toString().length());
    }

    @Test void kindsFollowFromTheValues() throws IOException {
        var frame = read("""
                id,price,vip,name,day,code
                1,2.5,true,Ann,2024-03-01,01234
                2,-1e3,false,"Bob, Jr.",2024-12-31,00001
                """);
        assertEquals(List.of(new Field("id", Kind.INTEGER), new Field("price", Kind.NUMBER),
                new Field("vip", Kind.BOOLEAN), new Field("name", Kind.TEXT), new Field("day", Kind.DATE),
                new Field("code", Kind.TEXT)), frame.fields());
        assertArrayEquals(new double[] {2.5, -1000}, frame.column("price").numbers());
        assertArrayEquals(new String[] {"Ann", "Bob, Jr."}, frame.column("name").texts());
        assertArrayEquals(new String[] {"2024-03-01", "2024-12-31"}, frame.column("day").texts());
        assertArrayEquals(new String[] {"01234", "00001"}, frame.column("code").texts());
        assertArrayEquals(new double[] {1, 0}, frame.column("vip").numbers());
    }

    @Test void missingValuesHaveSeveralNames() throws IOException {
        var frame = read("a,b,c,d\n1,x,true,\n,NA,?,\nNaN,null,,\n4,y,false,\n");
        assertArrayEquals(new double[] {1, Double.NaN, Double.NaN, 4}, frame.column("a").numbers());
        assertEquals(Kind.INTEGER, frame.column("a").kind());
        assertArrayEquals(new String[] {"x", null, null, "y"}, frame.column("b").texts());
        assertArrayEquals(new double[] {1, Double.NaN, Double.NaN, 0}, frame.column("c").numbers());
        assertEquals(Kind.NUMBER, frame.column("d").kind());                    // all missing
        assertTrue(frame.column("d").isMissing(2));
    }

    @Test void separatorsAreFound() throws IOException {
        for (String separator : List.of(",", ";", "\t", "|")) {
            var frame = read("a,b,c\n1,2,x\n3,4,y\n".replace(",", separator));
            assertEquals(List.of("a", "b", "c"), frame.names(), separator);
            assertArrayEquals(new double[] {2, 4}, frame.column("b").numbers(), separator);
        }
        assertEquals(List.of("a, b"), Table.read(file("t.tsv", "a, b\n1\n")).frame().names());
    }

    @Test void windowsFilesAndMarksOfUtf8() throws IOException {
        var frame = read("\uFEFFname;größe\r\nÄnne;1,5\r\nBob;2,25\r\n");
        assertEquals(List.of("name", "größe"), frame.names());
        assertArrayEquals(new double[] {1.5, 2.25}, frame.column("größe").numbers());
        assertArrayEquals(new String[] {"Änne", "Bob"}, frame.column("name").texts());
    }

    @Test void decimalCommas() throws IOException {
        assertArrayEquals(new double[] {1234.5, 7, -0.25},
                read("x;y\n1.234,5;a\n7;b\n-0,25;c\n").column("x").numbers());
        assertArrayEquals(new double[] {1.5, 2.75}, read("x,y\n\"1,5\",a\n\"2,75\",b\n").column("x").numbers());
        // thousands, or a fraction? nobody can say
        assertEquals(Kind.TEXT, read("x,y\n\"1,234\",a\n\"2,345\",b\n").column("x").kind());
    }

    @Test void datesOfThreeKinds() throws IOException {
        var frame = read("""
                iso,dotted,us,eu,time,unclear,mixed
                2024-03-01,01.03.2024,03/31/2024,31/03/2024,2024-03-01 12:30:00,01/02/2024,2024-03-01
                2024-12-24,24.12.2024,01/02/2024,01/02/2024,2024-03-01T23:59,03/04/2024,24.12.2024
                """);
        assertArrayEquals(new String[] {"2024-03-01", "2024-12-24"}, frame.column("iso").texts());
        assertArrayEquals(new String[] {"2024-03-01", "2024-12-24"}, frame.column("dotted").texts());
        assertArrayEquals(new String[] {"2024-03-31", "2024-01-02"}, frame.column("us").texts());
        assertArrayEquals(new String[] {"2024-03-31", "2024-02-01"}, frame.column("eu").texts());
        assertArrayEquals(new String[] {"2024-03-01T12:30:00", "2024-03-01T23:59:00"}, frame.column("time").texts());
        assertEquals(Kind.TEXT, frame.column("unclear").kind());
        assertArrayEquals(new String[] {"2024-03-01", "2024-12-24"}, frame.column("mixed").texts());
    }

    @Test void quotedEndsOfLinesAndQuotes() throws IOException {
        var frame = read("a,b\n1,\"two\nlines\"\n2,\"say \"\"hi\"\"\"\n");
        assertArrayEquals(new String[] {"two\nlines", "say \"hi\""}, frame.column("b").texts());
        assertEquals("a,b\n1,\"two\nlines\"\n2,\"say \"\"hi\"\"\"\n", frame.csv());
    }

    @Test void aLineOfAnotherLengthIsNamed() throws IOException {
        assertEquals(", line 3: expected 3 values, for the columns a, b, c. Received 2; is a quote or a separator"
                + " missing or too much?", error("a,b,c\n1,2,3\n4,5\n6,7,8\n"));
        assertTrue(error("a,b,c\n1,2,3\n4,5,6,7\n").startsWith(", line 3: expected 3 values"));
        assertTrue(error("a,b,c\n1,\"x\ny\",3\n\n4,5\n").startsWith(", line 5: expected 3 values"));
    }

    @Test void aQuoteThatDoesNotEndIsNamed() throws IOException {
        String message = error("a,b\n1,\"x\n2,y\n");
        assertTrue(message.startsWith(", line 2: expected the end of a value that begins with a quote."), message);
    }

    @Test void aSlipInANumberIsNamed() throws IOException {
        var text = new StringBuilder("id,age\n");
        for (int i = 0; i < 200; i++) text.append(i).append(',').append(i == 150 ? "3O" : "" + i).append('\n');
        assertEquals(", line 152: expected a number in column age. Received \"3O\"; mend it, or leave it empty if it is"
                + " missing.", error(text.toString()));
        text = new StringBuilder("id,note,day\n");
        for (int i = 0; i < 200; i++) text.append(i).append(",\"a\nb\",").append(i == 9 ? "soon" : "2024-01-02\n");
        String message = error(text.toString().replace("soon", "soon\n"));
        assertTrue(message.startsWith(", line 20: expected a date in column day. Received \"soon\""), message);
    }

    @Test void valuesBeyondTheSampleAreCheckedToo() throws IOException {
        String good = "a,b,c\n" + "1,\"1,5\",01.02.2024\n".repeat(1000);
        assertEquals(", line 1002: expected a whole number in column a. Received \"1.5\"; mend it, or leave it empty if"
                + " it is missing.", laterError(good + "1.5,\"1,5\",01.02.2024\n"));
        assertTrue(laterError(good + "1,x,01.02.2024\n")
                .startsWith(", line 1002: expected a number in column b. Received \"x\""));
        assertTrue(laterError(good + "1,\"1,5\",1st of May\n")
                .startsWith(", line 1002: expected a date in column c. Received \"1st of May\""));
        String numbers = "x\n" + "1.5\n".repeat(1000) + "2,5\n";
        assertTrue(laterError(numbers).startsWith(", line 1002: expected 1 values"), laterError(numbers));
    }

    private String laterError(String text) throws IOException {
        Path file = file("t.csv", text);
        return assertThrows(IllegalArgumentException.class,
                () -> CsvFile.open(file, List.of(), 100).table().frame()).getMessage()
                .substring(file.toString().length());
    }

    @Test void kindsOfAnotherFileAreExpected() throws IOException {
        var kinds = List.of(new Field("age", Kind.INTEGER), new Field("zip", Kind.TEXT), new Field("day", Kind.DATE));
        Path good = file("a.csv", "zip,age,day,new\n8001,31.5,,x\n8002,,,y\n");
        assertEquals(List.of(new Field("zip", Kind.TEXT), new Field("age", Kind.NUMBER), new Field("day", Kind.DATE),
                new Field("new", Kind.TEXT)), Table.read(good, kinds).frame().fields());
        Path bad = file("b.csv", "zip,age,day\n8001,old,\n");
        var error = assertThrows(IllegalArgumentException.class, () -> Table.read(bad, kinds).frame());
        assertEquals(bad + ", line 2: expected a number in column age. Received \"old\"; mend it, or leave it empty if"
                + " it is missing.", error.getMessage());
    }

    @Test void namesAreChecked() throws IOException {
        assertEquals(", line 1: expected columns of different names. Received A as number 1 and as number 3; rename"
                + " one.", error("a,b,A\n1,2,3\n").replace("Received A as", "Received A as"));
        assertTrue(error("1,2,3\n4,5,6\n").startsWith(", line 1: expected the columns' names. Received numbers"));
        assertTrue(error("").startsWith(": expected a first line with the columns' names. Received an empty file."));
        assertEquals(List.of("column1", "b"), read(",b\n0,1\n").names());
        assertEquals(0, read("a,b\n").size());
    }

    @Test void otherEncodingsAreNamed() throws IOException {
        Path latin = folder.resolve("latin.csv");
        Files.write(latin, "a,b\n1,x\n2,Zürich\n".getBytes(StandardCharsets.ISO_8859_1));
        var error = assertThrows(IllegalArgumentException.class, () -> Table.read(latin).frame());
        assertTrue(error.getMessage().contains("line 3: expected text in UTF-8"), error.getMessage());
        Path wide = folder.resolve("wide.csv");
        Files.write(wide, "\uFEFFa,b\n1,x\n".getBytes(StandardCharsets.UTF_16LE));
        error = assertThrows(IllegalArgumentException.class, () -> Table.read(wide).frame());
        assertTrue(error.getMessage().contains("Received UTF-16"), error.getMessage());
    }

    @Test void packedFiles() throws IOException {
        Path packed = folder.resolve("t.csv.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write("a,b\n1,x\n2,y\n".getBytes(StandardCharsets.UTF_8));
        }
        assertArrayEquals(new String[] {"x", "y"}, Table.read(packed).frame().column("b").texts());
    }

    @Test void filesThatAreNoTables() throws IOException {
        var error = assertThrows(IllegalArgumentException.class, () -> Table.read(folder.resolve("none.csv")));
        assertTrue(error.getMessage().contains("a file that is not there"), error.getMessage());
        Path picture = file("cat.png", "x");
        error = assertThrows(IllegalArgumentException.class, () -> Table.read(picture));
        assertTrue(error.getMessage().contains("expected a name that ends with .csv"), error.getMessage());
    }
}
