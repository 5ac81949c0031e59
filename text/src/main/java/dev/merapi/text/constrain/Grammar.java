package dev.merapi.text.constrain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/**
 * What bytes a text may consist of. Recursion goes through a {@link Rule}. Each knows how many bytes it needs at least;
 * {@link #NEVER} where there is no way to its end.
 */
abstract sealed class Grammar {
    static final int NEVER = 1_000_000_000;
    static final int ENDLESS = Integer.MAX_VALUE; // a repetition's most
    static final Grammar EMPTY = new Empty();

    /** Bytes that it needs at least. */
    abstract int shortest();

    /** Nothing. */
    static final class Empty extends Grammar {
        @Override int shortest() { return 0; }
    }

    /** One byte of a set. */
    static final class Bytes extends Grammar {
        final BitSet set = new BitSet(256);

        @Override int shortest() { return set.isEmpty() ? NEVER : 1; }
    }

    /** One and then another. */
    static final class Then extends Grammar {
        final Grammar first;
        final Grammar next;

        private Then(Grammar first, Grammar next) {
            this.first = first;
            this.next = next;
        }

        @Override int shortest() { return Math.min(NEVER, first.shortest() + next.shortest()); }
    }

    /** One of several. */
    static final class Choice extends Grammar {
        final List<Grammar> all;

        private Choice(List<Grammar> all) {
            this.all = all;
        }

        @Override int shortest() { return all.stream().mapToInt(Grammar::shortest).min().orElse(NEVER); }
    }

    /** The same several times; what is repeated is never empty. */
    static final class Repeat extends Grammar {
        final Grammar body;
        final int least;
        final int most;

        private Repeat(Grammar body, int least, int most) {
            this.body = body;
            this.least = least;
            this.most = most;
        }

        @Override int shortest() {
            return least == 0 ? 0 : (int) Math.min(NEVER, (long) least * body.shortest());
        }

        @Override public boolean equals(Object other) {
            return other instanceof Repeat that && that.body == body && that.least == least && that.most == most;
        }

        @Override public int hashCode() { return 31 * (31 * System.identityHashCode(body) + least) + most; }
    }

    /** A name for a grammar, which may use it within itself. */
    static final class Rule extends Grammar {
        private Grammar body;
        private int shortest = NEVER;

        Grammar body() { return body; }

        void body(Grammar grammar) { body = grammar; }

        /** Looks again how short it can be; whether that changed. */
        boolean shorten() {
            int now = body.shortest();
            boolean changed = now < shortest;
            shortest = now;
            return changed;
        }

        @Override int shortest() { return shortest; }
    }

    /** Finds out how short rules that use each other can be. */
    static void measure(Collection<Rule> rules) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (var rule : rules) changed |= rule.shorten();
        }
    }

    /** This text. */
    static Grammar text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var parts = new Grammar[bytes.length];
        for (int i = 0; i < parts.length; i++) parts[i] = range(bytes[i] & 0xFF, bytes[i] & 0xFF);
        return then(parts);
    }

    /** A byte from one to another. */
    static Bytes range(int from, int to) {
        var bytes = new Bytes();
        bytes.set.set(from, to + 1);
        return bytes;
    }

    /** One of these characters of ASCII. */
    static Bytes any(String characters) {
        var bytes = new Bytes();
        characters.chars().forEach(bytes.set::set);
        return bytes;
    }

    /** One after the other, as a tree of even branches, for it is gone through by recursion. */
    static Grammar then(Grammar... parts) { return then(parts, 0, parts.length); }

    private static Grammar then(Grammar[] parts, int from, int to) {
        if (to - from < 2) return from == to ? EMPTY : parts[from];
        int middle = (from + to) / 2;
        Grammar first = then(parts, from, middle), next = then(parts, middle, to);
        return first == EMPTY ? next : next == EMPTY ? first : new Then(first, next);
    }

    static Grammar choice(Grammar... ways) { return new Choice(List.of(ways)); }

    static Grammar choice(List<Grammar> ways) { return new Choice(new ArrayList<>(ways)); }

    static Grammar optional(Grammar part) { return choice(EMPTY, part); }

    static Grammar repeat(Grammar body, int least, int most) {
        if (most == 0) return EMPTY;
        return new Repeat(body, least, most);
    }
}
