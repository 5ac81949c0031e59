/**
 * Recommenders: what a user will like, learnt from what all users liked.
 *
 * <pre>{@code
 * var ratings = Table.read(Path.of("ratings.csv")).frame();
 * var all = Interactions.of(ratings, Interactions.Columns.of("user", "item").rating("rating").time("time"));
 * var split = all.atLeast(4).leaveOneOut();
 * var model = new LightGcn(split.train(), 64, 3);
 * var task = RankingTask.of(model, split.train(), Objective.BPR);
 * Trainer.of(task).optimizer(m -> new Adam(m, 1e-3)).epochs(100)
 *         .fit(task.train(1024, 1, 1337), task.test(split.test(), 512));
 * }</pre>
 */
package dev.merapi.tabular.recommend;
