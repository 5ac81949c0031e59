package dev.merapi.protect.masking;

import dev.merapi.io.AtomicFiles;
import dev.merapi.protect.masking.MaskRules.ColumnRule;
import dev.merapi.tensor.Expect;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Masks files as streams: a line or a row at a time is in memory. Tables are files that end with {@code .csv}, {@code
 * .tsv} or {@code .tab}; all others are texts, line by line. What is not masked is written as it was, in the same
 * encoding.
 *
 * <pre>{@code
 * var files = new FileMasker(Masker.of(MaskRules.DEFAULT, key));
 * IO.println(files.mask(Path.of("customers.csv"), Path.of("masked/customers.csv")));
 * }</pre>
 */
public final class FileMasker {
    private final Masker masker;
    private final Encodings encodings;
    private final boolean undo;

    /** For texts in UTF-8, or in UTF-16 with a mark at the beginning. */
    public FileMasker(Masker masker) { this(masker, "", false); }

    /**
     * With an encoding, and a direction.
     *
     * @param encoding such as {@code windows-1252}; empty for UTF-8 and UTF-16 by their mark
     * @param undo decrypt the columns of tables that the rules encrypt, and leave all else
     */
    public FileMasker(Masker masker, String encoding, boolean undo) {
        this.masker = masker;
        encodings = Encodings.of(encoding);
        this.undo = undo;
    }

    /** Whether a file is a table, by its name. */
    public static boolean isTable(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT).matches(".*\\.(csv|tsv|tab)");
    }

    /**
     * Masks a file into another, which is written whole or not at all.
     *
     * @throws IllegalArgumentException with the line, if the file is no text of its encoding, or no table
     */
    public MaskReport mask(Path in, Path out) {
        Expect.that(!out.toAbsolutePath().normalize().equals(in.toAbsolutePath().normalize()), "mask",
                "another file to write to", out);
        Expect.that(isTable(in) || !undo, in + "", "a table, of which columns can be decrypted", "a text");
        var report = new AtomicReference<MaskReport>();
        try {
            AtomicFiles.write(out, channel -> {
                report.set(new MaskReport()); // a write that was interrupted begins anew
                try (var bytes = Files.newInputStream(in)) {
                    var buffered = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                    mask(bytes, buffered, isTable(in), in.getFileName().toString(), report.get());
                    buffered.flush();
                }
            });
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(in + ", " + e.getMessage(), e);
        }
        return report.get();
    }

    /**
     * Masks a stream into another, and closes neither.
     *
     * @throws IllegalArgumentException as {@link #mask(Path, Path)}
     */
    public MaskReport mask(InputStream in, OutputStream out, boolean table) {
        var report = new MaskReport();
        try {
            mask(in, out, table, "", report);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return report;
    }

    private void mask(InputStream in, OutputStream out, boolean table, String person, MaskReport report)
            throws IOException {
        Encodings.Text text = null;
        try {
            text = encodings.open(in);
            var writer = text.writer(out);
            if (table) table(text.in(), writer, person, report);
            else lines(text.in(), writer, person, report);
            writer.flush();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("line " + (report.lines() + 1) + " or the next few hundred: expected"
                    + " text in " + text.charset() + ". Received other bytes; name the encoding, as in"
                    + " encoding=windows-1252 or encoding=GB18030.", e);
        }
    }

    private void lines(Reader in, Writer out, String person, MaskReport report) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c != '\n') {
                line.append((char) c);
                continue;
            }
            line(line, out, person, report);
            out.write('\n');
            line.setLength(0);
        }
        if (!line.isEmpty()) line(line, out, person, report);
    }

    private void line(StringBuilder line, Writer out, String person, MaskReport report) throws IOException {
        out.write(masker.mask(line.toString(), "", person, type -> report.add("", type)));
        report.line();
    }

    // ---- tables

    private void table(Reader in, Writer out, String person, MaskReport report) throws IOException {
        var reader = new CsvReader(in, (char) 0);
        var header = reader.read();
        if (header == null) throw new IllegalArgumentException("line 1: expected the columns' names. Received an empty"
                + " file.");
        var names = names(header);
        boolean named = names.stream().allMatch(this::isName);
        Expect.that(named || masker.rules().columns().isEmpty() && masker.rules().person().isEmpty(), "line 1",
                "the columns' names, for rules name columns", "values");
        var columns = new ArrayList<Target>();
        for (int i = 0; i < names.size(); i++) {
            String name = named ? names.get(i) : "column " + (i + 1);
            var rule = named ? ColumnNames.rule(name, masker.rules()) : new ColumnRule(null, null);
            columns.add(new Target(name, rule, type -> report.add(name, type)));
        }
        int who = person(names);
        out.write(reader.mark());
        if (named) out.write(reader.joined(header.raw()) + header.end());
        for (var row = named ? reader.read() : header; row != null; row = reader.read()) {
            if (!row.isBlank() && row.raw().size() != columns.size()) {
                throw Expect.error("line " + row.line(), columns.size() + " values, for as many columns",
                        row.raw().size(), "is a quote or a separator missing or too much?");
            }
            String by = who < 0 || row.isBlank() ? person : row.value(who);
            out.write(row.isBlank() ? row.raw().getFirst() : row(reader, row, columns, by));
            out.write(row.end());
            if (!row.isBlank()) report.line();
        }
    }

    /** @param seen counts what is masked in it */
    private record Target(String name, ColumnRule rule, Consumer<String> seen) {}

    private String row(CsvReader reader, CsvReader.Row row, List<Target> columns, String person) {
        var values = new ArrayList<>(row.raw());
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i).isEmpty()) continue;
            String value = row.value(i);
            var column = columns.get(i);
            String changed = undo ? masker.unmask(value, column.rule)
                    : masker.mask(value, column.name, column.rule, person, column.seen);
            if (!changed.equals(value)) values.set(i, reader.written(changed, CsvReader.isQuoted(values.get(i))));
        }
        return reader.joined(values);
    }

    /** A number or personal data is a value: the table has no names. */
    private boolean isName(String first) {
        return !first.matches("[-+]?[\\d.,]+") && masker.find(first, "").isEmpty();
    }

    private static List<String> names(CsvReader.Row header) {
        var names = new ArrayList<String>();
        for (int i = 0; i < header.raw().size(); i++) names.add(header.value(i).strip());
        return names;
    }

    /** The column of persons, or -1 where the rules name none. Names are not shown: they might be values. */
    private int person(List<String> names) {
        for (String column : masker.rules().columns().keySet()) expectColumn("columns", column, names);
        String person = masker.rules().person();
        if (person.isEmpty()) return -1;
        expectColumn("person", person, names);
        return names.indexOf(person);
    }

    private static void expectColumn(String where, String column, List<String> names) {
        Expect.that(names.contains(column), "line 1", "a column " + column + ", which the rules name under " + where,
                "a table without it");
    }
}
