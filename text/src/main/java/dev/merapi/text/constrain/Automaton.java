package dev.merapi.text.constrain;

import dev.merapi.tensor.Expect;
import dev.merapi.text.constrain.Grammar.Bytes;
import dev.merapi.text.constrain.Grammar.Choice;
import dev.merapi.text.constrain.Grammar.Empty;
import dev.merapi.text.constrain.Grammar.Repeat;
import dev.merapi.text.constrain.Grammar.Rule;
import dev.merapi.text.constrain.Grammar.Then;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Follows a {@link Grammar} byte by byte: a state is what may still come, as stacks of grammars, and the next ones are
 * found when they are first asked for. One thread at a time.
 */
final class Automaton {
    private static final int MOST_STATES = 50_000; // then it forgets all and begins anew
    private static final int MOST_WAYS = 5_000; // to read the same bytes

    private final Grammar grammar;
    private final Map<Set<Stack>, State> states = new HashMap<>();

    /** What follows; null is the end. */
    private record Stack(Grammar top, Stack rest, int shortest, int hash) {
        static Stack of(Grammar top, Stack rest) {
            return new Stack(top, rest, Math.min(Grammar.NEVER, top.shortest() + (rest == null ? 0 : rest.shortest)),
                    31 * top.hashCode() + (rest == null ? 0 : rest.hash));
        }

        @Override public int hashCode() { return hash; }

        @Override public boolean equals(Object other) {
            return this == other || other instanceof Stack that && hash == that.hash && top.equals(that.top)
                    && Objects.equals(rest, that.rest);
        }
    }

    /** Where a text stands. */
    static final class State {
        private final Set<Stack> stacks; // those with a byte on top, and null if the text may end
        private final State[] next = new State[256];
        private final boolean[] known = new boolean[256];
        private final int shortest;

        private State(Set<Stack> stacks) {
            this.stacks = stacks;
            shortest = stacks.contains(null) ? 0
                    : stacks.stream().mapToInt(Stack::shortest).min().orElse(Grammar.NEVER);
        }

        /** Bytes until the text may end, at least. */
        int shortest() { return shortest; }

        boolean mayEnd() { return shortest == 0; }
    }

    /**
     * @throws IllegalArgumentException if no text follows the grammar
     */
    Automaton(Grammar grammar) {
        this.grammar = grammar;
        if (grammar.shortest() >= Grammar.NEVER) {
            throw new IllegalArgumentException("JsonSchema: expected one that some JSON follows. Received one that"
                    + " none does: it asks for itself within itself, or for nothing.");
        }
    }

    synchronized State start() {
        var stacks = new HashSet<Stack>();
        expand(Stack.of(grammar, null), stacks, new HashSet<>());
        return state(stacks);
    }

    /** The state after a byte; null if it may not come. */
    synchronized State next(State state, int octet) {
        if (state.known[octet]) return state.next[octet];
        var stacks = new HashSet<Stack>();
        var seen = new HashSet<Stack>();
        for (var stack : state.stacks) {
            if (stack == null || !((Bytes) stack.top).set.get(octet)) continue;
            if (stack.rest == null) stacks.add(null);
            else expand(stack.rest, stacks, seen);
        }
        state.known[octet] = true;
        return state.next[octet] = stacks.isEmpty() ? null : state(stacks);
    }

    private State state(Set<Stack> stacks) {
        if (states.size() > MOST_STATES) states.clear();
        return states.computeIfAbsent(stacks, State::new);
    }

    /** Adds what a stack may begin with; by a list of those to look at, for grammars may be deep. */
    private static void expand(Stack from, Set<Stack> out, Set<Stack> seen) {
        var open = new ArrayList<Stack>(); // and null, as ever, for the end
        open.add(from);
        while (!open.isEmpty()) {
            var stack = open.removeLast();
            if (stack == null) out.add(null);
            if (stack == null || stack.shortest >= Grammar.NEVER || !seen.add(stack)) continue;
            Expect.that(out.size() <= MOST_WAYS, "JsonSchema", "at most " + MOST_WAYS + " ways to read a text",
                    "more; let fewer of its parts begin alike");
            switch (stack.top) {
                case Empty _ -> open.add(stack.rest);
                case Bytes _ -> out.add(stack);
                case Then then -> open.add(Stack.of(then.first, Stack.of(then.next, stack.rest)));
                case Choice choice -> choice.all.forEach(way -> open.add(Stack.of(way, stack.rest)));
                case Rule rule -> open.add(Stack.of(rule.body(), stack.rest));
                case Repeat repeat -> {
                    if (repeat.least == 0) open.add(stack.rest);
                    open.add(Stack.of(repeat.body, rest(repeat, stack.rest)));
                }
            }
        }
    }

    /** What follows one of a repetition. */
    private static Stack rest(Repeat repeat, Stack rest) {
        int most = repeat.most == Grammar.ENDLESS ? Grammar.ENDLESS : repeat.most - 1;
        return most == 0 ? rest : Stack.of(Grammar.repeat(repeat.body, Math.max(0, repeat.least - 1), most), rest);
    }
}
