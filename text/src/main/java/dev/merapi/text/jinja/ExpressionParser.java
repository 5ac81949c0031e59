package dev.merapi.text.jinja;

import dev.merapi.text.jinja.Arguments.Callable;
import dev.merapi.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads expressions, in Jinja's order of operators from {@code if … else} down to names and literals. */
class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=", "in", "not");
    private static final Set<String> NO_ARGUMENT = Set.of("else", "or", "and", "is", "not", "in", "if");

    private final List<Token> tokens;
    private int at;

    ExpressionParser(List<Token> tokens) { this.tokens = tokens; }

    final Token peek() { return tokens.get(at); }

    final Token next() { return tokens.get(at++); }

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

    final Expression expression() {
        Expression value = or();
        while (accept("if")) {
            Expression chosen = value;
            Expression condition = or();
            Expression otherwise = accept("else") ? expression() : _ -> new Undefined("what has no else");
            value = scope -> (Values.isTrue(condition.value(scope)) ? chosen : otherwise).value(scope);
        }
        return value;
    }

    /** One expression, or several with commas: a tuple. */
    final Expression tuple() {
        Expression first = expression();
        if (!peek().is(",")) return first;
        var all = new ArrayList<>(List.of(first));
        while (accept(",") && beginsExpression()) all.add(expression());
        return list(all);
    }

    private boolean beginsExpression() { return peek().kind() != Kind.CLOSE && !peek().is(")"); }

    final Expression or() {
        Expression left = and();
        while (accept("or")) {
            Expression a = left;
            Expression b = and();
            left = scope -> {
                Object value = a.value(scope);
                return Values.isTrue(value) ? value : b.value(scope);
            };
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (accept("and")) {
            Expression a = left;
            Expression b = not();
            left = scope -> {
                Object value = a.value(scope);
                return Values.isTrue(value) ? b.value(scope) : value;
            };
        }
        return left;
    }

    private Expression not() {
        if (!accept("not")) return comparison();
        Expression inner = not();
        return scope -> !Values.isTrue(inner.value(scope));
    }

    /** {@code a < b < c} is {@code a < b and b < c}. */
    private Expression comparison() {
        Expression left = sum();
        Expression all = null;
        while (COMPARISONS.contains(peek().text())) {
            String operator = next().text();
            if (operator.equals("not")) {
                expect("in");
                operator = "not in";
            }
            String op = operator;
            Expression a = left;
            Expression b = sum();
            Expression before = all;
            all = scope -> (before == null || Values.isTrue(before.value(scope)))
                    && holds(op, a.value(scope), b.value(scope));
            left = b;
        }
        return all == null ? left : all;
    }

    private static boolean holds(String operator, Object a, Object b) {
        return switch (operator) {
            case "==" -> Values.equal(a, b);
            case "!=" -> !Values.equal(a, b);
            case "<" -> Values.compare(a, b) < 0;
            case "<=" -> Values.compare(a, b) <= 0;
            case ">" -> Values.compare(a, b) > 0;
            case ">=" -> Values.compare(a, b) >= 0;
            case "in" -> Values.contains(b, a);
            default -> !Values.contains(b, a);
        };
    }

    private Expression sum() {
        Expression left = joined();
        while (peek().is("+") || peek().is("-")) {
            String op = next().text();
            Expression a = left;
            Expression b = joined();
            left = op.equals("+") ? scope -> Values.add(a.value(scope), b.value(scope))
                    : scope -> Values.calculate("-", a.value(scope), b.value(scope));
        }
        return left;
    }

    private Expression joined() {
        Expression left = product();
        while (accept("~")) {
            Expression a = left;
            Expression b = product();
            left = scope -> Values.text(a.value(scope)) + Values.text(b.value(scope));
        }
        return left;
    }

    private Expression product() {
        Expression left = power();
        while (Set.of("*", "/", "//", "%").contains(peek().text())) {
            String op = next().text();
            Expression a = left;
            Expression b = power();
            left = scope -> Values.calculate(op, a.value(scope), b.value(scope));
        }
        return left;
    }

    private Expression power() {
        Expression left = signed(true);
        while (accept("**")) {
            Expression a = left;
            Expression b = signed(true);
            left = scope -> Values.calculate("**", a.value(scope), b.value(scope));
        }
        return left;
    }

    private Expression signed(boolean filtered) {
        Expression value;
        if (accept("-")) {
            Expression inner = signed(false);
            value = scope -> Values.calculate("*", -1L, inner.value(scope));
        } else if (accept("+")) {
            value = signed(false);
        } else {
            value = parts(primary());
        }
        return filtered ? filtered(value) : value;
    }

    /** Attributes, items and calls. */
    private Expression parts(Expression of) {
        Expression value = of;
        while (true) {
            Expression base = value;
            if (accept(".")) {
                Token name = next();
                value = name.kind() == Kind.LITERAL ? scope -> Values.item(base.value(scope), name.value())
                        : scope -> Values.attribute(base.value(scope), name.text());
            } else if (accept("[")) {
                value = item(base);
            } else if (peek().is("(")) {
                value = call(base);
            } else {
                return value;
            }
        }
    }

    private Expression item(Expression base) {
        Expression from = peek().is(":") ? null : expression();
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

    private Expression call(Expression function) {
        var arguments = arguments();
        return scope -> switch (function.value(scope)) {
            case Callable callable -> callable.call(arguments.of(scope));
            case Undefined u -> throw new Wrong("expected a function. Received none: " + u.name() + " is undefined.");
            case null, default -> throw new Wrong("expected a function. Received "
                    + Values.text(function.value(scope)) + ".");
        };
    }

    /** What a call's arguments are when it is made. */
    private interface ArgumentList {
        Arguments of(Scope scope);
    }

    private ArgumentList arguments() {
        var positional = new ArrayList<Expression>();
        var named = new LinkedHashMap<String, Expression>();
        expect("(");
        while (!accept(")")) {
            if (peek().kind() == Kind.NAME && tokens.get(at + 1).is("=")) {
                String name = next().text();
                next();
                named.put(name, expression());
            } else {
                positional.add(expression());
            }
            if (!peek().is(")")) expect(",");
        }
        return scope -> {
            var values = new ArrayList<Object>();
            positional.forEach(value -> values.add(value.value(scope)));
            var byName = new LinkedHashMap<String, Object>();
            named.forEach((name, value) -> byName.put(name, value.value(scope)));
            return new Arguments(values, byName);
        };
    }

    /** Filters and tests. */
    private Expression filtered(Expression of) {
        Expression value = of;
        while (true) {
            Expression base = value;
            if (accept("|")) {
                String filter = expect(Kind.NAME, "the name of a filter").text();
                ArgumentList arguments = peek().is("(") ? arguments() : _ -> Arguments.NONE;
                value = scope -> Filters.apply(filter, base.value(scope), arguments.of(scope));
            } else if (accept("is")) {
                value = test(base);
            } else if (peek().is("(")) {
                value = call(base);
            } else {
                return value;
            }
        }
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
        return scope -> new Arguments(List.of(argument.value(scope)), Map.of());
    }

    private Expression primary() {
        Token token = next();
        if (token.kind() == Kind.LITERAL) return literal(token);
        if (token.kind() == Kind.NAME) {
            return switch (token.text()) {
                case "true", "True" -> _ -> true;
                case "false", "False" -> _ -> false;
                case "none", "None" -> _ -> null;
                default -> scope -> Values.of(scope.get(token.text()));
            };
        }
        if (token.is("(")) {
            Expression inner = peek().is(")") ? list(List.of()) : tuple();
            expect(")");
            return inner;
        }
        if (token.is("[")) return list(elements());
        if (token.is("{")) return dictionary();
        at--;
        throw unexpected("a value");
    }

    private Expression literal(Token token) {
        Object value = token.value();
        while (value instanceof String text && peek().kind() == Kind.LITERAL) value = text + next().value();
        Object whole = value;
        return _ -> whole;
    }

    private List<Expression> elements() {
        var elements = new ArrayList<Expression>();
        while (!accept("]")) {
            elements.add(expression());
            if (!peek().is("]")) expect(",");
        }
        return elements;
    }

    private static Expression list(List<Expression> elements) {
        return scope -> {
            var values = new ArrayList<Object>();
            elements.forEach(element -> values.add(element.value(scope)));
            return values;
        };
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
            var map = new LinkedHashMap<Object, Object>();
            entries.forEach((key, value) -> map.put(key.value(scope), value.value(scope)));
            return map;
        };
    }
}
