package dev.merapi.text.model.causal;

import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.model.causal.StageWire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The stages of a model in other processes, each a {@link StageServer} with some of its blocks. The process that has
 * these has the model's first stage, and is asked as if it had all.
 *
 * <pre>{@code
 * import java.time.Duration;
 *
 * var stages = Stages.at(List.of("node-b:9000", "node-c:9000"), token, Duration.ofMinutes(1));
 * try (var model = Llama.load(folder, Bits.BFLOAT16, stages.first())) {
 *     model.goOnAt(stages);
 *     new Generator(model, tokenizer).generate("The meaning of life is", Generation.DEFAULT);
 * }
 * }</pre>
 *
 * Vectors travel from stage to stage by way of this process, over TCP and without encryption: for a network whose
 * machines trust each other. Who does not have the token is refused, and so is what was damaged on the way.
 */
public final class Stages implements AutoCloseable {
    private final List<Place> places;
    private final String token;
    private final Duration limit;
    private final Runnable closing;

    /**
     * Which blocks are where.
     *
     * @param parts how many processes have some heads of them each
     */
    private record Place(String at, Stage stage, int parts) {
        /** As a stage says it. */
        String said() { return stage.from() + " " + stage.to() + " " + parts; }
    }

    private Stages(List<Place> places, String token, Duration limit, Runnable closing) {
        this.places = places;
        this.token = token;
        this.limit = limit;
        this.closing = closing;
    }

    /**
     * Asks the stages which blocks they have.
     *
     * @param places {@code host:port} of each, in any order
     * @param token as theirs; empty for none
     * @param limit how long a stage may take for an answer
     * @throws StageException if one cannot be reached
     * @throws IllegalArgumentException if their blocks do not follow each other
     */
    public static Stages at(List<String> places, String token, Duration limit) {
        return at(places, token, limit, () -> { });
    }

    /**
     * The same, of which something is ended with them.
     *
     * @param closing called when they are closed; not if this method throws
     */
    public static Stages at(List<String> places, String token, Duration limit, Runnable closing) {
        var all = new ArrayList<Place>();
        for (String at : places) {
            Expect.that(at.matches(".+:\\d{1,5}"), "stages", "places such as node-b:9000", at);
            try (var link = StageLink.open(at, token, limit)) {
                String[] blocks = link.ask(Message.of("")).text().split(" ");
                all.add(new Place(at, Stage.of(Integer.parseInt(blocks[0]), Integer.parseInt(blocks[1])),
                        Integer.parseInt(blocks[2])));
            }
        }
        Expect.that(!all.isEmpty(), "stages", "at least one place", "none");
        all.sort(Comparator.comparing(place -> place.stage.from()));
        for (int i = 1; i < all.size(); i++) {
            boolean follows = all.get(i).stage.from() == all.get(i - 1).stage.to();
            Expect.that(follows, "stages", "blocks that follow each other", all.stream()
                    .map(place -> place.stage + " at " + place.at).toList());
        }
        return new Stages(List.copyOf(all), token, limit, closing);
    }

    /** What this process has to load: the blocks before those of the others, and the model's ends. */
    public Stage first() { return Stage.first(places.getFirst().stage.from()); }

    /**
     * Connections for one decoding.
     *
     * @throws StageException if a stage cannot be reached
     * @throws IllegalArgumentException if one is of another model, or blocks are missing
     */
    StageSession open(CausalLm model) {
        var own = model.stage().orElse(null);
        Expect.that(first().equals(own), "stages", "a model of which this process has " + first(), own == null
                ? "a whole one" : own);
        var links = new ArrayList<StageLink>();
        try {
            for (var place : places) {
                var link = StageLink.open(place.at, token, limit);
                links.add(link);
                expectSame(model, link.ask(Message.of(model.identity() + " " + model.numbers())).text(), place);
            }
            int last = places.getLast().stage.to();
            Expect.that(last == model.layersOfAll(), "stages", "blocks up to " + model.layersOfAll(), "up to " + last);
            return new StageSession(links, places.stream().mapToInt(place -> Math.ceilDiv(place.stage.blocks(),
                    place.parts)).max().orElseThrow());
        } catch (RuntimeException e) {
            links.forEach(StageLink::close);
            throw e;
        }
    }

    private static void expectSame(CausalLm model, String answer, Place place) {
        if (answer.equals(place.said())) return;
        throw Expect.error("stages", place.stage + " of this model, in " + model.numbers() + ", at " + place.at,
                answer);
    }

    /** Vectors (B, T, E) behind the model's last block, without memory. */
    Tensor once(CausalLm model, Tensor x) {
        try (var scope = Scope.open(); var session = open(model)) {
            return scope.keep(session.read(x, StageStep.READ.with()));
        }
    }

    @Override public void close() { closing.run(); }
}
