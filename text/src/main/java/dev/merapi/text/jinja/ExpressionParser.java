package dev.merapi.text.jinja;

import dev.merapi.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Reads expressions, in Jinja's order of operators from {@code if … else} down to names and literals. */
class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=", "in", "not");
    private static final Set<String> NO_ARGUMENT = Set.of("else", "or", "and", "is", "not", "in", "if");
    private static final int DEPTH = 100;

    private final List<Token> tokens;
    private int at;
    private int depth;

    /** Names that were read so far, since this was emptied. */
    Set<String> names = new HashSet<>();

    ExpressionParser(List<Token> tokens) { this.tokens = tokens; }

    final Token peek() { return tokens.get(at); }

    private Token peekNext() { return tokens.get(Math.min(at + 1, tokens.size() - 1)); }

    final Token next() { return at < tokens.size() - 1 ? tokens.get(at++) : tokens.get(at); }

    final boolean accept(String symbolOrName) {
        if (!peek().is(symbolOrName)) return false;
        at++;
        return true;
    }

    final Token expect(Kind kind, String what) {
        if (peek().kind() != kind) throw unexpected(what);
        return next();
    }

    final void expect(String symbolOrName) {
        if (!accept(symbolOrName)) throw unexpected(symbolOrName);
    }

    final IllegalArgumentException unexpected(String expected) {
        return new Wrong("expected " + expected + ". Received " + peek() + ".").in(peek().line());
    }

    /** Reads what stands within something. */
    final <T> T within(Supplier<T> part) {
        deeper();
        T read = part.get();
        depth--;
        return read;
    }

    private void deeper() {
        if (++depth > DEPTH) throw new Wrong("expected at most " + DEPTH + " levels. Received more.").in(peek().line());
    }

    final Expression expression() {
        return within(() -> {
            Expression value = or();
            while (accept("if")) {
                Expression chosen = value;
                Expression condition = or();
                Expression otherwise = accept("else") ? expression() : _ -> new Undefined("what has no else");
                value = scope -> (Values.isTrue(condition.value(scope)) ? chosen : otherwise).value(scope);
            }
            return value;
        });
    }

    /** One expression, or several with commas: a tuple. */
    final Expression tuple() { return tuple(this::expression); }

    /** What a loop goes through: there, {@code if} is a condition. */
    final Expression loopValues() { return tuple(this::or); }

    private Expression tuple(Supplier<Expression> element) {
        Expression first = element.get();
        if (!peek().is(",")) return first;
        var all = new ArrayList<>(List.of(first));
        while (accept(",") && beginsExpression()) all.add(element.get());
        return scope -> new Tuple(values(all, scope));
    }

    private boolean beginsExpression() { return peek().kind() != Kind.CLOSE && !peek().is(")"); }

    private Expression or() { return choice("or", true, this::and); }

    private Expression and() { return choice("and", false, this::not); }

    /** The first value that decides, else the last. */
    private Expression choice(String operator, boolean deciding, Supplier<Expression> part) {
        Expression first = part.get();
        if (!peek().is(operator)) return first;
        var all = new ArrayList<>(List.of(first));
        while (accept(operator)) all.add(part.get());
        return scope -> {
            Object value = null;
            for (Expression each : all) {
                value = each.value(scope);
                if (Values.isTrue(value) == deciding) return value;
            }
            return value;
        };
    }

    private Expression not() {
        if (!accept("not")) return comparison();
        Expression inner = within(this::not);
        return scope -> !Values.isTrue(inner.value(scope));
    }

    /** An operator and what stands on its right. */
    private record Right(String operator, Expression value) {}

    /** {@code a < b < c} is {@code a < b and b < c}. */
    private Expression comparison() {
        Expression first = sum();
        var rights = new ArrayList<Right>();
        while (COMPARISONS.contains(peek().text()) && peek().isOperator()) {
            String operator = next().text();
            if (operator.equals("not")) {
                expect("in");
                operator = "not in";
            }
            rights.add(new Right(operator, sum()));
        }
        if (rights.isEmpty()) return first;
        return scope -> {
            Object left = first.value(scope);
            for (Right right : rights) {
                Object value = right.value.value(scope);
                if (!holds(right.operator, left, value)) return false;
                left = value;
            }
            return true;
        };
    }

    private static boolean holds(String operator, Object a, Object b) {
        return switch (operator) {
            case "==" -> Values.equal(a, b);
            case "!=" -> !Values.equal(a, b);
            case "in" -> Values.contains(b, a);
            case "not in" -> !Values.contains(b, a);
            default -> Values.holds(operator, a, b);
        };
    }

    private Expression sum() { return chain(Set.of("+", "-"), this::joined); }

    private Expression joined() {
        Expression first = product();
        if (!peek().is("~")) return first;
        var all = new ArrayList<>(List.of(first));
        while (accept("~")) all.add(product());
        return scope -> {
            var out = new Output();
            for (Expression each : all) out.append(Values.text(each.value(scope)));
            return out.toString();
        };
    }

    private Expression product() { return chain(Set.of("*", "/", "//", "%"), this::power); }

    private Expression power() { return chain(Set.of("**"), () -> signed(true)); }

    private Expression chain(Set<String> operators, Supplier<Expression> part) {
        Expression first = part.get();
        if (!isSymbol(operators)) return first;
        var rights = new ArrayList<Right>();
        while (isSymbol(operators)) rights.add(new Right(next().text(), part.get()));
        return scope -> {
            Object value = first.value(scope);
            for (Right right : rights) value = Values.calculate(right.operator, value, right.value.value(scope));
            return value;
        };
    }

    private boolean isSymbol(Set<String> symbols) {
        return peek().kind() == Kind.SYMBOL && symbols.contains(peek().text());
    }

    private Expression signed(boolean filtered) {
        Expression value;
        if (accept("-")) {
            Expression inner = within(() -> signed(false));
            value = scope -> Numbers.negative(number("-", inner.value(scope)));
        } else if (accept("+")) {
            Expression inner = within(() -> signed(false));
            value = scope -> number("+", inner.value(scope));
        } else {
            value = parts(primary());
        }
        return filtered ? filtered(value) : value;
    }

    private static Object number(String sign, Object value) {
        if (value instanceof Boolean b) return b ? 1L : 0L;
        if (value instanceof Undefined u) throw u.used();
        if (Numbers.isNumber(value)) return value;
        throw new Wrong("expected a number after " + sign + ". Received " + Values.repr(value) + ".");
    }

    /** Attributes, items and calls. */
    final Expression parts(Expression of) {
        Expression value = of;
        int before = depth;
        while (true) {
            Expression base = value;
            if (accept(".")) {
                value = dot(base, next());
            } else if (accept("[")) {
                value = item(base);
            } else if (peek().is("(")) {
                value = new Call(base, arguments());
            } else {
                depth = before;
                return value;
            }
            deeper();
        }
    }

    private Expression dot(Expression base, Token name) {
        if (name.kind() == Kind.NAME) return scope -> Values.attribute(base.value(scope), name.text());
        if (name.kind() == Kind.LITERAL && name.value() instanceof Long place) {
            return scope -> Values.item(base.value(scope), place);
        }
        throw new Wrong("expected a name. Received " + name + ".").in(name.line());
    }

    private Expression item(Expression base) {
        Expression from = peek().is(":") ? null : tuple();
        if (accept("]")) return scope -> Values.item(base.value(scope), from.value(scope));
        expect(":");
        Expression to = peek().is(":") || peek().is("]") ? null : expression();
        Expression step = !accept(":") || peek().is("]") ? null : expression();
        expect("]");
        return scope -> Values.slice(base.value(scope), valueOf(from, scope), valueOf(to, scope),
                valueOf(step, scope));
    }

    private static Object valueOf(Expression expression, Scope scope) {
        return expression == null ? null : expression.value(scope);
    }

    /** What a call's arguments are when it is made. */
    interface ArgumentList {
        Arguments of(Scope scope);
    }

    /** A function that is called. */
    record Call(Expression function, ArgumentList arguments) implements Expression {
        @Override public Object value(Scope scope) { return value(scope, Map.of()); }

        /** With more arguments. */
        Object value(Scope scope, Map<String, Object> more) {
            Limits.step();
            return switch (function.value(scope)) {
                case Callable callable -> {
                    var given = arguments.of(scope);
                    given.named().putAll(more);
                    yield callable.call(given);
                }
                case Undefined u -> throw new Wrong("expected a function. Received none: " + u.name()
                        + " is undefined.");
                case null -> throw new Wrong("expected a function. Received None.");
                case Object other -> throw new Wrong("expected a function. Received " + Values.repr(other) + ".");
            };
        }
    }

    /** One more argument. */
    private interface Argument {
        void add(Scope scope, List<Object> positional, Map<String, Object> named);
    }

    private ArgumentList arguments() {
        expect("(");
        var all = new ArrayList<Argument>();
        while (!accept(")")) {
            all.add(argument());
            if (!peek().is(")")) expect(",");
        }
        return scope -> {
            var arguments = new Arguments(new ArrayList<>(), new LinkedHashMap<>());
            all.forEach(argument -> argument.add(scope, arguments.positional(), arguments.named()));
            return arguments;
        };
    }

    private Argument argument() {
        if (accept("*")) {
            Expression values = expression();
            return (scope, positional, _) -> positional.addAll(Values.list(values.value(scope)));
        }
        if (accept("**")) {
            Expression values = expression();
            return (scope, _, named) -> Filters.map("**", values.value(scope))
                    .forEach((key, value) -> put(named, Values.text(key), value));
        }
        if (peek().kind() == Kind.NAME && peekNext().is("=")) {
            String name = next().text();
            next();
            Expression value = expression();
            return (scope, _, named) -> put(named, name, value.value(scope));
        }
        Expression value = expression();
        return (scope, positional, _) -> positional.add(value.value(scope));
    }

    private static void put(Map<String, Object> named, String name, Object value) {
        if (named.containsKey(name)) throw new Wrong("expected each argument once. Received " + name + " twice.");
        named.put(name, value);
    }

    /** Filters and tests. */
    final Expression filtered(Expression of) {
        Expression value = of;
        int before = depth;
        while (true) {
            Expression base = value;
            if (accept("|")) {
                value = filter(base);
            } else if (accept("is")) {
                value = test(base);
            } else if (peek().is("(")) {
                value = new Call(base, arguments());
            } else {
                depth = before;
                return value;
            }
            deeper();
        }
    }

    final Expression filter(Expression base) {
        String filter = expect(Kind.NAME, "the name of a filter").text();
        ArgumentList arguments = peek().is("(") ? arguments() : _ -> Arguments.NONE;
        return scope -> Filters.apply(filter, base.value(scope), arguments.of(scope));
    }

    private Expression test(Expression base) {
        boolean negated = accept("not");
        String test = expect(Kind.NAME, "the name of a test").text();
        ArgumentList arguments = peek().is("(") ? arguments() : oneArgument();
        return scope -> Tests.holds(test, base.value(scope), arguments.of(scope)) != negated;
    }

    /** {@code is divisibleby 3}. */
    private ArgumentList oneArgument() {
        boolean there = peek().kind() == Kind.LITERAL || peek().is("[") || peek().is("{")
                || peek().kind() == Kind.NAME && !NO_ARGUMENT.contains(peek().text());
        if (!there) return _ -> Arguments.NONE;
        Expression argument = parts(primary());
        return scope -> new Arguments(Collections.singletonList(argument.value(scope)), Map.of());
    }

    private Expression primary() {
        Token token = next();
        if (token.kind() == Kind.LITERAL) return literal(token);
        if (token.kind() == Kind.NAME) {
            names.add(token.text());
            return switch (token.text()) {
                case "true", "True" -> _ -> true;
                case "false", "False" -> _ -> false;
                case "none", "None" -> _ -> null;
                default -> scope -> scope.get(token.text());
            };
        }
        if (token.is("(")) {
            Expression inner = peek().is(")") ? _ -> new Tuple(List.of()) : tuple();
            expect(")");
            return inner;
        }
        if (token.is("[")) return list(elements());
        if (token.is("{")) return dictionary();
        if (token.kind() != Kind.END) at--;
        throw unexpected("a value");
    }

    private Expression literal(Token token) {
        if (!(token.value() instanceof String first)) return _ -> token.value();
        var whole = new StringBuilder(first);
        while (peek().kind() == Kind.LITERAL && peek().value() instanceof String more) {
            whole.append(more);
            next();
        }
        String text = whole.toString();
        return _ -> text;
    }

    private List<Expression> elements() {
        var elements = new ArrayList<Expression>();
        while (!accept("]")) {
            elements.add(expression());
            if (!peek().is("]")) expect(",");
        }
        return elements;
    }

    private static Expression list(List<Expression> elements) { return scope -> values(elements, scope); }

    private static List<Object> values(List<Expression> elements, Scope scope) {
        Limits.list(elements.size());
        var values = new ArrayList<Object>();
        elements.forEach(element -> values.add(element.value(scope)));
        return values;
    }

    private Expression dictionary() {
        var entries = new LinkedHashMap<Expression, Expression>();
        while (!accept("}")) {
            Expression key = expression();
            expect(":");
            entries.put(key, expression());
            if (!peek().is("}")) expect(",");
        }
        return scope -> {
            Limits.list(entries.size());
            var map = new LinkedHashMap<Object, Object>();
            entries.forEach((key, value) -> Keys.put(map, key.value(scope), value.value(scope)));
            return map;
        };
    }
}
