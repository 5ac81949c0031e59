package dev.merapi.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.ToIntFunction;

/**
 * A language model as a contender of {@code bench/decoders}: told by lines on its standard input, as {@link Runner}.
 *
 * <pre>
 * contender  ready llama.cpp q8_0
 * harness    read 256 1                     a prompt of about 256 words, drawn by seed 1
 * contender  done 301 412345678             tokens, nanoseconds until the next one is known
 * harness    write 4 48 2                   4 texts of 48 tokens after short prompts
 * contender  done 192 1512345678
 * harness    memory
 * contender  memory 512000000 8123456       see {@link Memory}
 * </pre>
 */
public interface Decoder {
    /** Words of a short prompt. */
    int SHORT = 4;

    /** Reads a prompt, and says how many tokens it has. */
    int read(String prompt);

    /**
     * Goes on with prompts at once, each by so many tokens.
     *
     * @return how many tokens were written in all
     */
    int write(List<String> prompts, int tokens);

    /** Goes on with each prompt in a thread of its own, and sums what they have written. */
    static int together(List<String> prompts, ToIntFunction<String> writer) {
        try (var clients = Executors.newFixedThreadPool(prompts.size())) {
            var all = prompts.stream().map(prompt -> clients.submit(() -> writer.applyAsInt(prompt))).toList();
            return all.stream().mapToInt(written -> {
                try {
                    return written.get();
                } catch (InterruptedException | ExecutionException e) {
                    throw new IllegalStateException(e);
                }
            }).sum();
        }
    }

    /** Serves until the harness closes the pipe. */
    static void serve(String about, Decoder decoder) {
        PrintStream out = System.out;
        System.setOut(System.err);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        out.println("ready " + about);
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) out.println(answer(decoder, line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String answer(Decoder decoder, String line) {
        if (line.equals("memory")) return Memory.ofThisProcess().toString();
        String[] words = line.split(" ");
        long seed = Long.parseLong(words[words.length - 1]);
        try {
            if (words[0].equals("read")) {
                String prompt = Words.text(seed, Integer.parseInt(words[1]));
                long start = System.nanoTime();
                int tokens = decoder.read(prompt);
                return "done " + tokens + " " + (System.nanoTime() - start);
            }
            var prompts = Words.texts(seed, Integer.parseInt(words[1]), SHORT);
            long start = System.nanoTime();
            int tokens = decoder.write(prompts, Integer.parseInt(words[2]));
            return "done " + tokens + " " + (System.nanoTime() - start);
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            e.printStackTrace();
            return "failed " + e.toString().lines().findFirst().orElse("");
        }
    }
}
