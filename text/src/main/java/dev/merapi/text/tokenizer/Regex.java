package dev.merapi.text.tokenizer;

import java.util.List;

/**
 * A regular expression, as far as one needs to know how often its search may step back: the native library ends the
 * process where Oniguruma does so more than ten million times to find one match.
 */
sealed interface Regex {
    /** What the characters of an expression are, which bounds how many of them follow each other in a text. */
    enum Kind {
        NONE, SPACE, OTHER, ANY;

        Kind or(Kind kind) {
            if (this == NONE || this == kind) return kind;
            return kind == NONE ? this : ANY;
        }
    }

    /** Most characters in a row of a text that are spaces, that are none, and of all. */
    record Runs(double spaces, double others, double all) {
        double of(Kind kind) {
            return switch (kind) {
                case NONE -> 0;
                case SPACE -> spaces;
                case OTHER -> others;
                case ANY -> all;
            };
        }
    }

    /**
     * What comes of an expression from some place on to its end.
     *
     * @param fails whether it may find nothing
     * @param failure most steps back until it has found nothing
     * @param success most steps back until it has found something
     */
    record Outcome(boolean fails, double failure, double success) {
        static final Outcome END = new Outcome(false, 0, 0);

        double steps() { return Math.max(failure, success); }

        /** This, or where it finds nothing another. */
        Outcome or(Outcome other) {
            return fails ? new Outcome(other.fails, failure + other.failure, Math.max(success, failure + other.success))
                    : this;
        }
    }

    /** What comes of this expression with the rest of the whole one behind it. */
    Outcome before(Outcome rest, Runs runs);

    /** Fewest characters that it matches. */
    int width();

    /** What characters it matches. */
    Kind kind();

    /** Most steps back until a match is found, or none. */
    default double steps(Runs runs) { return before(Outcome.END, runs).steps(); }

    /** One character. */
    record One(Kind kind) implements Regex {
        @Override public Outcome before(Outcome rest, Runs runs) {
            return new Outcome(true, 1 + rest.failure, rest.success);
        }

        @Override public int width() { return 1; }
    }

    /** A place, such as the beginning of a line. */
    record Place() implements Regex {
        @Override public Outcome before(Outcome rest, Runs runs) {
            return new Outcome(true, 1 + rest.failure, rest.success);
        }

        @Override public int width() { return 0; }

        @Override public Kind kind() { return Kind.NONE; }
    }

    /**
     * What stands ahead or behind, or does not.
     *
     * @param next whether it stands ahead
     */
    record Look(Regex inside, boolean next) implements Regex {
        @Override public Outcome before(Outcome rest, Runs runs) {
            double steps = 1 + inside.steps(runs);
            return new Outcome(true, steps + rest.failure, steps + rest.success);
        }

        @Override public int width() { return 0; }

        @Override public Kind kind() { return Kind.NONE; }
    }

    /** What is not tried in another way once it has matched. */
    record Atomic(Regex inside) implements Regex {
        @Override public Outcome before(Outcome rest, Runs runs) {
            var tried = inside.before(Outcome.END, runs);
            return new Outcome(tried.fails || rest.fails, 1 + tried.steps() + rest.failure,
                    tried.success + rest.success);
        }

        @Override public int width() { return inside.width(); }

        @Override public Kind kind() { return inside.kind(); }
    }

    /** One after another. */
    record Sequence(List<Regex> parts) implements Regex {
        @Override public Outcome before(Outcome rest, Runs runs) {
            for (var part : parts.reversed()) rest = part.before(rest, runs);
            return rest;
        }

        @Override public int width() { return parts.stream().mapToInt(Regex::width).reduce(0, Regex::sum); }

        @Override public Kind kind() {
            var all = Kind.NONE;
            var next = Kind.ANY; // what was looked for
            for (var part : parts) {
                all = all.or(part instanceof One && next != Kind.ANY ? next : part.kind());
                next = part instanceof Look(One(var ahead), boolean isNext) && isNext ? ahead : Kind.ANY;
            }
            return all;
        }
    }

    /** The first of these that leads to a match. */
    record Choice(List<Regex> options) implements Regex {
        @Override public Outcome before(Outcome rest, Runs runs) {
            var all = new Outcome(true, 0, 0);
            for (var option : options) all = all.or(option.before(rest, runs));
            return all;
        }

        @Override public int width() { return options.stream().mapToInt(Regex::width).min().orElse(0); }

        @Override public Kind kind() { return options.stream().map(Regex::kind).reduce(Kind.NONE, Kind::or); }
    }

    /** The same several times, at most {@code max}. */
    record Repeat(Regex inside, int min, int max) implements Regex {
        private static final int ROUNDS = 40; // enough to tell sums from products
        private static final int MAX_MIN = 1000;

        @Override public Outcome before(Outcome rest, Runs runs) {
            double more = Math.max(0, Math.min(max, runs.of(inside.kind())) - min);
            if (inside instanceof One) {
                double tried = rest.fails ? more * (1 + rest.failure) : 1;
                return new Outcome(min > 0 || rest.fails, min + 1 + tried + rest.failure, tried + rest.success);
            }
            if (min > MAX_MIN) return new Outcome(true, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
            var all = rest.fails ? optional(rest, runs, more) : free(rest, runs, more);
            for (int i = 0; i < min; i++) all = inside.before(all, runs);
            return all;
        }

        /** Where nothing behind can fail, each round is tried once. */
        private Outcome free(Outcome rest, Runs runs, double more) {
            var round = inside.before(Outcome.END, runs);
            return new Outcome(false, 0, more * round.success + 1 + round.failure + rest.success);
        }

        /** Else a round that matches in several ways is tried in all of them, for each of the ways of the next. */
        private Outcome optional(Outcome rest, Runs runs, double more) {
            var all = rest;
            Outcome first = null, last = null;
            for (int i = 0; i < Math.min(more, ROUNDS); i++) {
                var before = all;
                var round = inside.before(all, runs);
                all = new Outcome(true, 1 + round.failure, round.success).or(rest);
                last = new Outcome(true, all.failure - before.failure, all.success - before.success);
                if (i == 1) first = last;
            }
            if (more <= ROUNDS) return all;
            boolean sums = last.failure <= first.failure && last.success <= first.success;
            double left = sums ? more - ROUNDS : Double.POSITIVE_INFINITY;
            return new Outcome(true, all.failure + left * Math.max(1, last.failure),
                    all.success + left * Math.max(1, last.success));
        }

        @Override public int width() { return (int) Math.min((long) min * inside.width(), Integer.MAX_VALUE); }

        @Override public Kind kind() { return inside.kind(); }
    }

    private static int sum(int a, int b) { return (int) Math.min((long) a + b, Integer.MAX_VALUE); }
}
