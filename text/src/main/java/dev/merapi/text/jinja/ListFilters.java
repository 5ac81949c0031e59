package dev.merapi.text.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** Filters of lists and dictionaries. */
final class ListFilters {
    private ListFilters() {}

    static void addTo(Table<Object> table) {
        table.add("batch(linecount, fill_with?)", (v, a) -> Lazy.of(batch(v, a).stream()))
                .add("count()", (v, _) -> Values.length(v))
                .add("dictsort(case_sensitive?, by?, reverse?)", ListFilters::sortEntries)
                .add("first()", (v, _) -> first(v))
                .add("groupby(attribute, default?, case_sensitive?)", ListFilters::groups)
                .add("items()", (v, _) -> v instanceof Undefined ? List.of()
                        : Lazy.of(View.items(Filters.map("items", v)).elements().stream()))
                .add("join(d?, attribute?)", (v, a) -> Texts.join(
                        Values.list(v).stream().map(key(a, true)).toList(), Values.text(a.get("d", ""))))
                .add("last()", (v, _) -> last(v))
                .add("length()", (v, _) -> Values.length(v))
                .add("list()", (v, _) -> new ArrayList<>(Values.list(v)))
                .add("map(*, **)", ListFilters::mapped)
                .add("max(case_sensitive?, attribute?)", (v, a) -> most(v, Collections.reverseOrder(order(a))))
                .add("min(case_sensitive?, attribute?)", (v, a) -> most(v, order(a)))
                .add("reject(*, **)", (v, a) -> kept(v, test(a).negate()))
                .add("rejectattr(*, **)", (v, a) -> kept(v, attributeTest(a).negate()))
                .add("reverse()", (v, _) -> v instanceof String s ? Values.slice(s, null, null, -1L)
                        : Lazy.of(new ArrayList<>(Values.list(v)).reversed().stream()))
                .add("select(*, **)", (v, a) -> kept(v, test(a)))
                .add("selectattr(*, **)", (v, a) -> kept(v, attributeTest(a)))
                .add("slice(slices, fill_with?)", (v, a) -> Lazy.of(slices(v, a).stream()))
                .add("sort(reverse?, case_sensitive?, attribute?)", ListFilters::sorted)
                .add("sum(attribute?, start?)", ListFilters::sum)
                .add("unique(case_sensitive?, attribute?)", (v, a) -> {
                    var seen = new HashSet<Object>();
                    return Lazy.of(Values.list(v).stream().filter(e -> seen.add(Keys.of(key(a).apply(e)))));
                });
    }

    /** What {@code attribute} says of an element; texts in small letters unless their case matters. */
    private static Function<Object, Object> key(Arguments a) { return key(a, a.flag("case_sensitive")); }

    private static Function<Object, Object> key(Arguments a, boolean exact) {
        Object attribute = a.get("attribute");
        Object otherwise = a.get("default");
        return element -> {
            Object key = attribute == null ? element : path(element, attribute, otherwise);
            return !exact && key instanceof String s ? Texts.lower(s) : key;
        };
    }

    /** {@code function.name}: attributes of attributes. */
    private static Object path(Object value, Object path, Object otherwise) {
        Object found = value;
        for (Object part : path instanceof String s ? Texts.split(s, ".", -1) : Collections.singletonList(path)) {
            boolean isPlace = part instanceof String s && !s.isEmpty() && s.length() < 18
                    && s.chars().allMatch(c -> c >= '0' && c <= '9');
            found = Values.item(found, isPlace ? (Object) Long.valueOf((String) part) : part);
            if (found instanceof Undefined && otherwise != null) found = otherwise;
        }
        return found;
    }

    private static Comparator<Object> order(Arguments a) {
        var key = key(a);
        return (x, y) -> Values.compare(key.apply(x), key.apply(y));
    }

    private static Object most(Object value, Comparator<Object> order) {
        Object most = new Undefined("the least or most of nothing");
        for (Object element : Values.list(value)) {
            if (most instanceof Undefined || order.compare(element, most) < 0) most = element;
        }
        return most;
    }

    private static Object first(Object value) {
        var all = value instanceof Lazy lazy ? lazy.elements() : Values.list(value).iterator();
        return all.hasNext() ? all.next() : new Undefined("the first element");
    }

    private static Object last(Object value) {
        if (value instanceof Lazy) throw new Wrong("last: expected a list. Received what a filter gave: add | list.");
        var all = Values.list(value);
        return all.isEmpty() ? new Undefined("the last element") : all.getLast();
    }

    /** By one attribute, or by several with commas. */
    private static List<Object> sorted(Object value, Arguments a) {
        Comparator<Object> order = order(a);
        if (a.get("attribute") instanceof String attributes && attributes.contains(",")) {
            var keys = Texts.split(attributes, ",", -1);
            Function<Object, Object> key = e -> new Tuple(keys.stream()
                    .map(k -> key(new Arguments(List.of(), Map.of("attribute", k)), a.flag("case_sensitive")).apply(e))
                    .toList());
            order = (x, y) -> Values.compare(key.apply(x), key.apply(y));
        }
        var sorted = new ArrayList<>(Values.list(value));
        sorted.sort(a.flag("reverse") ? Collections.reverseOrder(order) : order);
        return sorted;
    }

    private static List<Object> sortEntries(Object value, Arguments a) {
        String by = Values.text(a.get("by", "key"));
        if (!by.equals("key") && !by.equals("value")) {
            throw new Wrong("dictsort: expected by='key' or by='value'. Received " + by + ".");
        }
        var place = Map.<String, Object>of("attribute", by.equals("key") ? 0L : 1L);
        var key = key(new Arguments(List.of(), place), a.flag("case_sensitive"));
        Comparator<Object> order = (x, y) -> Values.compare(key.apply(x), key.apply(y));
        var entries = new ArrayList<>(View.items(Filters.map("dictsort", value)).elements());
        entries.sort(a.flag("reverse") ? Collections.reverseOrder(order) : order);
        return entries;
    }

    private static List<Object> groups(Object value, Arguments a) {
        var key = key(a);
        var sorted = new ArrayList<>(Values.list(value));
        sorted.sort(order(a));
        var groups = new ArrayList<Object>();
        for (int from = 0; from < sorted.size(); ) {
            int to = from + 1;
            while (to < sorted.size() && Values.equal(key.apply(sorted.get(from)), key.apply(sorted.get(to)))) to++;
            groups.add(new Tuple(Arrays.asList(key(a, true).apply(sorted.get(from)),
                    new ArrayList<>(sorted.subList(from, to))), List.of("grouper", "list")));
            from = to;
        }
        return groups;
    }

    private static List<Object> batch(Object value, Arguments a) {
        long size = a.whole("linecount", 0);
        var batches = new ArrayList<Object>();
        List<Object> batch = new ArrayList<>();
        for (Object element : Values.list(value)) {
            if (batch.size() == size) {
                batches.add(batch);
                batch = new ArrayList<>();
            }
            batch.add(element);
        }
        if (!batch.isEmpty()) batches.add(filled(batch, size, a));
        return batches;
    }

    private static List<Object> filled(List<Object> list, long size, Arguments a) {
        if (a.get("fill_with") == null) return list;
        Limits.list(Math.max(0, size));
        while (list.size() < size) list.add(a.get("fill_with"));
        return list;
    }

    private static List<Object> slices(Object value, Arguments a) {
        var all = Values.list(value);
        long count = a.whole("slices", 0);
        if (count < 1) throw new Wrong("slice: expected at least 1 slice. Received " + count + ".");
        Limits.list(count);
        long size = all.size() / count;
        long longer = all.size() % count;
        var slices = new ArrayList<Object>();
        int from = 0;
        for (long i = 0; i < count; i++) {
            int to = (int) (from + size + (i < longer ? 1 : 0));
            List<Object> slice = new ArrayList<>(all.subList(from, to));
            slices.add(i < longer ? slice : filled(slice, size + 1, a));
            from = to;
        }
        return slices;
    }

    private static Object sum(Object value, Arguments a) {
        var key = key(a, true);
        Object sum = a.get("start", 0L);
        if (sum instanceof String) throw new Wrong("sum: expected numbers or lists. Received a text: use join.");
        for (Object element : Values.list(value)) sum = Values.calculate("+", sum, key.apply(element));
        return sum;
    }

    private static Lazy mapped(Object value, Arguments a) {
        if (!a.positional().isEmpty()) {
            String filter = Values.text(a.positional().getFirst());
            return Lazy.mapped(value, element -> Filters.apply(filter, element, a.rest()));
        }
        var named = Signature.of("map(attribute, default?)").bind(a);
        return Lazy.mapped(value, element -> key(named, true).apply(element));
    }

    private static Lazy kept(Object value, Predicate<Object> condition) {
        return Lazy.of(Values.list(value).stream().filter(condition));
    }

    /** Of an element. */
    private static Predicate<Object> test(Arguments a) {
        if (a.positional().isEmpty()) return Values::isTrue;
        String test = Values.text(a.positional().getFirst());
        return element -> Tests.holds(test, element, a.rest());
    }

    /** Of an attribute of an element. */
    private static Predicate<Object> attributeTest(Arguments a) {
        if (a.positional().isEmpty()) throw new Wrong("expected the name of an attribute. Received none.");
        var test = test(a.rest());
        return element -> test.test(path(element, a.positional().getFirst(), null));
    }
}
