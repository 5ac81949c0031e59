package dev.merapi.recipe;

import dev.merapi.nn.Layer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A predictor that frees the job whose model it asks. */
record Owner<I, O>(Predictor<I, O> asked, Job<?> job) implements Predictor<I, O> {
    static Predictor<?, ?> of(Predictor<?, ?> model, Job<?> job) {
        return model instanceof Writer<?> writer ? new OfWriter<>(writer, job) : new Owner<>(model, job);
    }

    @Override public Class<I> input() { return asked.input(); }

    @Override public Class<O> output() { return asked.output(); }

    @Override public List<O> predict(List<I> inputs) { return asked.predict(inputs); }

    @Override public I parse(String typed) { return asked.parse(typed); }

    @Override public String format(O answer) { return asked.format(answer); }

    @Override public Optional<GlassBox<I>> glassBox() { return asked.glassBox(); }

    @Override public Optional<Layer> network() { return asked.network(); }

    @Override public void close() { job.close(); }

    private record OfWriter<G extends Record>(Writer<G> writer, Job<?> job) implements Writer<G> {
        @Override public G settings() { return writer.settings(); }

        @Override public List<String> writeAll(List<String> prompts, G settings) {
            return writer.writeAll(prompts, settings);
        }

        @Override public void write(String prompt, G settings, Consumer<String> out) {
            writer.write(prompt, settings, out);
        }

        @Override public Optional<GlassBox<String>> glassBox() { return writer.glassBox(); }

        @Override public Optional<Layer> network() { return writer.network(); }

        @Override public boolean converses() { return writer.converses(); }

        @Override public void reply(List<String> messages, G settings, Consumer<String> out) {
            writer.reply(messages, settings, out);
        }

        @Override public void close() { job.close(); }
    }
}
