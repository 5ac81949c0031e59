package dev.merapi.speech.recipe;

import dev.merapi.nn.Layer;
import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.model.Conformer;
import dev.merapi.speech.model.CtcModel;
import dev.merapi.speech.model.CtcTask;
import dev.merapi.speech.model.DeepSpeech2;
import dev.merapi.speech.model.LasConfig;
import dev.merapi.speech.model.LasTask;
import dev.merapi.speech.model.ListenAttendSpell;
import dev.merapi.speech.model.SpeechBatch;
import dev.merapi.speech.pipeline.CtcEar;
import dev.merapi.speech.pipeline.Ear;
import dev.merapi.speech.pipeline.LasEar;
import dev.merapi.tensor.Tensor;
import dev.merapi.train.Task;
import java.util.function.BiConsumer;
import java.util.function.LongUnaryOperator;

/**
 * A network as a recipe trains and uses it.
 *
 * @param frames of so many frames of features, for CTC; as many where it does not matter
 * @param forward runs features and lengths through it, for a summary
 */
record Recogniser(Task<SpeechBatch> task, Ear ear, LongUnaryOperator frames, BiConsumer<Tensor, Tensor> forward) {
    static Recogniser of(SpeechConfig config, Alphabet alphabet) {
        int classes = alphabet.classes();
        return switch (config.model()) {
            case CTC -> ctc(new DeepSpeech2(deepSpeech(config, classes)), alphabet);
            case CONFORMER -> ctc(new Conformer(conformer(config, classes)), alphabet);
            case LAS -> las(new ListenAttendSpell(las(config, classes)), alphabet);
        };
    }

    private static Recogniser ctc(CtcModel model, Alphabet alphabet) {
        return new Recogniser(new CtcTask(model, alphabet), new CtcEar(model, alphabet), model::frames,
                model::forward);
    }

    private static Recogniser las(ListenAttendSpell model, Alphabet alphabet) {
        boolean alone = model.config().ctc() == 0;
        return new Recogniser(new LasTask(model, alphabet), new LasEar(model, alphabet),
                frames -> alone ? Long.MAX_VALUE : model.frames(frames), model::listen);
    }

    private static DeepSpeech2.Config deepSpeech(SpeechConfig config, int classes) {
        var usual = DeepSpeech2.Config.small(config.mels(), classes);
        return new DeepSpeech2.Config(config.mels(), classes, usual.channels(), or(config.hidden(), usual.hidden()),
                or(config.layers(), usual.layers()), usual.strides(), config.dropout(), config.lookahead());
    }

    private static LasConfig las(SpeechConfig config, int classes) {
        var usual = LasConfig.small(config.mels(), classes);
        int hidden = or(config.hidden(), usual.hidden());
        return new LasConfig(config.mels(), classes, hidden, or(config.layers(), usual.pyramid()),
                Math.max(usual.width(), hidden), usual.attention(), config.dropout(), usual.sampled(), usual.ctc());
    }

    private static Conformer.Config conformer(SpeechConfig config, int classes) {
        var usual = Conformer.Config.small(config.mels(), classes);
        return new Conformer.Config(config.mels(), classes, or(config.hidden(), usual.width()), usual.heads(),
                or(config.layers(), usual.layers()), usual.kernel(), config.dropout());
    }

    private static int or(int given, int usual) { return given == 0 ? usual : given; }

    Layer model() { return task.model(); }
}
