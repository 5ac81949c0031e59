package dev.merapi.recipe;

import dev.merapi.io.ModelFolder;
import dev.merapi.nn.Layer;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/**
 * A trained model as a function from inputs to answers, on the model's device.
 *
 * <pre>{@code
 * try (var model = Predictor.open(Path.of("runs/fashion")).as(Image.class, Classes.class)) {
 *     IO.println(model.predict(Image.read(Path.of("shoe.png"))).best());      // Ankle boot 98.1 %
 * }
 * }</pre>
 *
 * Several threads may ask at once, also while another trains the model, which goes on in training mode; what they hear
 * then is of weights between two steps. One that goes on with a text is a {@link Writer} too.
 *
 * @param <I> an input, such as a text or a picture
 * @param <O> the answer to one: a text, numbers, a record such as {@link Classes}
 */
public interface Predictor<I, O> extends AutoCloseable {
    /** The type of inputs. */
    Class<I> input();

    /** The type of answers. */
    Class<O> output();

    /**
     * The answer to each input, in order. They are computed together, in batches that the model takes; an answer does
     * not depend on its neighbours, save for last digits.
     *
     * @throws IllegalArgumentException if one of them is nothing that the model takes
     */
    List<O> predict(List<I> inputs);

    /** The answer to one input; throws as {@link #predict(List)}. */
    default O predict(I input) { return predict(List.of(input)).getFirst(); }

    /**
     * The input that a user means by a text, for the command: a text is itself, a picture the path of its file.
     *
     * @throws IllegalArgumentException if it is no such input
     */
    I parse(String typed);

    /** An answer in words, for the command; JSON is made of the answer itself. */
    default String format(O answer) { return answer.toString(); }

    /**
     * What the model makes of what a user types, in words; throws as {@link #parse} and {@link #predict(List)}.
     *
     * @param top how many answers, where there are several: the most probable first
     */
    default String ask(String typed, int top) { return format(Ranked.top(predict(parse(typed)), top)); }

    /** The model behind it, for those who look into it, such as explanations; empty where it can only be asked. */
    default Optional<GlassBox<I>> glassBox() { return Optional.empty(); }

    /** The layers that compute the answers, for those who change them; empty where there are none to be had. */
    default Optional<Layer> network() { return glassBox().map(GlassBox::model); }

    /**
     * This predictor, whose types are known from now on.
     *
     * @throws IllegalArgumentException naming its types, if they are others
     */
    @SuppressWarnings("unchecked") // both types are compared
    default <A, B> Predictor<A, B> as(Class<A> input, Class<B> output) {
        if (input == input() && output == output()) return (Predictor<A, B>) this;
        throw new IllegalArgumentException("Predictor: expected one from " + input.getSimpleName() + " to "
                + output.getSimpleName() + ". Received a model from " + input().getSimpleName() + " to "
                + output().getSimpleName() + ".");
    }

    /** Frees the model, if it is this predictor's own: {@link #open} gives such. Nobody may be asking it. */
    @Override default void close() { }

    /** {@link #open(Path, Device)} on the CPU. */
    static Predictor<?, ?> open(Path folder) { return open(folder, Device.CPU); }

    /**
     * The model in the folder of a run, in one that a module reads, such as Hugging Face's, or in a file. Closing it
     * frees all that was opened.
     *
     * @throws IllegalArgumentException if no module reads models of this kind
     * @throws UnsupportedOperationException if a run's recipe has no predictor
     */
    static Predictor<?, ?> open(Path folder, Device device) { return open(folder, device, Bits.NONE); }

    /**
     * As {@link #open(Path, Device)}, with weights of so many bits.
     *
     * @throws IllegalArgumentException also as {@link Bits#round}
     */
    static Predictor<?, ?> open(Path folder, Device device, Bits bits) {
        if (Setup.isRun(folder)) return Format.open(folder.toString(), bits, () -> Runs.predictor(folder, device));
        boolean file = Files.isRegularFile(folder);
        return ServiceLoader.load(Format.class).stream().map(ServiceLoader.Provider::get)
                .filter(format -> file ? format.readsFile(folder) : format.reads(folder)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(folder + ": expected the folder of a run, whose"
                        + " config.json has a line \"recipe\", or a model that a module of Merapi reads. Received "
                        + (file ? "a file of another kind." : "model_type "
                        + ModelFolder.config(folder).get("model_type") + ".")))
                .open(folder, device, bits);
    }

    /**
     * A kind of model folder. Field modules provide theirs in
     * {@code META-INF/services/dev.merapi.recipe.Predictor$Format}.
     */
    interface Format {
        /** Whether a folder with a {@code config.json} is of this kind. */
        boolean reads(Path folder);

        /** Whether a file is a model of this kind; none is, usually. */
        default boolean readsFile(Path file) { return false; }

        /** The model in the folder or file; closing it frees it. */
        Predictor<?, ?> open(Path folder, Device device);

        /**
         * The same with weights of so many bits; a format that can rounds them as they are read.
         *
         * @throws IllegalArgumentException also as {@link Bits#round}
         */
        default Predictor<?, ?> open(Path folder, Device device, Bits bits) {
            return open(folder.toString(), bits, () -> open(folder, device));
        }

        private static Predictor<?, ?> open(String name, Bits bits, Supplier<Predictor<?, ?>> opening) {
            Predictor<?, ?> model;
            try (var _ = Torch.on(Torch.device(), bits.type())) { // never as float32 in between
                model = opening.get();
            }
            try {
                bits.round(name, model);
                return model;
            } catch (RuntimeException e) {
                model.close();
                throw e;
            }
        }
    }
}
