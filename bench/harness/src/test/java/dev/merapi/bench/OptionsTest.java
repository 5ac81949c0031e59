package dev.merapi.bench;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class OptionsTest {
    @Test void noWorkloadMeansAll() {
        assertEquals(List.of(Workload.values()), Options.parse("--rounds", "3").workloads);
    }

    @Test void workloadsAndOptionsMix() {
        var options = Options.parse("tiny-add", "--contenders", "djl,raw", "--seconds", "0.5", "resnet18",
                "--threads", "1", "--out", "x.md");
        assertEquals(List.of(Workload.TINY_ADD, Workload.RESNET18), options.workloads);
        assertEquals(List.of("djl", "raw"), options.contenders);
        assertEquals(0.5, options.seconds);
        assertEquals(1, options.threads);
        assertEquals(Path.of("x.md"), options.out);
    }

    @Test void mistakesAreNamed() {
        assertEquals("workload: expected one of cifar-cnn, resnet18, transformer, bert-train, bert-train-bf16,"
                + " minilm-1x32, minilm-1x128, minilm-8x128, deepfm, deep-speech, gpt2-decode, tiny-add."
                + " Received lstm.", messageOf("lstm"));
        assertEquals("--contenders: expected some of " + Bench.CONTENDERS + ". Received jax.",
                messageOf("--contenders", "raw,jax"));
        assertEquals("--rounds: expected a number of at least 1.0. Received 0.", messageOf("--rounds", "0"));
        assertEquals("--seconds: expected a number of at least 0.01. Received ten.",
                messageOf("--seconds", "ten"));
        assertEquals("--out: expected a value. Received none.", messageOf("--out"));
        assertEquals("--speed: unknown option.", messageOf("--speed", "9"));
    }

    private static String messageOf(String... args) {
        return assertThrows(IllegalArgumentException.class, () -> Options.parse(args)).getMessage();
    }
}
