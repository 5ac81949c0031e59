package dev.merapi.bench;

import java.util.Map;

/** A contender for tests: counts its steps, fails, dies, or leaves a thread spinning. */
final class FakeContender {
    private static int steps;

    private FakeContender() {}

    static void main() {
        System.out.println("noise of an engine that is loading");
        Runner.serve("Fake 1, threads " + Runner.threads(), Map.of(
                Workload.CIFAR_CNN, () -> {
                    System.out.println("done 0 0 0.0");               // must not be taken for an answer
                    return () -> ++steps;
                },
                Workload.RESNET18, () -> () -> { throw new IllegalArgumentException("too deep\n at C++"); },
                Workload.TRANSFORMER, () -> () -> {
                    System.exit(3);
                    return 0;
                },
                Workload.TINY_ADD, () -> {
                    Thread.ofPlatform().daemon().start(FakeContender::spin);
                    return () -> Double.NaN;
                }));
    }

    private static void spin() {
        while (true) Thread.onSpinWait();
    }
}
