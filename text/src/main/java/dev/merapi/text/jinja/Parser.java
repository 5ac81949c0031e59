package dev.merapi.text.jinja;

import dev.merapi.io.Nearest;
import dev.merapi.text.jinja.Node.Flow;
import dev.merapi.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what stands between expressions: texts and tags. */
final class Parser extends ExpressionParser {
    private static final List<String> TAGS = List.of("break", "call", "continue", "filter", "for", "generation", "if",
            "macro", "raw", "set", "with");
    private static final Set<String> OF_FILES = Set.of("autoescape", "block", "extends", "from", "import", "include");
    private static final Set<String> OF_MACROS = Set.of("caller", "kwargs", "varargs");

    Parser(List<Token> tokens) { super(tokens); }

    Node template() {
        Node all = body(Set.of());
        if (peek().kind() != Kind.END) throw unexpected("a text or a tag");
        return all;
    }

    /** Up to one of the tags that may end it, whose name comes next. */
    private Node body(Set<String> ends) { return within(() -> nodes(ends)); }

    private Node nodes(Set<String> ends) {
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

    /** Up to the tag that ends it. */
    private Node block(String end) {
        close();
        Node body = body(Set.of(end));
        expect(end);
        close();
        return body;
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

    private Node tag() {
        Token tag = expect(Kind.NAME, "the name of a tag");
        return switch (tag.text()) {
            case "if" -> condition();
            case "for" -> loop();
            case "set" -> set();
            case "with" -> with();
            case "macro" -> macro();
            case "call" -> call();
            case "filter" -> filter();
            case "break" -> jump(Flow.BREAK);
            case "continue" -> jump(Flow.CONTINUE);
            case "generation" -> generation();
            default -> throw noTag(tag);
        };
    }

    private static IllegalArgumentException noTag(Token tag) {
        String name = tag.text();
        return new Wrong("there is no tag " + name + " here" + (OF_FILES.contains(name)
                ? ": a chat template is one file of plain text."
                : Nearest.near(name, TAGS).map(n -> ". Did you mean " + n + "?").orElse("."))).in(tag.line());
    }

    private Node jump(Flow flow) {
        close();
        return (_, _) -> flow;
    }

    /** What the model says: of use for training on it alone. */
    private Node generation() {
        Node body = block("endgeneration");
        return (scope, out) -> {
            body.write(new Scope(scope), out);
            return Flow.ON;
        };
    }

    private record Branch(Expression condition, Node body) {}

    private Node condition() {
        var branches = new ArrayList<Branch>();
        do {
            Expression condition = tuple();
            close();
            branches.add(new Branch(condition, body(Set.of("elif", "else", "endif"))));
        } while (accept("elif"));
        Node otherwise = otherwise("endif");
        return (scope, out) -> {
            for (var branch : branches) {
                if (Values.isTrue(branch.condition.value(scope))) return branch.body.write(scope, out);
            }
            return otherwise.write(scope, out);
        };
    }

    private Node otherwise(String end) {
        if (accept("else")) return block(end);
        expect(end);
        close();
        return Node.all(List.of());
    }

    private Node loop() {
        Target target = target();
        expect("in");
        Expression values = loopValues();
        Expression condition = accept("if") ? expression() : null;
        boolean recursive = accept("recursive");
        close();
        Node body = body(Set.of("else", "endfor"));
        return new Loop(target, values, condition, recursive, body, otherwise("endfor"));
    }

    /** Names with commas, with or without brackets. */
    private Target target() {
        Target first = oneTarget();
        if (!peek().is(",")) return first;
        var all = new ArrayList<>(List.of(first));
        while (accept(",") && (peek().is("(") || peek().kind() == Kind.NAME && !peek().is("in"))) {
            all.add(oneTarget());
        }
        return Target.all(all);
    }

    private Target oneTarget() {
        if (accept("(")) {
            Target inner = within(this::target);
            expect(")");
            return inner;
        }
        String name = expect(Kind.NAME, "a name").text();
        if (accept(".")) return Target.attribute(name, expect(Kind.NAME, "a name").text());
        return (scope, value) -> scope.set(name, value);
    }

    private Node set() {
        Target target = target();
        if (!accept("=")) return setBlock(target);
        Expression value = tuple();
        close();
        return (scope, _) -> {
            target.assign(scope, value.value(scope));
            return Flow.ON;
        };
    }

    private Node setBlock(Target target) {
        var text = new Written();
        Expression value = peek().is("|") ? filtered(text) : text;
        text.body = block("endset");
        return (scope, _) -> {
            target.assign(scope, value.value(scope));
            return Flow.ON;
        };
    }

    private Node filter() {
        var text = new Written();
        Expression value = filtered(filter(text));
        text.body = block("endfilter");
        return (scope, out) -> {
            out.append(Values.text(value.value(scope)));
            return Flow.ON;
        };
    }

    /** What a block writes, as a value; its filters are read before the block is. */
    private static final class Written implements Expression {
        private Node body;

        @Override public Object value(Scope scope) {
            var out = new Output();
            body.write(new Scope(scope), out);
            return out.toString();
        }
    }

    private Node with() {
        var targets = new ArrayList<Target>();
        var values = new ArrayList<Expression>();
        while (peek().kind() != Kind.CLOSE) {
            if (!targets.isEmpty()) expect(",");
            targets.add(oneTarget());
            expect("=");
            values.add(expression());
        }
        Node body = block("endwith");
        return (outer, out) -> {
            var scope = new Scope(outer);
            for (int i = 0; i < targets.size(); i++) targets.get(i).assign(scope, values.get(i).value(outer));
            return body.write(scope, out);
        };
    }

    private Node macro() {
        String name = expect(Kind.NAME, "the macro's name").text();
        var shape = shape(name, parameters(), "endmacro");
        return (scope, _) -> {
            scope.set(name, shape.in(scope));
            return Flow.ON;
        };
    }

    /** {@code call(user) list(users)}: the macro may call what stands in between. */
    private Node call() {
        Map<String, Expression> parameters = peek().is("(") ? parameters() : Map.of();
        if (!(expression() instanceof Call call)) throw unexpected("a call of a macro before it");
        var shape = shape(null, parameters, "endcall");
        return (scope, out) -> {
            out.append(Values.text(call.value(scope, Map.of("caller", shape.in(scope)))));
            return Flow.ON;
        };
    }

    /** A macro, but for where it stands. */
    private interface Shape {
        Macro in(Scope scope);
    }

    private Shape shape(String name, Map<String, Expression> parameters, String end) {
        var before = names;
        names = new HashSet<>();
        Node body = block(end);
        var uses = new HashSet<>(names);
        uses.retainAll(OF_MACROS);
        before.addAll(names);
        names = before;
        return scope -> new Macro(name, parameters, uses, body, scope);
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
}
