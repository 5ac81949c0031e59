package dev.merapi.text.jinja;

import java.util.HashMap;
import java.util.Map;

/** The variables of a template, of one turn of a loop, or of a macro; what is set in here stays in here. */
final class Scope {
    private final Scope outer; // or null
    private final Map<String, Object> variables = new HashMap<>();

    Scope(Scope outer) { this.outer = outer; }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.variables.containsKey(name)) return scope.variables.get(name);
        }
        return Functions.find(name);
    }

    void set(String name, Object value) { variables.put(name, value); }
}
