package dev.merapi.recipe;

import java.util.List;
import java.util.function.Consumer;

/** A predictor that frees the job whose model it asks. */
record Owner(Predictor model, Job<?> job) implements Predictor {
    static Predictor of(Predictor model, Job<?> job) {
        return model instanceof Writer<?> writer ? new OfWriter<>(writer, job) : new Owner(model, job);
    }

    @Override public String predict(String input, int top) { return model.predict(input, top); }

    @Override public Object answer(String input, int top) { return model.answer(input, top); }

    @Override public void close() { job.close(); }

    private record OfWriter<G extends Record>(Writer<G> writer, Job<?> job) implements Writer<G> {
        @Override public G settings() { return writer.settings(); }

        @Override public String predict(String input, int top) { return writer.predict(input, top); }

        @Override public void write(String prompt, G settings, Consumer<String> out) {
            writer.write(prompt, settings, out);
        }

        @Override public boolean converses() { return writer.converses(); }

        @Override public void reply(List<String> messages, G settings, Consumer<String> out) {
            writer.reply(messages, settings, out);
        }

        @Override public void close() { job.close(); }
    }
}
