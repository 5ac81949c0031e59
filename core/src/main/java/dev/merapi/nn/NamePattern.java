package dev.merapi.nn;

import dev.merapi.tensor.Expect;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Chooses parameters by their names, as users write it: {@code *} stands for any characters, dots among them, and the
 * rest for itself.
 *
 * <pre>{@code
 * model.freeze(NamePattern.of("conv1.*", "layer1.*"));            // all of these and what lies within
 * var slow = ParamGroup.of(model, NamePattern.of("layer2.*")).rate(0.1);
 * }</pre>
 */
public final class NamePattern {
    private NamePattern() {}

    /** Names that one of the patterns fits. */
    public static Predicate<String> of(String... patterns) {
        String any = List.of(patterns).stream()
                .map(pattern -> List.of(pattern.split("\\*", -1)).stream().map(Pattern::quote)
                        .collect(Collectors.joining(".*")))
                .collect(Collectors.joining("|"));
        return patterns.length == 0 ? _ -> false : Pattern.compile(any).asMatchPredicate();
    }

    /**
     * As {@link #of}, but none may be in vain.
     *
     * @param where names the patterns in the message
     * @throws IllegalArgumentException for a pattern that fits no parameter of the layer, naming some there are
     */
    public static Predicate<String> of(String where, List<String> patterns, Layer layer) {
        var names = layer.params().keySet();
        for (String pattern : patterns) {
            Expect.that(names.stream().anyMatch(of(pattern)), where, "patterns of names of parameters, such as "
                    + names.stream().sorted().limit(1).findFirst().orElse("") + " or "
                    + names.stream().sorted().limit(1).findFirst().orElse("").replaceFirst("[.].*", "") + ".*",
                    pattern);
        }
        return of(patterns.toArray(String[]::new));
    }
}
