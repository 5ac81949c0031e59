package dev.merapi.text.jinja;

import java.util.List;

/** What a value is assigned to: a name, several, or an attribute of a namespace. */
@FunctionalInterface
interface Target {
    void assign(Scope scope, Object value);

    static Target attribute(String space, String name) {
        return (scope, value) -> {
            if (!(scope.get(space) instanceof Namespace namespace)) {
                throw new Wrong("expected a namespace to set " + name + " in. Received "
                        + Values.text(scope.get(space)) + ".");
            }
            namespace.entries().put(name, value);
        };
    }

    /** One for each element. */
    static Target all(List<Target> targets) {
        return (scope, value) -> {
            var values = Values.list(value);
            if (values.size() != targets.size()) {
                throw new Wrong("expected " + targets.size() + " values to unpack. Received " + values.size() + ".");
            }
            for (int i = 0; i < values.size(); i++) targets.get(i).assign(scope, values.get(i));
        };
    }
}
