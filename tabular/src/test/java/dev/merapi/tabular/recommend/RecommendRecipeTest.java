package dev.merapi.tabular.recommend;

import dev.merapi.io.Safetensors;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Recipes;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RecommendRecipeTest {
    @TempDir private Path folder;

    private String[] settings(String... more) {
        Path file = folder.resolve("ratings.csv");
        if (!Files.exists(file)) Ratings.tastes(40, 30, 5).write(file);
        var all = new ArrayList<>(List.of("data=" + file, "rating=rating", "time=time", "least_rating=4", "dim=8",
                "epochs=2", "length=10", "batch_size=64", "learning_rate=0.05", "k=5", "split=random"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** Trains, and asks what was saved, without the table. */
    @ParameterizedTest
    @EnumSource(RecommendModel.class)
    void everyModelTrainsAndAnswers(RecommendModel model) throws Exception {
        Path run = folder.resolve("run");
        List<Recommendation> before;
        double ndcg;
        long alive = Scope.live();
        try (var job = Recipes.named("recommend").job(settings("model=" + model.name().toLowerCase()))) {
            ndcg = job.fit(run).best("ndcg_5");
            assertTrue(ndcg > 0.05, "ndcg " + ndcg);
            try (var recommender = ((RecommendJob) job).predictor()) {
                before = recommender.recommend("u3", 5);
            }
        }
        Files.delete(folder.resolve("ratings.csv"));
        try (var job = Runs.open(run)) {
            assertEquals(ndcg, job.evaluate().get("ndcg_5"), 1e-6);
        }
        try (var recommender = ItemRecommender.open(run);
                var predictor = Predictor.open(run).as(String.class, Recommendations.class)) {
            assertEquals(before, recommender.recommend("u3", 5));
            assertEquals(before, predictor.predict("u3").top(5).items());
            assertEquals(5, recommender.recommend("nobody", 5).size());
        }
        assertTrue(Scope.live() <= alive, "left alive: " + (Scope.live() - alive));
    }

    @Test void tastesAreLearnt() {
        try (var job = (RecommendJob) Recipes.named("recommend").job(settings("model=lightgcn", "epochs=15"))) {
            job.fit();
            try (var recommender = job.predictor()) {
                var items = recommender.recommend("u3", 30);
                int last = 0, first = items.size(); // odd, even
                for (int i = 0; i < items.size(); i++) {
                    boolean odd = Integer.parseInt(items.get(i).item().substring(1)) % 2 == 1;
                    if (odd) last = i;
                    else first = Math.min(first, i);
                }
                assertTrue(last < first, items.toString()); // u3 likes the odd ones
            }
        }
    }

    @Test void anIndexIsWrittenAndUsedForItsWeightsAlone() throws Exception {
        Path run = folder.resolve("run");
        try (var job = Recipes.named("recommend").job(settings("model=bpr", "search=hnsw"))) {
            job.fit(run);
        }
        assertTrue(Files.isDirectory(run.resolve("items.hnsw")));
        List<Recommendation> near;
        try (var recommender = ItemRecommender.open(run)) {
            near = recommender.recommend("u2", 4);
        }
        try (var job = (RecommendJob) Runs.open(run); var exact = ItemRecommender.of(job.trainer().task().model()
                instanceof Recommender model ? model : null, InteractionFiles.load(run).all())) {
            assertEquals(exact.recommend("u2", 4).stream().map(Recommendation::item).toList(),
                    near.stream().map(Recommendation::item).toList());
        }
        try (var other = new MatrixFactorization(40, 30, 8)) { // other weights: the index is theirs no more
            Safetensors.save(other, run.resolve("model.safetensors"));
        }
        try (var recommender = ItemRecommender.open(run)) {
            assertEquals(4, recommender.recommend("u2", 4).size());
        }
    }

    @Test void theCommandAnswersAndSaysWhatIsWrong() {
        Path run = folder.resolve("run");
        try (var job = Recipes.named("recommend").job(settings("model=item_knn"))) {
            job.fit(run);
        }
        var answers = new ArrayList<String>();
        var out = new Command.Answers() {
            @Override public void answer(String input, Command.Answer answer) {
                answers.add(input + ": " + answer.words() + " " + ((Recommendations) answer.values()).items().size());
            }

            @Override public void failed(String input, RuntimeException error) { answers.add(error.getMessage()); }
        };
        var command = new RecommendCommand();
        command.run(List.of(run.toString(), "u1", "u2"), new RecommendCommand.Config(2, List.of(), List.of("i0")),
                Device.CPU, out);
        assertEquals(2, answers.size());
        assertTrue(answers.getFirst().startsWith("u1: i") && answers.getFirst().endsWith(" 2"), answers.toString());
        assertFalse(answers.getLast().contains("i0 "), answers.toString());
        var slip = assertThrows(IllegalArgumentException.class, () -> command.run(List.of(run.toString(), "u1"),
                new RecommendCommand.Config(2, List.of("film"), List.of()), Device.CPU, out));
        assertTrue(slip.getMessage().startsWith("Expected one of the 30 items"), slip.getMessage());
        assertThrows(IllegalArgumentException.class,
                () -> command.run(List.of(run.toString()), command.defaults(), Device.CPU, out));
    }

    @Test void wrongSettingsAreRefused() {
        var recipe = new RecommendRecipe();
        assertMessage("data: expected a table's file. Received none; add data=<file>.", () -> recipe.job());
        assertMessage("recommend: search: expected exact for neumf, whose items have no vectors. Received hnsw.",
                () -> recipe.job("model=neumf", "search=hnsw"));
        assertMessage("recommend: least_rating: expected a column of ratings beside it. Received none; add"
                + " rating=<column>.", () -> recipe.job("least_rating=4"));
        assertMessage("recommend: dim: expected at least 1. Received 0", () -> recipe.job("dim=0"));
        var error = assertThrows(IllegalArgumentException.class, () -> recipe.job(settings("user=usr")));
        assertTrue(error.getMessage().contains("did you mean user?"), error.getMessage());
    }

    private static void assertMessage(String expected, Executable wrong) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, wrong).getMessage());
    }
}
