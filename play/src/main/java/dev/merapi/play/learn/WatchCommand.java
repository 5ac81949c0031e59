package dev.merapi.play.learn;

import dev.merapi.play.agent.Agent;
import dev.merapi.play.agent.Episodes;
import dev.merapi.play.env.Env;
import dev.merapi.play.env.Envs;
import dev.merapi.play.env.EpisodeStatistics.Episode;
import dev.merapi.play.env.GridWorld;
import dev.merapi.play.env.Recorder;
import dev.merapi.play.env.Wrapper;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code merapi watch}: films of what an agent does. */
public final class WatchCommand implements Command<WatchCommand.Config> {
    /** Settings. */
    public record Config(
            @Describe("to be filmed") int episodes,
            @Describe("of the first episode") long seed,
            @Describe("the folder for the films; empty for the run's") String out) {
        public Config {
            Expect.that(episodes >= 1 && episodes <= 100, "episodes", "from 1 to 100", episodes);
        }
    }

    @Override public String name() { return "watch"; }

    @Override public String description() {
        return "Film an agent as GIF and PNG; of a grid world also draw what it thinks of each square.";
    }

    @Override public String arguments() { return "<run>"; }

    @Override public Config defaults() { return new Config(1, 0, ""); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() == 1, "watch", "a run", arguments);
        var run = Path.of(arguments.getFirst());
        out.answer(arguments.getFirst(), () -> watch(run, settings, device));
    }

    private static Answer watch(Path run, Config settings, Device device) {
        try (var job = Runs.open(run)) {
            if (!(job instanceof AgentJob agents)) {
                throw Expect.error(run.toString(), "the run of an agent, such as ppo", "another recipe's");
            }
            agents.agent().model().to(device);
            return film(agents.agent(), agents.config().env(), settings.out.isEmpty() ? run : Path.of(settings.out),
                    settings);
        }
    }

    private static <A> Answer film(Agent<A> agent, String name, Path folder, Config settings) {
        var films = new ArrayList<Path>();
        var played = new ArrayList<Episode>();
        for (int i = 0; i < settings.episodes; i++) {
            Path into = settings.episodes == 1 ? folder : folder.resolve("watched-" + i);
            played.addAll(Episodes.play(() -> new Recorder<A>(Envs.any(name), into), agent.greedy(), 1,
                    settings.seed + i));
            films.add(into.resolve("episode-000.gif"));
        }
        try (Env<A> env = Envs.any(name)) {
            if (Wrapper.unwrapped(env) instanceof GridWorld world) {
                films.add(folder.resolve("policy.png"));
                GridPicture.of(world, ofChoices(agent)).write(films.getLast());
            }
        }
        String words = played.stream().map(e -> "return %.1f in %d steps".formatted(e.total(), e.steps()))
                .collect(Collectors.joining(", "));
        return new Answer(words + "\n" + films.stream().map(Path::toString).collect(Collectors.joining("\n")),
                Map.of("episodes", played, "pictures", films.stream().map(Path::toString).toList()));
    }

    @SuppressWarnings("unchecked") // a grid world's actions are choices
    private static Agent<Integer> ofChoices(Agent<?> agent) { return (Agent<Integer>) agent; }
}
