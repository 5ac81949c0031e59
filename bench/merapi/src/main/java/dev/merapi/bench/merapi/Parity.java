package dev.merapi.bench.merapi;

import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The tests of core against values and gradients of PyTorch, on the device that is in force. */
final class Parity {
    private static final Stream<String> TESTS = Stream.of("tensor.OpGoldensTest", "nn.LayerGoldensTest",
            "loss.LossGoldensTest", "optim.OptimizerGoldensTest", "metric.MetricGoldensTest");

    private int ran;
    private int failed;

    private Parity() {}

    /** Whether all of them pass; prints those that do not. */
    static boolean check() {
        torch.globalContext().setAllowTF32CuDNN(false); // whose products have 10 bits
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(TESTS.map(name -> DiscoverySelectors.selectClass("dev.merapi." + name)).toList()).build();
        var all = new Parity();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) all.count(test.getUniqueId(), result);
            }
        });
        torch.globalContext().setAllowTF32CuDNN(true);
        IO.println("parity: %d of %d tests pass".formatted(all.ran - all.failed, all.ran));
        return all.ran > 0 && all.failed == 0;
    }

    private void count(String name, TestExecutionResult result) {
        ran++;
        if (result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) return;
        failed++;
        IO.println(name.replaceAll(".*class:dev\\.merapi\\.|[\\[\\]]", "") + ": "
                + result.getThrowable().map(Throwable::getMessage).orElse("no reason"));
    }
}
