package dev.merapi.vision.pipeline;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.merapi.recipe.Ranked;
import java.util.List;
import java.util.stream.Collectors;

/** The things that were found in a picture, the surest first; none, perhaps. */
public record Detections(@JsonValue List<Detection> all) implements Ranked<Detections> {
    public Detections { all = List.copyOf(all); }

    @Override public Detections top(int n) { return new Detections(all.stream().limit(n).toList()); }

    /** Such as {@code dog 92.1 % at (12, 30, 100, 84), cat 71.0 % at (1, 2, 30, 40)}. */
    @Override public String toString() {
        return all.isEmpty() ? "nothing" : all.stream().map(Detection::toString).collect(Collectors.joining(", "));
    }
}
