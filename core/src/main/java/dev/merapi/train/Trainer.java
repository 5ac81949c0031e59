package dev.merapi.train;

import dev.merapi.data.BatchSource;
import dev.merapi.metric.Metric;
import dev.merapi.nn.Layer;
import dev.merapi.optim.Optimizer;
import dev.merapi.optim.ReduceOnPlateau;
import dev.merapi.optim.Schedule;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Guard;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Trains a task's model: the usual loop with evaluation, checkpoints and listeners.
 *
 * <pre>{@code
 * var trainer = Trainer.of(Classification.of(model, 10))
 *         .optimizer(m -> new Adam(m, 1e-3)).epochs(10).clipNorm(1)
 *         .folder(Path.of("runs/mnist")).listen(new Progress());
 * var run = trainer.fit(train, test);
 * IO.println(run.best("accuracy"));
 * }</pre>
 *
 * Settings are made before {@link #fit} and stay for the next one. A trainer is used by one thread; {@link #stop} may
 * come from any. An interrupt of the training thread ends a fit as {@link #stop} does, and is still set afterwards.
 *
 * <p>A model in evaluation is switched to training. In one that trains, parts in evaluation stay in it: a batch norm
 * after {@code norm.eval()}, say, keeps its running statistics and uses them.
 *
 * <p>With a {@link #folder}, training leaves there {@code model.safetensors} (the best weights so far), {@code
 * config.json}, {@code metrics.jsonl} and {@code checkpoints/}; Ctrl-C then finishes the step, writes a checkpoint and
 * ends the process, and {@link #resume} goes on as if nothing had happened: on the CPU, to bit-identical weights.
 *
 * @param <B> the task's batches
 */
public final class Trainer<B> {
    private static final int GPU_READ_EVERY = 10; // as often as the logs of steps are written

    Task<B> task;
    final List<Metric<?, ?>> metrics;
    final Map<String, Function<Layer, Optimizer>> optimizers = new LinkedHashMap<>();
    LongFunction<Schedule> schedule = _ -> Schedule.constant();
    String plateauMetric;
    ReduceOnPlateau.Options plateau;
    boolean scheduleNeedsSteps;
    int epochs = 1;
    long steps; // 0: as many as the epochs have
    long evaluateEvery; // 0: after each pass
    double clipNorm = Double.POSITIVE_INFINITY;
    int accumulate = 1;
    DType precision = DType.FLOAT32;
    Device device;
    Strategy strategy = Strategy.SINGLE;
    int readEvery; // steps; 0: by the device
    Long seed;
    double ema;
    String monitor;
    int patience = Integer.MAX_VALUE;
    Path folder;
    Consumer<Path> more;
    Map<String, ?> config = Map.of();
    Remembered remembered; // null: nothing
    int keepLast = 2;
    long checkpointSteps = Long.MAX_VALUE;
    boolean resume;
    final List<Listener> listeners = new ArrayList<>();
    volatile boolean stopRequested;
    private final AtomicBoolean fitting = new AtomicBoolean();

    private Trainer(Task<B> task) {
        this.task = task;
        this.metrics = new ArrayList<>(task.metrics());
    }

    /** A trainer with the settings that each method below names as its default. */
    public static <B> Trainer<B> of(Task<B> task) { return new Trainer<>(task); }

    /** What is trained. */
    public Task<B> task() { return task; }

    /**
     * Trains the same model by another task from now on, such as one with a teacher beside it. What is measured stays.
     *
     * @throws IllegalArgumentException if it is a task for another model
     */
    public Trainer<B> task(Task<B> other) {
        Expect.that(other.model() == task.model(), "Trainer.task", "a task for the model of this trainer",
                "one for another " + other.model().getClass().getSimpleName());
        task = other;
        return this;
    }

    /** Measures more than the task's own metrics say. */
    public Trainer<B> measure(Metric<?, ?>... more) {
        metrics.addAll(List.of(more));
        return this;
    }

    /** Makes the optimizer for the task's model when a fit begins, such as {@code m -> new Adam(m, 1e-3)}. */
    public Trainer<B> optimizer(Function<Layer, Optimizer> optimizer) {
        optimizers.put(Optimizers.MAIN, optimizer);
        return this;
    }

    /** One of several optimizers, each of weights of its own, for a task that has its own {@link Task#step}. */
    public Trainer<B> optimizer(String name, Function<Layer, Optimizer> optimizer) {
        if (!name.matches("[A-Za-z0-9_-]+")) {
            throw Expect.error("Trainer.optimizer", "a name of letters, digits, _ and -", '"' + name + '"');
        }
        optimizers.put(name, optimizer);
        return this;
    }

    /** What stands between the gradients and the weights; one process for itself if not set. */
    public Trainer<B> strategy(Strategy strategy) {
        this.strategy = strategy;
        return this;
    }

    /** Multiplies the optimizer's learning rate by a factor of the step. */
    public Trainer<B> schedule(Schedule schedule) {
        this.schedule = _ -> schedule;
        this.scheduleNeedsSteps = false;
        return this;
    }

    /** A schedule that needs the number of steps in the whole run, such as {@code n -> Schedule.cosine(n)}. */
    public Trainer<B> scheduleOver(LongFunction<Schedule> schedule) {
        this.schedule = schedule;
        this.scheduleNeedsSteps = true;
        return this;
    }

    /** Lowers the learning rate when {@code metric}, named as for {@link #earlyStopping}, has stopped improving. */
    public Trainer<B> reduceOnPlateau(String metric, ReduceOnPlateau.Options options) {
        this.plateauMetric = metric;
        this.plateau = options;
        return this;
    }

    /** Passes over the training set; 1 if not set. */
    public Trainer<B> epochs(int epochs) {
        Expect.atLeast("Trainer.epochs", 1, epochs);
        this.epochs = epochs;
        return this;
    }

    /**
     * Trains for so many optimizer steps instead of {@link #epochs}: over as many passes as that takes, or a part of
     * one that has no end.
     */
    public Trainer<B> steps(long steps) {
        Expect.atLeast("Trainer.steps", 1, steps);
        this.steps = steps;
        return this;
    }

    /**
     * Evaluates after every so many optimizer steps, and in the end, instead of after each pass. What lies between is
     * then an epoch: to listeners, early stopping, {@link #reduceOnPlateau} and in what is kept.
     */
    public Trainer<B> evaluateEvery(long steps) {
        Expect.atLeast("Trainer.evaluateEvery", 1, steps);
        this.evaluateEvery = steps;
        return this;
    }

    /** Scales the gradients of a step down to this norm where theirs is larger. */
    public Trainer<B> clipNorm(double max) {
        Expect.that(max > 0, "Trainer.clipNorm", "more than 0", max);
        this.clipNorm = max;
        return this;
    }

    /**
     * Takes one optimizer step for every {@code batches} batches. Its gradient is that of the one big batch, also where
     * batches hold different numbers of targets; layers that look at the whole batch, such as BatchNorm, see the parts.
     */
    public Trainer<B> accumulate(int batches) {
        Expect.atLeast("Trainer.accumulate", 1, batches);
        this.accumulate = batches;
        return this;
    }

    /**
     * The type of most computations: float32, or mixed precision with bfloat16 or float16 (whose loss is scaled so that
     * small gradients do not vanish). Weights stay float32. On a CPU
     * with AVX-512 BF16, bfloat16 is faster than float32, on one that does not multiply it slower.
     */
    public Trainer<B> precision(DType type) {
        if (!List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16).contains(type)) {
            throw Expect.error("Trainer.precision", "float32, bfloat16 or float16", type);
        }
        this.precision = type;
        return this;
    }

    /**
     * Where to train: the model and every batch are moved there. If not set, where the model is.
     *
     * @throws IllegalArgumentException if there is no such device
     */
    public Trainer<B> device(Device device) {
        this.device = device.expectThere();
        return this;
    }

    /**
     * Reads losses and gradient norms from the device after every so many steps: a GPU then works on while the next
     * steps are prepared. Listeners hear of all these steps at once, of the same numbers; a NaN is found up to so many
     * steps later, and never saved. If not set, 1 on the CPU and 10 on a GPU.
     */
    public Trainer<B> readEvery(int steps) {
        Expect.atLeast("Trainer.readEvery", 1, steps);
        this.readEvery = steps;
        return this;
    }

    /**
     * Seeds dropout and all else that is random in a fit. Initial weights and loaders have seeds of their own. Only one
     * fit at a time repeats its dropout: {@link Torch#seed} is for the whole process.
     */
    public Trainer<B> seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * Keeps an exponential moving average of the weights ({@link dev.merapi.optim.Ema}), which is evaluated, and which
     * the model holds in the end.
     */
    public Trainer<B> ema(double decay) {
        Expect.that(decay > 0 && decay < 1, "Trainer.ema", "a decay between 0 and 1, such as 0.999", decay);
        this.ema = decay;
        return this;
    }

    /**
     * Ends the fit when {@code metric} has not improved for {@code patience} epochs. Whether it came to that or not,
     * the model holds the best epoch's weights after a fit that was not stopped otherwise.
     *
     * @param metric {@code loss} or a metric of the task, both on the test set, or {@code train_loss}
     */
    public Trainer<B> earlyStopping(String metric, int patience) {
        Expect.atLeast("Trainer.earlyStopping.patience", 1, patience);
        this.monitor = metric;
        this.patience = patience;
        return this;
    }

    /** Leaves all that a run makes in a folder, with a checkpoint after each epoch. */
    public Trainer<B> folder(Path folder) { return folder(folder, _ -> { }); }

    /**
     * As {@link #folder(Path)}, with what the model needs beside its weights, such as a tokenizer.
     *
     * @param more writes that into the folder when a run begins, after all that may refuse it
     */
    public Trainer<B> folder(Path folder, Consumer<Path> more) {
        this.folder = folder;
        this.more = more;
        return this;
    }

    /** What made this run, for {@code config.json} and the metadata of {@code model.safetensors}. */
    public Trainer<B> config(Map<String, ?> config) {
        this.config = config;
        return this;
    }

    /** {@link #folder(Path)}, and how many of the newest checkpoints to keep; 2 if not set. */
    public Trainer<B> checkpoints(Path folder, int keepLast) {
        Expect.atLeast("Trainer.checkpoints", 1, keepLast);
        this.keepLast = keepLast;
        return folder(folder);
    }

    /** Keeps something more in each checkpoint, for a training by one process. */
    public Trainer<B> remember(Remembered what) {
        this.remembered = what;
        return this;
    }

    /** Writes a checkpoint every so many optimizer steps too, not only after each epoch. */
    public Trainer<B> checkpointEvery(long steps) {
        Expect.atLeast("Trainer.checkpointEvery", 1, steps);
        this.checkpointSteps = steps;
        return this;
    }

    /**
     * Goes on from the newest checkpoint in {@link #folder} that is whole; starts anew where there is none at all.
     * Where all are damaged, or batch size, data, accumulation or the running epoch's order are not what they were, the
     * fit refuses to begin and leaves the folder as it is.
     */
    public Trainer<B> resume() {
        this.resume = true;
        return this;
    }

    /**
     * Whether there is a checkpoint in the folder of a run that {@link #resume} can go on from.
     *
     * @throws java.io.UncheckedIOException if the folder cannot be read
     * @throws IllegalArgumentException if there are checkpoints, all damaged
     */
    public static boolean hasCheckpoint(Path folder) { return new Checkpoints(folder, 1).newest().isPresent(); }

    /** Adds listeners, who hear of every fit from now on. */
    public Trainer<B> listen(Listener... more) {
        listeners.addAll(List.of(more));
        return this;
    }

    /** Ends the running fit after its current step, with a checkpoint if there is a folder. Any thread may call it. */
    public void stop() { stopRequested = true; }

    /** Whether the running fit was told to end. */
    public boolean isStopping() { return stopRequested; }

    /** Trains without a test set: {@code train_loss} is all that is measured. */
    public Run fit(BatchSource<B> train) { return fit(train, null); }

    /**
     * Trains, and evaluates after each epoch.
     *
     * @throws NotFiniteException if the loss or a gradient is NaN or infinite, naming where it began
     * @throws IllegalStateException if another fit runs, of this trainer or in its folder; or inside
     *     {@link Torch#noGrad} or {@link Torch#inference}
     * @param test with an end; evaluated in a pass of its own each time
     * @throws IllegalArgumentException if the loader gives no batch, or a setting does not fit the others
     */
    public Run fit(BatchSource<B> train, BatchSource<B> test) {
        if (evaluateEvery > 0 && train == test) {
            throw new IllegalArgumentException("Trainer.fit: expected a source of batches for the test that is not the"
                    + " one trained on, whose pass is under way when it is evaluated. Received the same; make"
                    + " another.");
        }
        Setup.expectReady(this, test != null);
        if (!fitting.compareAndSet(false, true)) {
            throw new IllegalStateException("Trainer.fit: expected one fit at a time. Received another while one is"
                    + " running; make a trainer and a model for each thread.");
        }
        stopRequested = false;
        try (Guard _ = () -> fitting.set(false); var _ = writes() ? RunFolder.lock(folder) : null;
                var loop = new Loop<>(this, train, test)) {
            return loop.run();
        } catch (RuntimeException | Error e) {
            strategy.fail();
            throw e;
        }
    }

    /**
     * The mean loss ({@code loss}) and the task's metrics over a data set, in evaluation mode; where there are several
     * ranks, of this one alone.
     */
    public Map<String, Double> evaluate(BatchSource<B> data) { return new Evaluation<>(this).measure(data).values(); }

    /** The task's predictions for all batches, joined along their first dimension, on the CPU. */
    public Tensor predict(BatchSource<B> data) { return new Evaluation<>(this).predict(data); }

    /** The task's prediction for one batch. */
    public Tensor predict(B batch) { return new Evaluation<>(this).predict(batch); }

    /** Runs forward passes in this trainer's precision. */
    Pass forward(Supplier<Pass> forward) {
        try (var _ = Precision.autocast(device(), precision)) {
            return forward.get();
        }
    }

    /** Moves the model to its device. */
    void place() {
        if (isPlaced() || strategy.givesValues() && task.model().device().kind() == Device.Kind.META) return;
        task.model().to(device());
    }

    private boolean isPlaced() { return task.model().device().equals(device()); }

    /** Whether this rank leaves a run in the folder. */
    boolean writes() { return folder != null && strategy.isMain(); }

    int readEvery() { return readEvery > 0 ? readEvery : device().kind() == Device.Kind.CPU ? 1 : GPU_READ_EVERY; }

    Device device() { return device == null ? task.model().device() : device; }
}
