package dev.merapi.text.jinja;

import java.util.List;

/** A part of a template that writes something. */
@FunctionalInterface
interface Node {
    /** What comes next: the next part, or something of the loop around. */
    enum Flow { ON, BREAK, CONTINUE }

    Flow write(Scope scope, Output out);

    /** One after the other. */
    static Node all(List<Node> nodes) {
        return (scope, out) -> {
            for (Node node : nodes) {
                Flow flow = node.write(scope, out);
                if (flow != Flow.ON) return flow;
            }
            return Flow.ON;
        };
    }

    /** The same, which says where it went wrong. */
    default Node in(int line) {
        return (scope, out) -> {
            try {
                return write(scope, out);
            } catch (Wrong e) {
                throw e.in(line);
            }
        };
    }
}
