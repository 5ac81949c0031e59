package dev.merapi.cli;

import dev.merapi.io.ModelFolder;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Writer;
import dev.merapi.tensor.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A model for tests that writes what it read. */
public final class Parrot implements Predictor.Format, Writer<Parrot.Settings> {
    private boolean mute;

    public record Settings(int times) {}

    @Override public boolean reads(Path folder) {
        return "parrot".equals(ModelFolder.config(folder).get("model_type"));
    }

    @Override public Predictor<?, ?> open(Path folder, Device device) {
        mute = ModelFolder.config(folder).containsKey("mute");
        return this;
    }

    @Override public Settings settings() { return new Settings(2); }

    @Override public void write(String prompt, Settings settings, Consumer<String> out) {
        if (prompt.equals("hawk")) throw new IllegalArgumentException("expected no hawk.");
        for (int i = 0; i < settings.times; i++) out.accept(prompt.replace("\\n", "\n"));
    }

    @Override public boolean converses() { return !mute; }

    @Override public void reply(List<String> messages, Settings settings, Consumer<String> out) {
        out.accept(messages.size() + " said " + messages.getLast());
    }
}
