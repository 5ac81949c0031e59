package dev.merapi.tabular.recommend;

import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** {@code merapi recommend <run> <user>...} */
public final class RecommendCommand implements Command<RecommendCommand.Config> {
    public record Config(
            @Describe("recommendations for each user") int top,
            @Describe("items to choose from; none for all") List<String> among,
            @Describe("items never to recommend") List<String> without) {
        public Config {
            if (top < 1) throw new IllegalArgumentException("top: expected at least 1. Received " + top);
            among = List.copyOf(among);
            without = List.copyOf(without);
        }
    }

    @Override public String name() { return "recommend"; }

    @Override public String description() { return "Recommend items to users, by a run of the recipe recommend."; }

    @Override public String arguments() { return "<run> <user>..."; }

    @Override public Config defaults() { return new Config(10, List.of(), List.of()); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        if (arguments.size() < 2) {
            throw new IllegalArgumentException("Expected the folder of a run and users. Received " + arguments);
        }
        try (var recommender = ItemRecommender.open(Path.of(arguments.getFirst()), device)) {
            for (String name : settings.among) recommender.items().number(name); // a slip is told, not left out
            for (String name : settings.without) recommender.items().number(name);
            for (String user : arguments.subList(1, arguments.size())) {
                out.answer(user, () -> {
                    var items = new Recommendations(recommender.recommend(user, settings.top, allowed(settings)),
                            recommender.knows(user));
                    return new Answer(items.toString(), items);
                });
            }
        }
    }

    private static Predicate<String> allowed(Config settings) {
        if (settings.among.isEmpty() && settings.without.isEmpty()) return null;
        var among = Set.copyOf(settings.among);
        var without = Set.copyOf(settings.without);
        return item -> (among.isEmpty() || among.contains(item)) && !without.contains(item);
    }
}
