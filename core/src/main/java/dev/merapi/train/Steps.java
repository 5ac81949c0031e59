package dev.merapi.train;

import dev.merapi.tensor.Param;
import dev.merapi.tensor.Scope;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The steps of one fit: passes, guarded, become updates, in agreement with all ranks. */
final class Steps<B> implements Stepper, AutoCloseable {
    final Readings readings;
    private final FiniteGuard guard; // null: a trial, whose losses may be anything
    final Agreement agreement;
    private final Trainer<B> trainer;
    private final Map<String, Update> updates = new LinkedHashMap<>();
    private final Map<Pass, Readings.Reading> losses = new IdentityHashMap<>(); // of the batch
    private B batch;
    private Readings.Reading norm; // of the step's last clipped gradients

    private Steps(Trainer<B> trainer, Optimizers optimizers, Bookmark at, Readings readings, FiniteGuard guard,
            Agreement agreement) {
        this.trainer = trainer;
        this.readings = readings;
        this.guard = guard;
        this.agreement = agreement;
        optimizers.all().forEach((name, optimizer) -> {
            boolean main = name.equals(Optimizers.MAIN);
            Map<String, Param> params = main ? trainer.task.model().params() : optimizer.params();
            updates.put(name, new Update(trainer, optimizer, params.values(), main ? trainer.accumulate : 1, at));
        });
    }

    /** Those of a fit, of which {@code listener} hears. */
    static <B> Steps<B> of(Trainer<B> trainer, Optimizers optimizers, Bookmark at, Consumer<Listener.Step> listener) {
        var readings = new Readings(trainer.readEvery(), at, listener);
        var agreement = new Agreement(trainer.strategy);
        return new Steps<>(trainer, optimizers, at, readings, new FiniteGuard(trainer, at, readings, agreement),
                agreement);
    }

    /** Those that only try something. */
    static <B> Steps<B> trial(Trainer<B> trainer, Optimizers optimizers) {
        var at = new Bookmark();
        return new Steps<>(trainer, optimizers, at, new Readings(1, at, _ -> { }), null,
                new Agreement(trainer.strategy));
    }

    /** Before the first batch of a step. */
    void begin() {
        readings.begin();
        norm = null;
        updates.values().forEach(Update::begin);
    }

    /**
     * Takes in a batch.
     *
     * @return its loss; null for a batch without targets
     */
    Readings.Reading learn(B next) {
        try (var _ = Scope.open()) {
            batch = trainer.task.to(trainer.device(), next);
            losses.clear();
            Pass pass = trainer.task.step(batch, this);
            if (pass.weight() == 0) return null; // all padding, say
            var loss = losses.computeIfAbsent(pass, _ -> loss(pass, () -> pass));
            readings.loss(loss, pass.weight());
            return loss;
        }
    }

    private Readings.Reading loss(Pass pass, Supplier<Pass> forward) {
        return guard == null ? readings.take("", pass.loss()) : guard.loss(pass, batch, forward);
    }

    @Override public Pass add(Supplier<Pass> forward) {
        var main = updates.get(Optimizers.MAIN);
        if (main != null) return add(main, forward);
        throw new IllegalStateException("Stepper.add: expected an optimizer for all weights. Received "
                + updates.keySet() + "; call minimize, or Trainer.optimizer(m -> new Adam(m, 1e-3)).");
    }

    private Pass add(Update update, Supplier<Pass> forward) {
        Supplier<Pass> inPrecision = () -> trainer.forward(forward);
        Pass pass = inPrecision.get();
        if (pass.weight() == 0) return pass;
        if (pass.loss() == null) {
            throw new IllegalArgumentException("Trainer.fit: expected passes with a loss to learn from. Received one"
                    + " without; Pass.measured is for Task.evaluate.");
        }
        losses.put(pass, loss(pass, inPrecision));
        update.add(pass);
        if (guard != null) guard.gradient(update.probe(), batch, inPrecision);
        return pass;
    }

    @Override public Pass minimize(String optimizer, Supplier<Pass> forward) {
        var update = updates.get(optimizer);
        if (update == null || optimizer.equals(Optimizers.MAIN)) {
            throw new IllegalArgumentException("Stepper.minimize: expected one of the optimizers " + updates.keySet()
                    + ". Received " + optimizer + "; give it to the trainer by optimizer(name, m -> …).");
        }
        update.begin();
        var pass = new Pass[1];
        agreement.together(() -> pass[0] = add(update, forward));
        apply(update);
        return pass[0];
    }

    /** After a step's last batch: changes the weights that {@link #add} gave gradients. */
    void update() { if (updates.containsKey(Optimizers.MAIN)) apply(updates.get(Optimizers.MAIN)); }

    private void apply(Update update) {
        try (var _ = Scope.open()) {
            var clipped = update.apply();
            if (clipped != null) norm = readings.take("", clipped);
        }
    }

    /** The norm of the step's gradients before clipping, or null. */
    Readings.Reading norm() { return norm; }

    /** Reads what is still on the device, and looks at running statistics: before the model is kept. */
    void settle() {
        agreement.together(() -> {
            readings.flush();
            guard.statistics();
        });
    }

    @Override public void close() { readings.close(); }
}
