package dev.merapi.examples;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The three models learn small data sets of ten classes; chance is 0.1. */
class ModelExamplesTest {
    @TempDir Path folder;

    @Test void fashionMlp() throws Exception {
        TinyFiles.mnist(folder);
        trainerLearns(Program.output(() -> FashionMlpTrainer.main(folder.toString())), "T-shirt/top");
        loopLearns(Program.output(() -> FashionMlpLoop.main(folder.toString())));
    }

    @Test void cifarCnn() throws Exception {
        TinyFiles.cifar(folder);
        trainerLearns(Program.output(() -> CifarCnnTrainer.main(folder.toString())), "airplane");
        loopLearns(Program.output(() -> CifarCnnLoop.main(folder.toString())));
    }

    @Test void mnistCnn() throws Exception {
        TinyFiles.mnist(folder);
        trainerLearns(Program.output(() -> MnistCnnTrainer.main(folder.toString())), "0");
        loopLearns(Program.output(() -> MnistCnnLoop.main(folder.toString())));
    }

    /** The same seed, data and steps: to the same accuracy, on real pictures. */
    @Test void trainerAndLoopAreTheSameProgram() throws Exception {
        double trainer = Program.last("accuracy", Program.output(FashionMlpTrainer::main));
        double loop = Program.last("accuracy", Program.output(FashionMlpLoop::main));
        assertTrue(trainer > 0.8, "accuracy " + trainer);
        assertEquals(trainer, loop);
    }

    private static void trainerLearns(String output, String firstClass) {
        loopLearns(output);
        assertEquals(10, output.lines().filter(line -> line.startsWith("epoch ")).count(), output);
        assertTrue(output.endsWith("first picture: " + firstClass + "\n"), output);
    }

    private static void loopLearns(String output) {
        double accuracy = Program.last("accuracy", output);
        assertTrue(accuracy > 0.9, "accuracy " + accuracy);
    }
}
