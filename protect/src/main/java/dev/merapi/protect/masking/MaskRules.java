package dev.merapi.protect.masking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.merapi.io.FileErrors;
import dev.merapi.io.JsonErrors;
import dev.merapi.tensor.Expect;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What is looked for, and how it is masked.
 *
 * <pre>
 * way: type                       # for all; the default
 * ways:
 *   card: {keep_last: 4}
 *   date: {shift_days: 90}
 *   email: hash
 * types: [email, phone, card, iban, ip, resident_id, passport, date, address, name]
 * countries: [US, GB, DE, FR, CN] # whose phone numbers are known without +
 * person: patient                 # the column that dates are shifted by
 * columns:                        # of tables; others are searched through
 *   customer: name                # the whole value is one
 *   age: {type: age, band: 10}
 *   id: keep
 * rules:                          # your own
 *   - {name: badge, pattern: 'B-\d{4}', near: [badge, staff]}
 * allow: [info@example.com]       # never masked
 * </pre>
 *
 * @param way for types of which nothing else is said
 * @param ways by type
 * @param types that are looked for
 * @param countries of ISO 3166 whose telephone numbers are known without a country code
 * @param dayFirst whether 01/02/2024 is in February
 * @param person the column by whose values dates are shifted; empty for the file's name
 * @param columns of tables, by their names
 * @param rules of the user's own
 * @param allow what is never masked
 */
public record MaskRules(Way way, Map<String, Way> ways, List<String> types, List<String> countries, boolean dayFirst,
        String person, Map<String, ColumnRule> columns, List<Rule> rules, Set<String> allow) {
    /** The types that are known, those first that win where two meet. */
    public static final List<String> TYPES = List.of("email", "iban", "resident_id", "card", "ip", "date", "passport",
            "phone", "address", "name");

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Set<String> KEYS = Set.of("way", "ways", "types", "countries", "day_first", "perso"
            + "n", "columns",
            "rules", "allow");

    /** All types, replaced by their names. */
    public static final MaskRules DEFAULT = of(Map.of(), "rules");

    /**
     * A column of a table.
     *
     * @param type of its values; null where they are searched through, as texts are
     * @param way null for the type's
     */
    public record ColumnRule(String type, Way way) {}

    /**
     * A type of the user's own.
     *
     * @param name its type
     * @param pattern a regular expression; what its group 1 matches is masked, or all if it has none
     * @param near words of which one must stand shortly before; empty for none
     * @param way null for the type's
     */
    public record Rule(String name, String pattern, List<String> near, Way way) {
        Recogniser recogniser() {
            return PatternRecogniser.of(name, pattern, _ -> true)
                    .near(Set.copyOf(near.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList()));
        }
    }

    public MaskRules {
        ways = Map.copyOf(ways);
        types = List.copyOf(types);
        countries = List.copyOf(countries);
        columns = Map.copyOf(columns);
        rules = List.copyOf(rules);
        allow = Set.copyOf(allow);
        for (String type : types) {
            Expect.that(TYPES.contains(type), "types", "some of " + TYPES + "; types of your own are made by"
                    + " rules", type);
        }
    }

    /** The same with another way for types of which nothing is said. */
    public MaskRules way(Way other) {
        return new MaskRules(other, ways, types, countries, dayFirst, person, columns, rules, allow);
    }

    /** How a type is masked. */
    public Way wayOf(String type) { return ways.getOrDefault(type, way); }

    /** Whether something is encrypted, so that a key is needed that lasts. */
    boolean encrypts() {
        return way instanceof Way.Encrypt || ways.values().stream().anyMatch(Way.Encrypt.class::isInstance)
                || columns.values().stream().anyMatch(column -> column.way instanceof Way.Encrypt);
    }

    /**
     * The rules in a YAML file.
     *
     * @throws IllegalArgumentException with the file, if they are none
     */
    public static MaskRules read(Path file) {
        try {
            var tree = YAML.readValue(file.toFile(), Object.class);
            if (!(tree instanceof Map<?, ?> map)) throw Expect.error(file + "", "rules as key: value lines", "others");
            return of(map, file.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ":" + (e.getLocation() == null ? 1 : e.getLocation().getLineNr())
                    + ": expected YAML. Received: " + JsonErrors.reason(e).lines().findFirst().orElse("") + ".", e);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    private static MaskRules of(Map<?, ?> map, String where) {
        for (Object key : map.keySet()) Expect.that(KEYS.contains(key), where, "keys of " + KEYS, key);
        try {
            var ways = new LinkedHashMap<String, Way>();
            map(map.get("ways"), "ways").forEach((type, way) -> ways.put(type.toString(), Way.of(way)));
            var columns = new LinkedHashMap<String, ColumnRule>();
            map(map.get("columns"), "columns").forEach((name, rule) -> columns.put(name.toString(), column(rule)));
            var rules = new ArrayList<Rule>();
            for (Object rule : list(map.get("rules"), "rules")) {
                var one = rule(map(rule, "rules"));
                rules.add(one);
                if (one.way != null) ways.put(one.name, one.way);
            }
            var countries = map.containsKey("countries") ? texts(map.get("countries"), "countries")
                    : List.of("US", "GB", "DE", "FR", "CN");
            return new MaskRules(map.containsKey("way") ? Way.of(map.get("way")) : new Way.ByType(), ways,
                    map.containsKey("types") ? texts(map.get("types"), "types") : TYPES, countries,
                    Boolean.parseBoolean(String.valueOf(map.containsKey("day_first") ? map.get("day_first") : true)),
                    map.containsKey("person") ? map.get("person").toString() : "", columns, rules,
                    Set.copyOf(texts(map.get("allow"), "allow")));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    private static ColumnRule column(Object rule) {
        if (rule instanceof Map<?, ?> map) {
            Expect.that(map.containsKey("type") && map.size() == 2, "columns",
                    "{type: …} and a way, such as {type: age, band: 10}", map.keySet());
            var way = new LinkedHashMap<Object, Object>(map);
            way.remove("type");
            var named = way.containsKey("way") ? way.get("way") : way;
            return new ColumnRule(map.get("type").toString(), Way.of(named));
        }
        String type = String.valueOf(rule);
        return switch (type) {
            case "keep" -> new ColumnRule("", new Way.Keep());
            case "text" -> new ColumnRule(null, null);
            default -> new ColumnRule(type, null);
        };
    }

    private static Rule rule(Map<?, ?> map) {
        Expect.that(map.get("name") != null && map.get("pattern") != null, "rules", "a name and a pattern",
                map.keySet());
        var rule = new Rule(map.get("name").toString(), map.get("pattern").toString(), texts(map.get("near"), "near"),
                map.containsKey("way") ? Way.of(map.get("way")) : null);
        rule.recogniser(); // a pattern that is none is refused here
        return rule;
    }

    private static Map<?, ?> map(Object value, String where) {
        if (value == null) return Map.of();
        if (value instanceof Map<?, ?> map) return map;
        throw Expect.error(where, "key: value lines", value);
    }

    private static List<?> list(Object value, String where) {
        if (value == null) return List.of();
        if (value instanceof List<?> list) return list;
        throw Expect.error(where, "a list, as [a, b]", value);
    }

    private static List<String> texts(Object value, String where) {
        return list(value, where).stream().map(String::valueOf).toList();
    }
}
