package dev.merapi.text.tokenizer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Public tokenizers and Jane Austen's novels, 4 MB. They are looked for in {@code $MERAPI_CACHE/tokenizers}, where
 * {@code src/test/python/tokenizers_cache.py} puts them.
 */
@Tag("proof")
class TokenizerProofTest {
    private Path cache;

    @BeforeEach void findTheCache() {
        var root = System.getenv("MERAPI_CACHE");
        assumeTrue(root != null, "MERAPI_CACHE is not set: no public tokenizers");
        cache = Path.of(root, "tokenizers");
        assumeTrue(Files.exists(cache.resolve("austen.txt")), "tokenizers_cache.py was not run for " + cache);
    }

    @Test void gpt2GivesThePublishedIds() throws IOException {
        var plans = Pattern.compile("(?s)EncodingName: r50k_base\nSample: (.*?)\nEncoded: \\[([\\d, ]*)]").matcher(
                Files.readString(cache.resolve("gpt2/TestPlans.txt")));
        try (var gpt2 = Tokenizer.open(cache.resolve("gpt2"))) {
            assertEquals(50257, gpt2.expectVocab(50257).vocabSize());
            int cases = 0;
            for (; plans.find(); cases++) {
                assertArrayEquals(ids(plans.group(2)), gpt2.encode(plans.group(1)), plans.group(1));
                assertEquals(plans.group(1), gpt2.decode(ids(plans.group(2))));
            }
            assertEquals(64, cases);
        }
    }

    /**
     * The ids are those that llama-tokenizer-js is tested with; the merges are those of Llama's own tokenizer.json, and
     * in its order, but for rows of spaces, which have one score, and the ways to make one piece.
     */
    @Test void llamasSentencePieceModelGivesThePublishedIds() throws IOException {
        var cases = Pattern.compile("(?m)^ +testCase\\((['\"])(.*?)\\1, +\\[([\\d, ]+)]\\)").matcher(
                Files.readString(cache.resolve("llama/llama-tokenizer.js")));
        try (var llama = Tokenizer.open(cache.resolve("llama"))) {
            assertEquals(32000, llama.vocabSize());
            int count = 0;
            for (; cases.find(); count++) {
                var text = cases.group(2).replace("\\n", "\n");
                assertArrayEquals(ids(cases.group(3)), llama.encode(text), text);
                assertEquals(text, llama.decode(ids(cases.group(3))));
            }
            assertTrue(count >= 11, "found " + count + " cases");
        }
        var model = SentencePieceModel.read(Files.readAllBytes(cache.resolve("llama/tokenizer.model")));
        var merges = new ArrayList<String>();
        for (var merge : SentencePieceJson.of(model, TokenizerFiles.JSON.createObjectNode()).at("/model/merges")) {
            merges.add(merge.get(0).asText() + " " + merge.get(1).asText());
        }
        var expected = new ArrayList<>(Golden.strings(Golden.json(cache.resolve("llama/merges.json"))));
        for (var list : List.of(expected, merges)) list.removeIf(merge -> merge.matches("\u2581+ \u2581+"));
        assertEquals(Set.copyOf(expected), Set.copyOf(merges));
        assertEquals(wholes(expected), wholes(merges));
    }

    @ParameterizedTest @ValueSource(strings = {"bert", "minilm", "qwen3", "llama"}) void novelsAreEncodedAsElsewhere(
            String name) throws IOException {
        var lines = lines();
        try (var tokenizer = Tokenizer.open(cache.resolve(name))) {
            var all = tokenizer.encodeAll(lines);
            assertEquals(golden(name), sha256(all.stream().map(ids -> Arrays.stream(ids).mapToObj(Long::toString)
                    .collect(Collectors.joining(" "))).toList()));
            if (name.equals("qwen3")) { // every byte has a token: text comes back
                for (int i = 0; i < 2000; i++) assertEquals(lines.get(i), tokenizer.decode(all.get(i)));
            }
        }
    }

    @Test void vocabulariesTrainedOnNovelsAreHuggingFaces() throws IOException {
        var lines = lines();
        long start = System.nanoTime();
        try (var bpe = BpeTrainer.of(8000).train(lines.stream())) {
            report("byte-level BPE of 8000 tokens from 4 MB", start);
            assertEquals(golden("bpe"), sha256(tokens(bpe)));
        }
        start = System.nanoTime();
        try (var wordPiece = WordPieceTrainer.of(8000).train(lines.stream())) {
            report("WordPiece of 8000 tokens from 4 MB", start);
            assertEquals(golden("wordpiece"), sha256(tokens(wordPiece)));
        }
    }

    /** Texts of 2000 characters; the best of five passes. */
    @ParameterizedTest @ValueSource(strings = {"gpt2", "bert", "qwen3", "llama"}) void encodingIsFast(String name)
            throws IOException {
        var novels = Files.readString(cache.resolve("austen.txt"));
        var texts = IntStream.range(0, novels.length() / 2000)
                .mapToObj(i -> novels.substring(2000 * i, 2000 * (i + 1))).toList();
        double megabytes = 2000 * texts.size() / 1e6;
        try (var tokenizer = Tokenizer.open(cache.resolve(name))) {
            double ids = 0, encodings = 0;
            for (int pass = 0; pass < 5; pass++) {
                long start = System.nanoTime();
                tokenizer.encodeAll(texts);
                ids = Math.max(ids, megabytes / (System.nanoTime() - start) * 1e9);
                start = System.nanoTime();
                for (int i = 0; i < texts.size(); i += 64) {
                    tokenizer.encodings(texts.subList(i, Math.min(texts.size(), i + 64)), EncodeOptions.DEFAULT);
                }
                encodings = Math.max(encodings, megabytes / (System.nanoTime() - start) * 1e9);
            }
            int cores = Runtime.getRuntime().availableProcessors();
            IO.println("%s: %.2f MB/s a core for ids, %.2f for encodings, on %d cores".formatted(name, ids / cores,
                    encodings / cores, cores));
            assertTrue(ids / cores > 1, "below 1 MB/s a core");
        }
    }

    private static List<String> wholes(List<String> merges) {
        return merges.stream().map(merge -> merge.replace(" ", "")).toList();
    }

    private List<String> lines() throws IOException {
        return List.of(Files.readString(cache.resolve("austen.txt")).split("\n", -1));
    }

    private static List<String> tokens(Tokenizer tokenizer) {
        return IntStream.range(0, tokenizer.vocabSize()).mapToObj(tokenizer::token).toList();
    }

    private static String golden(String name) throws IOException {
        return Golden.json("proof.json").get(name).asText();
    }

    private static long[] ids(String list) {
        return Arrays.stream(list.split("[, ]+")).filter(id -> !id.isEmpty()).mapToLong(Long::parseLong).toArray();
    }

    private static String sha256(List<String> lines) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void report(String what, long start) {
        IO.println("%s: %.1f s".formatted(what, (System.nanoTime() - start) / 1e9));
    }
}
