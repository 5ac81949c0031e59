package dev.merapi.compress.prune;

import java.util.List;
import java.util.Map;

/**
 * Channels that can go only together: those of a residual path in all layers that add to it, a channel and its norm, a
 * head of attention.
 *
 * @param outputs of each layer the output channels
 * @param inputs of each layer the input channels
 */
public record ChannelGroup(Map<String, List<Integer>> outputs, Map<String, List<Integer>> inputs) {
    /** Groups of one family have their channels in the same layers: of these some stay and some go. */
    String family() { return names(outputs) + " " + names(inputs); }

    private static String names(Map<String, List<Integer>> layers) {
        return layers.keySet().stream().sorted().toList().toString();
    }
}
