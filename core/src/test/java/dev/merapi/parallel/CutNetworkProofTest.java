package dev.merapi.parallel;

import dev.merapi.ChildJvm;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Two ranks in network namespaces of their own, whose cable is pulled: each says so, and ends. */
@Tag("proof")
@EnabledOnOs(OS.LINUX)
class CutNetworkProofTest {
    private static final String NAME = "m" + ProcessHandle.current().pid() % 100_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    /** Meets the other at a barrier again and again. */
    static final class Meeting {
        public static void main(String[] args) throws Exception {
            try (var group = ProcessGroup.join(Rendezvous.ofEnvironment())) {
                group.barrier();
                IO.println("joined");
                while (true) {
                    group.barrier();
                    Thread.sleep(20);
                }
            } catch (IllegalStateException e) {
                IO.println(e.getMessage());
                System.exit(3);
            }
        }
    }

    private static boolean run(String command) throws IOException, InterruptedException {
        return new ProcessBuilder(command.split(" ")).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
    }

    private static boolean namespaces() throws InterruptedException {
        try {
            boolean made = run("ip link add " + NAME + "0 type veth peer name " + NAME + "1");
            for (int rank = 0; rank < 2; rank++) {
                String name = NAME + rank;
                made = made && run("ip netns add " + name) && run("ip link set " + name + " netns " + name)
                        && run("ip -n " + name + " addr add 10.213.7." + (rank + 1) + "/24 dev " + name)
                        && run("ip -n " + name + " link set lo up")
                        && run("ip -n " + name + " link set " + name + " up");
            }
            return made;
        } catch (IOException e) { // no program of this name
            return false;
        }
    }

    @AfterEach void remove() throws Exception { for (int i = 0; i < 2; i++) run("ip netns del " + NAME + i); }

    @Test void ranksThatCannotHearEachOtherEndInTime() throws Exception {
        assumeTrue(namespaces(), "network namespaces need root and iproute2");
        var ranks = new ArrayList<Process>();
        for (int rank = 0; rank < 2; rank++) {
            var jvm = new ChildJvm();
            var command = new ArrayList<>(List.of("ip", "netns", "exec", NAME + rank,
                    System.getProperty("java.home") + "/bin/java", "--enable-native-access=ALL-UNNAMED", "-Xmx256m",
                    "-cp", String.join(":", jvm.classPath().stream().map(Object::toString).toList()),
                    Meeting.class.getName()));
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(new Rendezvous("10.213.7.1", 29_500, rank, 2).timeout(TIMEOUT)
                    .toEnvironment());
            ranks.add(builder.start());
        }
        try {
            var readers = ranks.stream().map(Process::inputReader).toList();
            for (var reader : readers) {
                String line = reader.readLine();
                while (line != null && !line.equals("joined")) line = reader.readLine();
                assertEquals("joined", line);
            }
            assertTrue(run("ip -n " + NAME + "1 link set " + NAME + "1 down"), "the cable is pulled");
            var said = new ArrayList<Callable<String>>();
            for (var reader : readers) said.add(() -> String.join("\n", reader.lines().toList()));
            // many times the timeout, for the machine may be busy; without an end it would be for ever
            for (Process rank : ranks) assertTrue(rank.waitFor(5, TimeUnit.MINUTES), "ends by itself");
            String first = said.get(0).call();
            String second = said.get(1).call();
            for (Process rank : ranks) assertEquals(3, rank.exitValue(), first + "\n" + second);
            assertTrue(first.contains("barrier: expected all 2 ranks within 15.0 s. rank 1 (process "), first);
            assertTrue(second.contains("barrier: expected all 2 ranks within 15.0 s. rank 0 (process "), second);
        } finally {
            ranks.forEach(Process::destroyForcibly);
        }
    }
}
