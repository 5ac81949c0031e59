package dev.merapi.compress.prune;

import dev.merapi.nn.Change;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Expect;
import java.util.Map;

/** Makes layers as small in a new model as they were in the pruned one that was saved; see {@link Change}. */
public final class PrunedKind implements Change.Kind {
    static final String NAME = "pruned";

    @Override public String name() { return NAME; }

    @Override public Layer make(Layer layer, Map<String, Object> settings) {
        var channels = ChannelLayer.of("", layer);
        Expect.that(channels != null, "Change " + NAME, "a layer with channels", "a "
                + layer.getClass().getSimpleName());
        int in = size(settings, "in", channels.in()), out = size(settings, "out", channels.out());
        return Resizing.make(layer, in, out, size(settings, "groups", Integer.MAX_VALUE));
    }

    private static int size(Map<String, Object> settings, String key, int most) {
        if (settings.get(key) instanceof Integer size && size <= most && size >= (most == 0 ? 0 : 1)) return size;
        throw Expect.error("Change " + NAME + "." + key, "a number from 1 to " + most, settings.get(key));
    }
}
