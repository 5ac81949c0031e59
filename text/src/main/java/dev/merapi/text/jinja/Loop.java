package dev.merapi.text.jinja;

import java.util.ArrayList;
import java.util.List;

/** {@code for}: its body for each value that meets a condition; where there is none, something else. */
record Loop(Target target, Expression values, Expression condition, boolean recursive, Node body, Node otherwise)
        implements Node {
    @Override public Flow write(Scope outer, Output out) {
        go(outer, values.value(outer), 0, out);
        return Flow.ON;
    }

    private void go(Scope outer, Object values, int depth, Output out) {
        var elements = new ArrayList<Object>();
        for (Object element : Values.list(values)) {
            if (condition == null || Values.isTrue(condition.value(turn(outer, element)))) elements.add(element);
        }
        if (elements.isEmpty()) otherwise.write(new Scope(outer), out);
        var state = new State(elements, depth, outer);
        for (Object element : elements) {
            var scope = turn(outer, element);
            scope.set("loop", recursive ? new Recursive(state) : state);
            if (body.write(scope, out) == Flow.BREAK) break;
            state.at++;
        }
    }

    private Scope turn(Scope outer, Object element) {
        Limits.step();
        var scope = new Scope(outer);
        target.assign(scope, element);
        return scope;
    }

    /** What {@code loop} says of the turn. */
    private static class State implements Thing {
        private final List<Object> elements;
        private final int depth;
        private final Scope outer;
        private Object last = new Undefined("what was given before");
        private int at;

        State(List<Object> elements, int depth, Scope outer) {
            this.elements = elements;
            this.depth = depth;
            this.outer = outer;
        }

        @Override public Object attribute(String name) {
            int count = elements.size();
            return switch (name) {
                case "index" -> at + 1L;
                case "index0" -> (long) at;
                case "revindex" -> (long) count - at;
                case "revindex0" -> count - at - 1L;
                case "first" -> at == 0;
                case "last" -> at == count - 1;
                case "length" -> (long) count;
                case "depth" -> depth + 1L;
                case "depth0" -> (long) depth;
                case "previtem" -> at > 0 ? elements.get(at - 1) : new Undefined("loop.previtem");
                case "nextitem" -> at < count - 1 ? elements.get(at + 1) : new Undefined("loop.nextitem");
                case "cycle" -> (Callable) this::cycle;
                case "changed" -> (Callable) this::changed;
                default -> new Undefined("loop." + name);
            };
        }

        private Object cycle(Arguments a) {
            if (a.positional().isEmpty()) throw new Wrong("loop.cycle: expected at least one value. Received none.");
            return a.positional().get(at % a.positional().size());
        }

        private Object changed(Arguments a) {
            Object now = new Tuple(a.positional());
            boolean changed = !Values.equal(now, last);
            last = now;
            return changed;
        }
    }

    /** {@code loop(children)}: the same loop for others, within. */
    private final class Recursive implements Thing, Callable {
        private final State state;

        Recursive(State state) { this.state = state; }

        @Override public Object attribute(String name) { return state.attribute(name); }

        @Override public Object call(Arguments a) {
            Object values = Signature.of("loop(iterable)").bind(a).get("iterable");
            return Limits.call(() -> {
                var out = new Output();
                go(state.outer, values, state.depth + 1, out);
                return out.toString();
            });
        }
    }
}
