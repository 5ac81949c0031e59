package dev.merapi.speech.recipe;

import dev.merapi.io.FileErrors;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.data.BadClip;
import dev.merapi.speech.data.SpeechFolder;
import dev.merapi.speech.data.SpeechSet;
import dev.merapi.speech.data.Utterance;
import dev.merapi.tensor.Expect;
import dev.merapi.text.data.Columns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The recordings of a run, with their texts as they are learnt.
 *
 * @param train to learn from
 * @param test to measure with
 */
record Recordings(SpeechSet train, SpeechSet test) {
    static Recordings of(SpeechConfig config) {
        Expect.that(!config.data().isEmpty(), "data", "a table with path and text, or a folder of a corpus", "none;"
                + " add data=<path>");
        Path path = Path.of(config.data());
        Expect.that(Files.exists(path), "data", "a table or folder", config.data() + ", which does not exist");
        var test = test(config, path);
        Path own = test != null && Files.isDirectory(path.resolve("train")) ? path.resolve("train") : path;
        var all = usable(SpeechFolder.read(own, config.onError()), config);
        if (test != null) return new Recordings(shortEnough(all, config), usable(test, config));
        var order = new ArrayList<>(all.utterances());
        Collections.shuffle(order, new Random(config.seed()));
        int held = Math.clamp(Math.round(config.testFraction() * order.size()), 1, order.size());
        Expect.that(held < order.size(), "data", "at least two recordings", order.size());
        return new Recordings(shortEnough(new SpeechSet(order.subList(held, order.size()), all.skipped()), config),
                new SpeechSet(order.subList(0, held), List.of()));
    }

    private static SpeechSet test(SpeechConfig config, Path path) {
        if (config.test().isEmpty()) {
            return Files.isDirectory(path) ? SpeechFolder.part(path, "test", config.onError()).orElse(null) : null;
        }
        Path other = Path.of(config.test());
        if (Files.exists(other)) return SpeechFolder.read(other, config.onError());
        return SpeechFolder.part(path, config.test(), config.onError()).orElseThrow(() -> Expect.error("test",
                "a table, a folder, or a part of " + path, config.test()));
    }

    /** With texts as they are learnt, and durations. */
    private static SpeechSet usable(SpeechSet set, SpeechConfig config) {
        var texts = set.mapped(config.onError(), utterance -> {
            String text = config.plain() ? Alphabet.plain(utterance.text()) : utterance.text().strip();
            Expect.that(!text.isEmpty(), utterance.audio().toString(), "a text", "none");
            return utterance.text(text);
        });
        return texts.measured(config.onError());
    }

    /** Longer ones would not fit into a step: they are left out, whatever is said of errors, and counted. */
    private static SpeechSet shortEnough(SpeechSet set, SpeechConfig config) {
        return set.checked(BadClip.SKIP, utterance -> Expect.that(utterance.seconds() <= config.maxSeconds(),
                utterance.audio().toString(), "at most max_seconds=" + config.maxSeconds(), utterance.seconds()));
    }

    /** The texts that a language model learns from. */
    static List<String> texts(SpeechConfig config, SpeechSet train) {
        var texts = new ArrayList<>(train.utterances().stream().map(Utterance::text).toList());
        if (config.lmText().isEmpty()) return texts;
        Path file = Path.of(config.lmText());
        Expect.that(Files.exists(file), "lm_text", "a table with a column text, or a file of lines", file
                + ", which does not exist");
        for (String text : lines(file)) texts.add(config.plain() ? Alphabet.plain(text) : text.strip());
        return texts;
    }

    private static List<String> lines(Path file) {
        if (file.toString().matches(".*\\.(csv|tsv|jsonl|ndjson)(\\.gz)?")) {
            return Columns.read(file, "text").stream().map(List::getFirst).toList();
        }
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }
}
