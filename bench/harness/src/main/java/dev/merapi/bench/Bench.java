package dev.merapi.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Runs contenders turn by turn at each workload and writes the report; works in the folder {@code bench}. */
public final class Bench {
    /** All contenders, each a folder of that name. */
    static final List<String> CONTENDERS = List.of("merapi", "raw", "djl", "tf", "dl4j", "ort");

    /** Longer than any engine's idle threads spin before they sleep (Intel's OpenMP: 200 ms). */
    private static final Duration SETTLE = Duration.ofMillis(300);
    private static final int SETTLES = 10; // at most
    private static final Duration AT_REST = Duration.ofMillis(20); // of processor time meanwhile

    /** What Java's compilers need until small steps no longer get faster, nor are disturbed by them. */
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    /** Of the turns in a round. */
    private static final Random ORDER = new Random(1);

    private Bench() {}

    /** See {@link Options#USAGE}. Exits with 2 if the arguments are wrong, with 1 if a contender fails. */
    public static void main(String... args) {
        try {
            if (List.of(args).contains("--help")) System.out.print(Options.USAGE); else run(Options.parse(args), args);
        } catch (IllegalArgumentException e) {
            System.err.print(e.getMessage() + "\n\n" + Options.USAGE);
            System.exit(2);
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void run(Options options, String... args) {
        var results = new LinkedHashMap<Workload, List<Result>>();
        for (Workload workload : options.workloads) results.put(workload, compare(workload, options));
        var soaks = new LinkedHashMap<Workload, List<Soak>>();
        if (options.soak > 0) {
            for (Workload workload : options.workloads) soaks.put(workload, soak(workload, options));
        }
        new Report(Machine.here(), options, String.join(" ", args), results, soaks).write(options.out);
        System.out.println("wrote " + options.out);
    }

    /**
     * Starts the processes afresh several times: how the memory of one of them happens to lie can make all of
     * its steps slower or faster.
     */
    private static List<Result> compare(Workload workload, Options options) {
        List<Result> results = start(workload, options);
        for (int i = 1; i < options.starts; i++) {
            var more = start(workload, options).iterator();
            results = results.stream().map(r -> r.plus(more.next())).toList();
        }
        return results;
    }

    private static List<Result> start(Workload workload, Options options) {
        var contenders = new ArrayList<Contender>();
        try {
            for (String name : options.contenders) {
                var contender = Contender.start(name, Path.of(name), options.threads);
                if (contender.runs(workload)) contenders.add(contender); else contender.close();
            }
            if (contenders.isEmpty()) {
                throw new IllegalArgumentException(workload.id() + ": none of " + options.contenders + " runs it.");
            }
            return interleave(workload, contenders, options);
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    /** One after the other, each in a fresh process. */
    private static List<Soak> soak(Workload workload, Options options) {
        var soaks = new ArrayList<Soak>();
        for (String name : options.contenders) {
            try (var contender = Contender.start(name, Path.of(name), options.threads)) {
                if (!contender.runs(workload)) continue;
                soaks.add(Soak.run(contender, workload, options.soak));
                System.out.println(workload.id() + " soak: " + soaks.getLast());
            }
        }
        return soaks;
    }

    private static List<Result> interleave(Workload workload, List<Contender> contenders, Options options) {
        Map<Contender, Long> steps = new LinkedHashMap<>();
        for (var c : contenders) {
            steps.put(c, warmUp(c, workload, options.seconds * 1e9));
            settle(c);
        }

        var watch = new Watch();
        Map<Contender, List<Turn>> turns = new LinkedHashMap<>();
        for (var c : contenders) turns.put(c, new ArrayList<>());
        for (int round = 0; round < options.rounds; round++) {
            var order = new ArrayList<>(contenders);
            Collections.shuffle(order, ORDER); // so that nobody always follows the same neighbour
            for (var contender : order) {
                watch.turnBegins(contender);
                turns.get(contender).add(contender.run(workload, steps.get(contender)));
                watch.turnEnds(contender);
                settle(contender);
                watch.restBegins(contender);
            }
            print(workload, round, turns);
        }
        return turns.entrySet().stream().map(e -> result(e.getKey(), e.getValue(), watch)).toList();
    }

    /** Doubles the steps until they fill half a turn, and all the warm-up; returns how many fill a whole turn. */
    private static long warmUp(Contender contender, Workload workload, double turnNanos) {
        long nanos = 0;
        for (long steps = 1;; steps *= 2) {
            Turn turn = contender.run(workload, steps);
            nanos += turn.nanos();
            if (steps > 1 && turn.nanos() > turnNanos / 2 && nanos >= WARM_UP.toNanos()) {
                return Math.max(1, Math.round(turnNanos / turn.nanosPerStep()));
            }
        }
    }

    /** Waits until the contender rests: its threads spin a while, its compilers and collectors finish their work. */
    private static void settle(Contender contender) {
        try {
            for (int i = 0; i < SETTLES; i++) {
                var before = contender.cpu();
                Thread.sleep(SETTLE);
                if (contender.cpu().minus(before).compareTo(AT_REST) <= 0) return;
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Result result(Contender contender, List<Turn> turns, Watch watch) {
        return new Result(contender.name(), contender.about(), turns, watch.idle(contender), watch.others(contender));
    }

    private static void print(Workload workload, int round, Map<Contender, List<Turn>> turns) {
        var line = new StringBuilder("%s round %d:".formatted(workload.id(), round + 1));
        double first = turns.values().iterator().next().get(round).nanosPerStep();
        turns.forEach((contender, all) -> {
            double nanos = all.get(round).nanosPerStep();
            line.append(Report.format("  %s %s (%.2f)", contender.name(), Report.time(nanos), nanos / first));
        });
        System.out.println(line);
    }
}
