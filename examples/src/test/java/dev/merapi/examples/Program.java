package dev.merapi.examples;

import dev.merapi.tensor.Scope;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Runs an example as a user would, and reads what it prints. */
final class Program {
    /** A {@code main}. */
    interface Main {
        void run() throws Exception;
    }

    private Program() {}

    /** What a program prints. Fails if a tensor of its own outlives it. */
    static String output(Main program) throws Exception {
        long before = Scope.live();
        var console = System.out;
        var printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            program.run();
        } finally {
            System.setOut(console);
        }
        assertNoneLeft(before);
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** Models and optimizers are freed when they are garbage, so the collector is given some time. */
    private static void assertNoneLeft(long before) throws InterruptedException {
        for (int i = 0; i < 100 && Scope.live() > before; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertTrue(Scope.live() <= before, Scope.live() - before + " tensors outlive the program");
    }

    /** The last number printed behind a name. */
    static double last(String name, String output) {
        var found = Pattern.compile(name + "[ =]([\\d.]+)").matcher(output).results().toList();
        assertFalse(found.isEmpty(), name + " in:\n" + output);
        return Double.parseDouble(found.getLast().group(1));
    }
}
