package dev.merapi.compress.adapter;

import dev.merapi.nn.AdapterSwitch;
import dev.merapi.nn.Layer;
import java.nio.file.Path;
import java.util.Map;

/** Adapters in PEFT's files beside a model that others open, such as a server. */
public final class LoraSwitch implements AdapterSwitch.Maker {
    @Override public AdapterSwitch open(Layer model, Map<String, Path> folders) {
        var adapters = Adapters.of(model);
        folders.forEach(adapters::load);
        adapters.use();
        return new AdapterSwitch() {
            @Override public void use(String name) {
                if (name.isEmpty()) adapters.use();
                else adapters.use(name);
            }

            @Override public void close() { adapters.detach(); }
        };
    }
}
