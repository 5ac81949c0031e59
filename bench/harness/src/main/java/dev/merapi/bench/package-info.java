/**
 * Contenders run the same training steps side by side, each in a JVM of its own.
 *
 * {@snippet :
 * try (var contender = Contender.start("djl", Path.of("djl"), 2)) {
 *     Turn turn = contender.run(Workload.CIFAR_CNN, 20);     // blocks; the others wait
 *     IO.println(turn.nanosPerStep() / 1e6 + " ms, loss " + turn.loss());
 * }
 * }
 *
 * <p>A contender's program calls {@link Runner#serve} and nothing else of the harness but
 * {@link Batches}, {@link Step} and {@link Workload}.
 */
package dev.merapi.bench;
