package dev.merapi.play.page;

import dev.merapi.io.LineReader;
import dev.merapi.play.zero.ZeroJob;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.recipe.Runs;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code merapi play <run>}: a person against what a run of {@code alphazero} has learnt. */
public final class PlayCommand implements Command<PlayCommand.Config> {
    /** Who begins. */
    public enum First { YOU, AI }

    public record Config(
            @Describe("a page in the browser instead of the terminal") boolean web,
            @Describe("the page's port on this machine; 0: any that is free") int port,
            @Describe("who begins on the terminal: you or ai") First first,
            @Describe("simulations for a move; 0: as many as the run was measured with") int simulations) {
        public Config {
            Expect.that(port >= 0 && port < 65536, "port", "from 0 to 65535", port);
            Expect.atLeast("simulations", 0, simulations);
        }
    }

    @Override public String name() { return "play"; }

    @Override public String description() { return "Play a game against a run of alphazero."; }

    @Override public String arguments() { return "<run>"; }

    @Override public Config defaults() { return new Config(false, 0, First.YOU, 0); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() == 1, "play", "the folder of a run", arguments);
        Path run = Path.of(arguments.getFirst());
        try (var job = Runs.open(run)) {
            if (!(job instanceof ZeroJob zero)) {
                throw Expect.error(run.toString(), "a run of alphazero", "one of another recipe",
                        "train one by merapi train alphazero env=connect-four");
            }
            zero.trainer().task().model().to(device);
            zero.trainer().task().model().eval();
            var player = zero.player(settings.simulations);
            if (settings.web) {
                try (var page = GamePage.open(zero.start(), player, settings.port)) {
                    String address = "http://127.0.0.1:" + page.port() + "/";
                    out.answer(address, new Answer("play here; Ctrl-C ends it", Map.of("port", page.port())));
                    page.await();
                }
            } else {
                var dialogue = new Dialogue(new LineReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                        new PrintWriter(System.out, true));
                var end = dialogue.play(zero.start(), player, settings.first == First.YOU ? 0 : 1);
                out.answer(run.toString(), new Answer(words(end), Map.of("end", end.name().toLowerCase())));
            }
        }
    }

    private static String words(Dialogue.End end) {
        return switch (end) {
            case WON -> "you have won";
            case DRAWN -> "a draw";
            case LOST -> "you have lost";
            case UNFINISHED -> "the game was not finished";
        };
    }
}
