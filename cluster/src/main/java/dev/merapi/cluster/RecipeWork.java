package dev.merapi.cluster;

import dev.merapi.parallel.DataParallel;
import dev.merapi.parallel.ProcessGroup;
import dev.merapi.plot.Curves;
import dev.merapi.recipe.Job;
import dev.merapi.recipe.Runs;
import dev.merapi.recipe.Setup;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Progress;
import dev.merapi.train.TensorBoard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;

/**
 * Trains a recipe's job as one of the ranks, from the newest checkpoint in the folder where there is one.
 *
 * @param config of {@link Setup#toMap}
 */
record RecipeWork(Map<String, Object> config, String folder, String device)
        implements RankWork<Integer, HashMap<String, Double>> {
    RecipeWork {
        config = new HashMap<>(config); // which is serializable
    }

    @Override public HashMap<String, Double> run(ProcessGroup group, List<Integer> rows) {
        Path run = Path.of(folder);
        Torch.threads(TaskContext.get().cpus());
        // rank 0 says how to begin, for it may have begun when another looks
        boolean begun = group.gather("" + Files.exists(run.resolve("config.json"))).getFirst().equals("true");
        group.barrier();
        try (var job = begun ? Runs.resume(run) : begin(run);
                var parallel = DataParallel.of(group, options(job, group.world()))) {
            var trainer = job.trainer().strategy(parallel);
            trainer.task().model().to(Device.parse(device));
            if (group.rank() == 0) trainer.listen(new Progress(), new TensorBoard(run), new Curves(run));
            var values = new HashMap<>(job.fit().last().values());
            if (group.rank() == 0) values.putAll(job.finalMetrics());
            return values;
        }
    }

    private static DataParallel.Options options(Job<?> job, int world) {
        return DataParallel.Options.fitting(job.trainer().task().model(), job::train, world);
    }

    private Job<?> begin(Path run) {
        var job = Setup.of(config, "the training").job();
        job.trainer().folder(run, job::save);
        return job;
    }
}
