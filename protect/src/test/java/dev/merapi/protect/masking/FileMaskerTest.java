package dev.merapi.protect.masking;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Files masked, undone, and refused. */
class FileMaskerTest {
    private static final MaskKey KEY = MaskKey.of("a secret of the tests".getBytes(StandardCharsets.UTF_8));
    private static final String CUSTOMERS = """
            id;name;mail;card;note
            1;"Lee, Ann";ann@example.com;4111 1111 1111 1111;"said ""call 202-456-1111""\"
            2;王小明;;5500005555555559;

            3;Bob;bob@example.com;n/a;nothing
            """;

    @TempDir private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private MaskRules rules(String yaml) throws IOException { return MaskRules.read(file("rules.yaml", yaml)); }

    private String masked(MaskRules rules, String name, String text) throws IOException {
        var out = folder.resolve("out").resolve(name);
        new FileMasker(Masker.of(rules, KEY)).mask(file(name, text), out);
        return Files.readString(out);
    }

    @Test void aTableKeepsAllThatIsNotMasked() throws IOException {
        var out = folder.resolve("out.csv");
        var report = new FileMasker(Masker.of(MaskRules.DEFAULT, KEY)).mask(file("in.csv", CUSTOMERS), out);
        assertEquals("""
                id;name;mail;card;note
                1;"[NAME]";[EMAIL];[CARD];"said ""call [PHONE]""\"
                2;[NAME];;[CARD];

                3;[NAME];[EMAIL];n/a;nothing
                """, Files.readString(out));
        assertEquals("3 rows\n  name: 3 name\n  mail: 2 email\n  card: 2 card\n  note: 1 phone", report.toString());
        assertEquals(3, report.count("name"));
    }

    @Test void eachWayDoesWhatItSays() throws IOException {
        var rules = rules("""
                columns:
                  a: {type: card, keep_last: 4}
                  b: {type: age, band: 10}
                  c: {type: zip, prefix: 2}
                  d: {type: date, way: generalise}
                  e: {type: email, way: generalise}
                  f: {type: x, way: redact}
                  g: keep
                  h: {type: email, way: hash}
                """);
        String text = masked(rules, "t.csv", "a,b,c,d,e,f,g,h\n"
                + "4111-1111-1111-1111,37,10115,05.03.1980,ann@example.com,secret,ann@example.com,Ann@example.com\n"
                + "12,-3,9,x,b@c.de,y,z,ann@example.com \n");
        var lines = text.lines().toList();
        assertTrue(lines.get(1).startsWith("****-****-****-1111,[30-40),10*,1980,*@example.com,█████"
                + ",ann@example.com,email_"),
                text);
        assertTrue(lines.get(2).startsWith("**,[-10-0),[ZIP],[DATE],*@c.de,█████,z,email_"), text);
        String hash = lines.get(1).substring(lines.get(1).lastIndexOf(',') + 1);
        assertEquals(hash, lines.get(2).substring(lines.get(2).lastIndexOf(',') + 1)); // without case and spaces
        assertEquals("email_".length() + 12, hash.length());
    }

    @Test void whatIsEncryptedComesBackWithTheKeyAlone() throws IOException {
        var rules = rules("columns: {name: {type: name, way: encrypt}, card: {type: card, way: encrypt},"
                + " iban: {type: iban, way: encrypt}, id: {type: resident_id, way: encrypt}, pin: {type: pin,"
                + " way: encrypt}}");
        String table = "name,card,iban,id,pin\nÖzlem O'Neil,4111 1111 1111 1111,DE89 3704 0044 0532 0130 00,"
                + "11010519491231002X,1234\n欧阳娜娜,5500005555555559,GB82WEST12345698765432"
                + ",440305198501010018,99\n";
        table = table.replace("440305198501010018", "44030519850101001" + CheckDigits.residentDigit("4403051985"
                + "0101001"));
        String hidden = masked(rules, "t.csv", table);
        var first = hidden.lines().toList().get(1).split(",");
        var known = table.lines().toList().get(1).split(",");
        for (int i = 0; i < 4; i++) {
            assertNotEquals(known[i], first[i]);
            assertEquals(known[i].length(), first[i].length());
        }
        assertTrue(CheckDigits.luhn(CheckDigits.bare(first[1])), hidden);
        assertTrue(CheckDigits.iban(CheckDigits.bare(first[2])) && first[2].startsWith("DE"), hidden);
        assertEquals("[PIN]", first[4]); // ten thousand forms are too few
        var back = folder.resolve("back.csv");
        new FileMasker(Masker.of(rules, KEY), "", true).mask(folder.resolve("out/t.csv"), back);
        assertEquals(table.replace("1234\n", "[PIN]\n").replace(",99\n", ",[PIN]\n"), Files.readString(back));
        var other = MaskKey.of("another secret of tests".getBytes(StandardCharsets.UTF_8));
        new FileMasker(Masker.of(rules, other), "", true).mask(folder.resolve("out/t.csv"), back);
        assertFalse(Files.readString(back).contains("4111 1111 1111 1111"));
    }

    @Test void datesMoveTogetherForAPerson() throws IOException {
        var rules = rules("person: patient\nways: {date: {shift_days: 50}}\ncolumns: {patient: {type: patient,"
                + " way: hash}}");
        var rows = masked(rules, "t.csv", "patient,in,out\n17x,2024-03-01,5. März 2024\n17x,01.03.2024,2024-03-05\n"
                + "18x,2024-03-01,2024-03-05\n").lines().skip(1).map(line -> line.split(",")).toList();
        var in = LocalDate.parse(rows.get(0)[1]);
        assertNotEquals(LocalDate.of(2024, 3, 1), in);
        assertTrue(Math.abs(in.toEpochDay() - LocalDate.of(2024, 3, 1).toEpochDay()) <= 50, in + "");
        assertEquals(in.plusDays(4), LocalDate.parse(rows.get(1)[2])); // four days lay between
        assertEquals(WrittenDate.parse(rows.get(1)[1], true).orElseThrow().date(), in);
        assertEquals(rows.get(0)[0], rows.get(1)[0]);
        assertNotEquals(rows.get(0)[0], rows.get(2)[0]);
    }

    @Test void rulesOfOnesOwnAndWhatIsAllowed() throws IOException {
        var rules = rules("""
                rules:
                  - {name: badge, pattern: 'B-\\d{4}', near: [badge], way: {keep_last: 2}}
                allow: [info@example.com]
                """);
        assertEquals("badge *-**34 of info@example.com, but not so far away: B-1234, [EMAIL]\n", masked(rules, "t.txt",
                "badge B-1234 of info@example.com, but not so far away: B-1234, a@example.com\n"));
    }

    @Test void anEncodingIsKeptAndAWrongOneIsRefused() throws IOException {
        var utf16 = ("\uFEFF姓名,邮箱\r\n王小明,a@example.com\r\n").getBytes(StandardCharsets.UTF_16LE);
        var in = Files.write(folder.resolve("utf16.csv"), utf16);
        var out = folder.resolve("o.csv");
        new FileMasker(Masker.of(MaskRules.DEFAULT, KEY)).mask(in, out);
        assertArrayEquals(("\uFEFF姓名,邮箱\r\n[NAME],[EMAIL]\r\n").getBytes(StandardCharsets.UTF_16LE),
                Files.readAllBytes(out));

        byte[] latin = "name,mail\nJosé,a@example.com\n".getBytes(StandardCharsets.ISO_8859_1);
        Path odd = Files.write(folder.resolve("odd.csv"), latin);
        Files.writeString(out, "before");
        var error = assertThrows(IllegalArgumentException.class,
                () -> new FileMasker(Masker.of(MaskRules.DEFAULT, KEY)).mask(odd, out));
        assertTrue(error.getMessage().matches(".*odd.csv, line 1 or the next.*expected text in"
                + " UTF-8\\..*encoding=GB18030\\."),
                error.getMessage());
        assertEquals("before", Files.readString(out));
        new FileMasker(Masker.of(MaskRules.DEFAULT, KEY), "ISO-8859-1", false).mask(odd, out);
        assertEquals("name,mail\n[NAME],[EMAIL]\n", Files.readString(out, StandardCharsets.ISO_8859_1));
        Path gb = Files.write(folder.resolve("gb.csv"), "姓名\n王小明\n".getBytes(Charset.forName("GB18030")));
        new FileMasker(Masker.of(MaskRules.DEFAULT, KEY), "GB18030", false).mask(gb, out);
        assertEquals("姓名\n[NAME]\n", Files.readString(out, Charset.forName("GB18030")));
    }

    @Test void damagedTablesAndRulesAreRefusedWithoutShowingValues() throws IOException {
        refused("t.csv, line 3: expected 2 values, for as many columns. Received 3; is a quote or a separator"
                + " missing or"
                + " too much?.", "name,mail\na,b\nSecret Person,b,c\n");
        refused("t.csv, line 2: expected the end of a value that begins with a quote.", "name,mail\n\"Secret"
                + " Person,b\n");
        refused("t.csv, line 1: expected the columns' names. Received an empty file.", "");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> rules("ways: {email: hide}")).getMessage()
                .matches(".*rules.yaml: way: expected .*redact.*Received hide\\."));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> rules("colums: {}")).getMessage()
                .contains("Received colums."));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> rules("a: [")).getMessage()
                .contains("expected YAML"));
        var missing = rules("columns: {nam: name}");
        var error = assertThrows(IllegalArgumentException.class, () -> masked(missing, "t.csv", "name\nSecret"
                + " Person\n"));
        assertTrue(error.getMessage().endsWith("t.csv, line 1: expected a column nam, which the rules name"
                + " under columns."
                + " Received a table without it."), error.getMessage());
        var encrypting = rules("way: encrypt");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Masker.of(encrypting, MaskKey.random()))
                .getMessage().startsWith("Masker: expected a key of your own"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> MaskKey.of(new byte[3])).getMessage()
                .contains("Received 3 bytes."));
    }

    private void refused(String message, String table) {
        var error = assertThrows(IllegalArgumentException.class, () -> masked(MaskRules.DEFAULT, "t.csv", table));
        assertTrue(error.getMessage().contains(message), error.getMessage());
        assertFalse(error.getMessage().contains("Secret"), error.getMessage());
    }

    /** A first line of values is masked as all others, and the report does not repeat it. */
    @Test void aTableWithoutNamesShowsNoneOfItsValues() throws IOException {
        var out = folder.resolve("o.csv");
        var report = new FileMasker(Masker.of(MaskRules.DEFAULT, KEY))
                .mask(file("t.csv", "ann@example.com,12\nbob@example.com,13\n"), out);
        assertEquals("[EMAIL],12\n[EMAIL],13\n", Files.readString(out));
        assertEquals("2 rows\n  column 1: 2 email", report.toString());
    }

    @Test void aStreamIsMaskedLineByLine() {
        var out = new ByteArrayOutputStream();
        var report = new FileMasker(Masker.of(MaskRules.DEFAULT, KEY)).mask(
                new ByteArrayInputStream("x a@example.com\r\nno end".getBytes(StandardCharsets.UTF_8)), out, false);
        assertEquals("x [EMAIL]\r\nno end", out.toString(StandardCharsets.UTF_8));
        assertEquals("2 lines: 1 email", report.toString());
        assertEquals(List.of("lines", "found"), List.copyOf(report.values().keySet()));
    }
}
