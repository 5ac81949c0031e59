package dev.merapi.play.zero;

import dev.merapi.data.BatchSource;
import dev.merapi.nn.Signature;
import dev.merapi.nn.Summary;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Schedule;
import dev.merapi.play.game.GameState;
import dev.merapi.play.search.TreeSearch;
import dev.merapi.recipe.Job;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;
import java.nio.file.Path;
import java.util.List;

/** Learns a game by playing it. */
public final class ZeroJob implements Job<ZeroBatch> {
    private final ZeroConfig config;
    private final ZeroTask task;
    private final GameFiles files;
    private final Trainer<ZeroBatch> trainer;

    ZeroJob(ZeroConfig given, Path run) {
        config = given.filled();
        Torch.seed(config.seed());
        task = new ZeroTask(config, new ZeroModel(config.start().spec(), config.blocks(), config.channels()));
        files = new GameFiles(config.window());
        if (run != null) files.folder(run);
        trainer = Trainer.of(task)
                .optimizer(_ -> new AdamW(task.model().learner, config.learningRate(), config.weightDecay()))
                .scheduleOver(Schedule::cosine).epochs(config.epochs()).clipNorm(5).seed(config.seed())
                .earlyStopping("promotions", config.epochs()); // each champion is kept
    }

    @Override public Trainer<ZeroBatch> trainer() { return trainer; }

    @Override public BatchSource<ZeroBatch> train() { return new SelfPlaySource(config, task.model(), files); }

    @Override public BatchSource<ZeroBatch> test() { return new ContestSource(); }

    @Override public Summary summary() {
        var spec = start().spec();
        return Summary.of(task.model(), () -> task.model().learner.forward(
                Tensor.zeros(1, spec.planes(), spec.height(), spec.width())));
    }

    /** The champion. */
    @Override public Signature signature() {
        var spec = start().spec();
        var net = task.model().champion;
        return new Signature(net, List.of(Signature.floats("position", "batch", spec.planes(), spec.height(),
                spec.width())), List.of("policy", "value"), x -> {
                    var answer = net.forward(x.getFirst());
                    return List.of(answer.policy(), answer.value());
                });
    }

    @Override public void save(Path run) { files.folder(run); }

    /** The first position of the game. */
    public GameState start() { return config.start(); }

    /**
     * The champion as a player.
     *
     * @param simulations for each move; 0: as it is measured with
     */
    public TreeSearch player(int simulations) {
        return task.player(simulations == 0 ? config.playSimulations() : simulations);
    }

    @Override public ZeroPredictor predictor() { return new ZeroPredictor(this); }
}
