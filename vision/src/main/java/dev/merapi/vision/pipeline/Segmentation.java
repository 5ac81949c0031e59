package dev.merapi.vision.pipeline;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.merapi.vision.LabelMask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What each pixel of a picture shows.
 *
 * @param mask of the picture's size
 * @param shares of the picture that classes take, the largest first; classes that take none are left out
 */
public record Segmentation(@JsonIgnore LabelMask mask, List<Share> shares) {
    /** The part of a picture that a class takes, 0 to 1. */
    public record Share(String label, double area) {
        /** Such as {@code dog 23.0 %}. */
        @Override public String toString() { return "%s %.1f %%".formatted(label, 100 * area); }
    }

    public Segmentation { shares = List.copyOf(shares); }

    static Segmentation of(LabelMask mask, List<String> labels) {
        var counts = new int[256];
        for (byte label : mask.classes()) counts[label & 0xFF]++;
        var shares = new ArrayList<Share>();
        for (int i = 0; i < labels.size(); i++) {
            if (counts[i] > 0) shares.add(new Share(labels.get(i), (double) counts[i] / mask.classes().length));
        }
        shares.sort(Comparator.comparingDouble(Share::area).reversed());
        return new Segmentation(mask, shares);
    }

    /** Such as {@code background 77.0 %, dog 23.0 %}. */
    @Override public String toString() {
        return shares.stream().map(Share::toString).collect(Collectors.joining(", "));
    }
}
