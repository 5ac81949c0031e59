package dev.merapi.text.jinja;

import dev.merapi.text.jinja.Arguments.Callable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** {@code for}: its body for each value that meets a condition; where there is none, something else. */
record Loop(List<String> names, Expression values, Expression condition, Node body, Node otherwise) implements Node {
    @Override public Flow write(Scope outer, StringBuilder out) {
        var kept = new ArrayList<Scope>();
        var elements = new ArrayList<Object>();
        for (Object element : Values.list(values.value(outer))) {
            var scope = new Scope(outer);
            Parser.assign(scope, names, Values.of(element));
            if (!Values.isTrue(condition.value(scope))) continue;
            kept.add(scope);
            elements.add(Values.of(element));
        }
        if (kept.isEmpty()) return otherwise.write(outer, out);
        for (int i = 0; i < kept.size(); i++) {
            var scope = kept.get(i);
            scope.set("loop", state(elements, i));
            if (body.write(scope, out) == Flow.BREAK) break;
        }
        return Flow.ON;
    }

    private static HashMap<String, Object> state(List<Object> elements, int i) {
        int count = elements.size();
        var loop = new HashMap<String, Object>();
        loop.put("index", i + 1L);
        loop.put("index0", (long) i);
        loop.put("revindex", (long) count - i);
        loop.put("revindex0", count - i - 1L);
        loop.put("first", i == 0);
        loop.put("last", i == count - 1);
        loop.put("length", (long) count);
        loop.put("previtem", i > 0 ? elements.get(i - 1) : new Undefined("loop.previtem"));
        loop.put("nextitem", i < count - 1 ? elements.get(i + 1) : new Undefined("loop.nextitem"));
        loop.put("cycle", (Callable) a -> a.get(i % a.positional().size()));
        return loop;
    }
}
