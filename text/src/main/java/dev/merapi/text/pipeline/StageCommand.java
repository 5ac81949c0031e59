package dev.merapi.text.pipeline;

import dev.merapi.io.FileErrors;
import dev.merapi.recipe.Bits;
import dev.merapi.recipe.Command;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Torch;
import dev.merapi.text.model.causal.CausalLm;
import dev.merapi.text.model.causal.Share;
import dev.merapi.text.model.causal.Stage;
import dev.merapi.text.model.causal.StageServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code merapi stage}: some blocks of a language model, for a process that has the others. */
public final class StageCommand implements Command<StageCommand.Config> {
    /** Settings. */
    public record Config(
            @Describe("its first block, from 0") int from,
            @Describe("the block behind its last") int to,
            @Describe("where it listens; 0 for any free one") int port,
            @Describe("the address it listens at; others than this machine's own need a token") String host,
            @Describe("a file with a word that merapi serve has too; empty for none") String token,
            @Describe("bits of weights, as those of the process that has the other blocks") Bits quantize,
            @Describe("processes that have some heads of these blocks each") int parts,
            @Describe("which of them this is, from 0; the first is named to merapi serve") int part,
            @Describe("of the first: the places of the others, host:port,host:port") String others) {}

    @Override public String name() { return "stage"; }

    @Override public String description() {
        return "Have some blocks of a language model, for merapi serve stages=… elsewhere, until Ctrl-C.";
    }

    @Override public String arguments() { return "<model folder or GGUF file>"; }

    @Override public Config defaults() { return new Config(0, 0, 9000, "127.0.0.1", "", Bits.NONE, 1, 0, ""); }

    @Override public void run(List<String> arguments, Config settings, Device device, Answers out) {
        Expect.that(arguments.size() == 1, "stage", "the folder of a model, or a GGUF file", arguments);
        Expect.that(settings.to > settings.from, "to", "a block behind from=" + settings.from, settings.to);
        var folder = Path.of(arguments.getFirst());
        var stage = Stage.of(settings.from, settings.to);
        var share = new Share(settings.part, settings.parts);
        try (var model = load(folder, stage, share, settings.quantize, device);
                var server = StageServer.start(model, settings.host, settings.port, token(settings.token),
                        LocalStages.places(settings.others))) {
            long bytes = bytes(model);
            String text = String.format(Locale.ROOT, "%s%s, %.1f MiB", stage, share.of() == 1 ? "" : ", " + share,
                    bytes / 1048576.0);
            out.answer(settings.host + ":" + server.port(), new Answer(text, Map.of("from", stage.from(), "to",
                    stage.to(), "part", share.index(), "parts", share.of(), "bytes", bytes)));
            server.await();
        }
    }

    /** Of its weights, whatever they were rounded to. */
    private static long bytes(CausalLm model) {
        return model.tensors().values().stream().distinct().mapToLong(tensor -> tensor.numel() * tensor.dtype().bytes())
                .sum();
    }

    static CausalLm load(Path folder, Stage stage, Share share, Bits bits, Device device) {
        try (var _ = Torch.on(device)) {
            return ModelSource.of(folder).load(stage, share.of() == 1 ? null : share, bits);
        }
    }

    /**
     * The word in a file.
     *
     * @param file empty for no word
     * @throws IllegalArgumentException if there is none in it
     */
    public static String token(String file) {
        if (file.isEmpty()) return "";
        try {
            String token = Files.readString(Path.of(file)).strip();
            Expect.that(!token.isEmpty(), "token", "a word in " + file, "none");
            return token;
        } catch (IOException e) {
            throw FileErrors.reading(Path.of(file), e);
        }
    }
}
