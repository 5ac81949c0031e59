package dev.merapi.text.jinja;

import dev.merapi.io.Nearest;
import dev.merapi.text.jinja.Arguments.Callable;
import dev.merapi.text.jinja.Node.Flow;
import dev.merapi.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what stands between expressions: texts and tags. */
final class Parser extends ExpressionParser {
    private static final List<String> TAGS = List.of("if", "for", "set", "macro", "break", "continue", "generation");

    Parser(List<Token> tokens) { super(tokens); }

    Node template() {
        Node all = body(Set.of());
        if (peek().kind() != Kind.END) throw unexpected("a text or a tag");
        return all;
    }

    /** Up to one of the tags that may end it, whose name comes next. */
    private Node body(Set<String> ends) {
        var nodes = new ArrayList<Node>();
        while (peek().kind() != Kind.END) {
            Token token = next();
            switch (token.kind()) {
                case TEXT -> nodes.add((_, out) -> {
                    out.append(token.text());
                    return Flow.ON;
                });
                case OUTPUT -> nodes.add(output().in(token.line()));
                case TAG -> {
                    if (ends.contains(peek().text())) return Node.all(nodes);
                    nodes.add(tag().in(token.line()));
                }
                default -> throw new AssertionError(token);
            }
        }
        if (!ends.isEmpty()) throw unexpected(String.join(" or ", ends.stream().sorted().toList()));
        return Node.all(nodes);
    }

    private Node output() {
        Expression value = tuple();
        close();
        return (scope, out) -> {
            out.append(Values.text(value.value(scope)));
            return Flow.ON;
        };
    }

    private void close() { expect(Kind.CLOSE, "the end of the tag"); }

    private void close(String end) {
        expect(end);
        close();
    }

    private Node tag() {
        Token tag = expect(Kind.NAME, "the name of a tag");
        return switch (tag.text()) {
            case "if" -> condition();
            case "for" -> loop();
            case "set" -> set();
            case "macro" -> macro();
            case "break" -> jump(Flow.BREAK);
            case "continue" -> jump(Flow.CONTINUE);
            case "generation" -> generation();
            default -> throw new Wrong("there is no tag " + tag.text() + " here. Did you mean "
                    + Nearest.to(tag.text(), TAGS) + "?").in(tag.line());
        };
    }

    private Node jump(Flow flow) {
        close();
        return (_, _) -> flow;
    }

    /** What the model says: of use for training on it alone. */
    private Node generation() {
        close();
        Node body = body(Set.of("endgeneration"));
        close("endgeneration");
        return body;
    }

    private Node condition() {
        Expression condition = expression();
        close();
        Node then = body(Set.of("elif", "else", "endif"));
        Node otherwise;
        if (accept("elif")) {
            otherwise = condition();
        } else if (accept("else")) {
            close();
            otherwise = body(Set.of("endif"));
            close("endif");
        } else {
            close("endif");
            otherwise = Node.all(List.of());
        }
        return (scope, out) -> (Values.isTrue(condition.value(scope)) ? then : otherwise).write(scope, out);
    }

    private Node loop() {
        var names = names();
        expect("in");
        Expression values = or();
        Expression condition = accept("if") ? expression() : _ -> true;
        close();
        Node body = body(Set.of("else", "endfor"));
        Node otherwise = Node.all(List.of());
        if (accept("else")) {
            close();
            otherwise = body(Set.of("endfor"));
        }
        close("endfor");
        return new Loop(names, values, condition, body, otherwise);
    }

    private List<String> names() {
        var names = new ArrayList<String>();
        boolean enclosed = accept("(");
        do names.add(expect(Kind.NAME, "a name").text());
        while (accept(","));
        if (enclosed) expect(")");
        return names;
    }

    private Node set() {
        var names = names();
        String attribute = accept(".") ? expect(Kind.NAME, "a name").text() : null;
        if (!accept("=")) return setBlock(names.getFirst());
        Expression value = tuple();
        close();
        return (scope, _) -> {
            Object result = value.value(scope);
            if (attribute == null) assign(scope, names, result);
            else setIn(scope.get(names.getFirst()), attribute, result);
            return Flow.ON;
        };
    }

    private static void setIn(Object namespace, String name, Object value) {
        if (!(namespace instanceof Namespace space)) {
            throw new Wrong("expected a namespace to set " + name + " in. Received " + Values.text(namespace) + ".");
        }
        space.put(name, value);
    }

    private Node setBlock(String name) {
        close();
        Node body = body(Set.of("endset"));
        close("endset");
        return (scope, _) -> {
            var text = new StringBuilder();
            body.write(scope, text);
            scope.set(name, text.toString());
            return Flow.ON;
        };
    }

    static void assign(Scope scope, List<String> names, Object value) {
        if (names.size() == 1) {
            scope.set(names.getFirst(), value);
            return;
        }
        var values = Values.list(value);
        if (values.size() != names.size()) {
            throw new Wrong("expected " + names.size() + " values for " + String.join(", ", names) + ". Received "
                    + values.size() + ".");
        }
        for (int i = 0; i < names.size(); i++) scope.set(names.get(i), Values.of(values.get(i)));
    }

    private Node macro() {
        String name = expect(Kind.NAME, "the macro's name").text();
        var parameters = parameters();
        close();
        Node body = body(Set.of("endmacro"));
        expect("endmacro");
        if (peek().is(name)) next();
        close();
        return (scope, _) -> {
            scope.set(name, (Callable) arguments -> call(scope, parameters, body, arguments));
            return Flow.ON;
        };
    }

    /** Names, each with its default or null. */
    private Map<String, Expression> parameters() {
        var parameters = new LinkedHashMap<String, Expression>();
        expect("(");
        while (!accept(")")) {
            String name = expect(Kind.NAME, "a name").text();
            parameters.put(name, accept("=") ? expression() : null);
            if (!peek().is(")")) expect(",");
        }
        return parameters;
    }

    private static String call(Scope outer, Map<String, Expression> parameters, Node body, Arguments arguments) {
        var scope = new Scope(outer);
        int i = 0;
        for (var parameter : parameters.entrySet()) {
            Object none = new Undefined(parameter.getKey());
            Object given = arguments.get(i++, parameter.getKey(), none);
            boolean missing = given == none && parameter.getValue() != null;
            scope.set(parameter.getKey(), missing ? parameter.getValue().value(scope) : given);
        }
        var text = new StringBuilder();
        body.write(scope, text);
        return text.toString();
    }

    /** What {@code set} can change from within a loop. */
    static final class Namespace extends LinkedHashMap<String, Object> {
        private static final long serialVersionUID = 1;
    }

    /** The functions that every template has. */
    static Map<String, Callable> functions() {
        return Map.of(
                "namespace", a -> {
                    var space = new Namespace();
                    space.putAll(a.named());
                    return space;
                },
                "dict", a -> new LinkedHashMap<Object, Object>(a.named()),
                "range", Parser::range);
    }

    private static List<Long> range(Arguments a) {
        long[] n = a.positional().stream().mapToLong(Values::whole).toArray();
        long from = n.length > 1 ? n[0] : 0;
        long to = n.length > 1 ? n[1] : n[0];
        long by = n.length > 2 ? n[2] : 1;
        long count = Math.max(0, Math.ceilDiv(to - from, by));
        var all = new Long[(int) count];
        Arrays.setAll(all, i -> from + i * by);
        return List.of(all);
    }
}
