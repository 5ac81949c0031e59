package dev.merapi.speech.decode;

import dev.merapi.io.FileErrors;
import dev.merapi.io.Gzip;
import dev.merapi.tensor.Expect;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads ARPA files, as SRILM, KenLM and others write them. */
final class ArpaFile {
    private final Path file;
    private final List<Integer> counts = new ArrayList<>();
    private List<Map<List<String>, NGramModel.Entry>> orders = List.of();
    private int order; // of the section that is read; 0 before the first
    private int number; // of the line

    private ArpaFile(Path file) { this.file = file; }

    /**
     * @throws IllegalArgumentException naming the line that is damaged, or what is missing
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    static NGramModel read(Path file) {
        try (var in = new BufferedReader(new InputStreamReader(Gzip.unzipped(Files.newInputStream(file)),
                StandardCharsets.UTF_8))) {
            return new ArpaFile(file).read(in);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    private NGramModel read(BufferedReader in) throws IOException {
        boolean ended = false;
        boolean begun = false;
        for (String line = in.readLine(); line != null && !ended; line = in.readLine()) {
            number++;
            String text = line.strip();
            if (text.isEmpty()) continue;
            if (text.equals("\\data\\")) begun = true;
            else if (!begun) continue; // notes before it
            else if (text.equals("\\end\\")) ended = true;
            else if (text.startsWith("ngram ") && order == 0) counts.add(count(text));
            else if (text.matches("\\\\\\d+-grams:")) section(Integer.parseInt(text.replaceAll("\\D", "")));
            else entry(text);
        }
        if (!begun || counts.isEmpty()) throw damaged("an ARPA file with \\data\\ and counts", "none");
        for (int n = 1; n <= counts.size(); n++) {
            int found = n <= orders.size() ? orders.get(n - 1).size() : 0;
            if (found != counts.get(n - 1)) {
                throw damaged(counts.get(n - 1) + " n-grams of " + n + " words, as its head says", found);
            }
        }
        return new NGramModel(orders);
    }

    private int count(String line) {
        try {
            return Integer.parseInt(line.substring(line.indexOf('=') + 1).strip());
        } catch (NumberFormatException e) {
            throw damaged("ngram n=count", "\"" + line + "\"");
        }
    }

    private void section(int n) {
        if (orders.isEmpty()) orders = NGramModel.empty(counts.size());
        if (n < 1 || n > counts.size()) throw damaged("n-grams of 1 to " + counts.size() + " words", n);
        order = n;
    }

    private void entry(String line) {
        String[] parts = line.split("\\s+");
        if (order == 0 || parts.length != order + 1 && parts.length != order + 2) {
            throw damaged("a probability, " + order + " words and perhaps a backoff", "\"" + line + "\"");
        }
        try {
            double backoff = parts.length == order + 2 ? Double.parseDouble(parts[order + 1]) : 0;
            orders.get(order - 1).put(List.copyOf(Arrays.asList(parts).subList(1, order + 1)),
                    new NGramModel.Entry(Double.parseDouble(parts[0]), backoff));
        } catch (NumberFormatException e) {
            throw damaged("numbers before and behind the words", "\"" + line + "\"");
        }
    }

    private IllegalArgumentException damaged(String expected, Object received) {
        return Expect.error(file + ", line " + number, expected, received);
    }
}
