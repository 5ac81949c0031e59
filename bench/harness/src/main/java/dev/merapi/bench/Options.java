package dev.merapi.bench;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** The command line: workloads by name (none means all), and options. */
final class Options {
    static final String USAGE = """
            usage: bench/run [workload…] [option…]
              --contenders A,B   which, in this order; ratios are to the first   (%s)
              --starts N         fresh starts of every contender                 (3)
              --rounds N         turns of each contender after a start           (3)
              --seconds S        length of a turn                                (2)
              --soak N           then N steps of each, watching its memory       (none)
              --threads N        threads of each engine                          (all cores)
              --out FILE         report                                          (results/YYYY-MM-DD.md)
              --help
            """.formatted(String.join(",", Bench.CONTENDERS));

    final List<Workload> workloads = new ArrayList<>();
    List<String> contenders = Bench.CONTENDERS;
    int starts = 3;
    int rounds = 3;
    double seconds = 2;
    long soak;
    int threads = Runtime.getRuntime().availableProcessors();
    Path out = Path.of("results", LocalDate.now() + ".md");

    private Options() {}

    /** @throws IllegalArgumentException if an option is unknown or its value is wrong */
    static Options parse(String... args) {
        var options = new Options();
        var words = List.of(args).iterator();
        while (words.hasNext()) {
            String word = words.next();
            if (!word.startsWith("-")) {
                options.workloads.add(Workload.of(word));
            } else if (words.hasNext()) {
                options.set(word, words.next());
            } else {
                throw new IllegalArgumentException(word + ": expected a value. Received none.");
            }
        }
        if (options.workloads.isEmpty()) options.workloads.addAll(List.of(Workload.values()));
        return options;
    }

    private void set(String option, String value) {
        switch (option) {
            case "--contenders" -> contenders = known(option, value.split(","));
            case "--starts" -> starts = (int) number(option, value, 1);
            case "--rounds" -> rounds = (int) number(option, value, 1);
            case "--seconds" -> seconds = number(option, value, 0.01);
            case "--soak" -> soak = (long) number(option, value, 0);
            case "--threads" -> threads = (int) number(option, value, 1);
            case "--out" -> out = Path.of(value);
            default -> throw new IllegalArgumentException(option + ": unknown option.");
        }
    }

    private static List<String> known(String option, String... names) {
        for (String name : names) {
            if (!Bench.CONTENDERS.contains(name)) {
                throw new IllegalArgumentException("%s: expected some of %s. Received %s."
                        .formatted(option, Bench.CONTENDERS, name));
            }
        }
        return List.of(names);
    }

    private static double number(String option, String value, double least) {
        try {
            double number = Double.parseDouble(value);
            if (number >= least) return number;
        } catch (NumberFormatException e) {
            // the message below says it all
        }
        throw new IllegalArgumentException("%s: expected a number of at least %s. Received %s."
                .formatted(option, least, value));
    }
}
