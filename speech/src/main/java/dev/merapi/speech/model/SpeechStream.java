package dev.merapi.speech.model;

import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.List;

/**
 * A recording that a {@link DeepSpeech2} hears piece by piece: together the scores are those of
 * {@link DeepSpeech2#forward} of the whole. Between pieces it keeps what the convolutions still need of the frames
 * before, and the states of the GRUs. It belongs to one thread.
 *
 * <pre>{@code
 * try (var stream = model.stream()) {
 *     for (Tensor x : pieces) take(stream.hear(x));            // (F, t) to (t', classes), some frames later
 *     take(stream.end());
 * }
 * }</pre>
 */
public final class SpeechStream implements AutoCloseable {
    private final DeepSpeech2 model;
    private final Tail sound;
    private final Tail heard;
    private final Tail read;
    private final List<Tensor> states = new ArrayList<>(); // (1, 1, H) each, owned; none before the first frame
    private boolean ended;

    SpeechStream(DeepSpeech2 model) {
        this.model = model;
        var strides = model.config().strides();
        sound = new Tail(DeepSpeech2.KERNEL, strides.get(0));
        heard = new Tail(DeepSpeech2.KERNEL, strides.get(1));
        read = new Tail(model.config().lookahead() + 1, 1);
    }

    /**
     * Hears on.
     *
     * @param x features (F, t), as many as there are
     * @return scores (t', classes) of those frames whose surroundings are known by now, perhaps none
     * @throws IllegalStateException behind the end
     */
    public Tensor hear(Tensor x) { return step(x, false); }

    /** The scores that are left, (t', classes), as the recording ends here. */
    public Tensor end() { return step(null, true); }

    private Tensor step(Tensor x, boolean last) {
        if (ended) throw new IllegalStateException("SpeechStream: its recording has ended; begin another.");
        ended = last;
        try (var scope = Scope.open(); var _ = Torch.noGrad(); var _ = model.evaluating()) {
            return scope.keep(forward(x == null ? null : x.unsqueeze(0).unsqueeze(0), last));
        }
    }

    private Tensor forward(Tensor x, boolean last) {
        Tensor y = sound.take(x, DeepSpeech2.MARGIN, DeepSpeech2.MARGIN, last);
        y = heard.take(y == null ? null : model.first(y), DeepSpeech2.MARGIN, DeepSpeech2.MARGIN, last);
        y = y == null ? null : recurrent(DeepSpeech2.columns(model.second(y))).transpose(1, 2);
        y = read.take(y, 0, model.config().lookahead(), last);
        return y == null ? Tensor.zeros(0, model.config().classes()).to(model.device())
                : model.scores(model.ahead(y)).squeeze(0);
    }

    private Tensor recurrent(Tensor columns) {
        Tensor y = columns;
        for (int i = 0; i < model.rnns.size(); i++) {
            boolean first = states.size() == i;
            var out = model.rnns.get(i).forward(model.recurrent(i, y), first ? null : states.get(i));
            y = out.y();
            if (first) states.add(out.h().owned());
            else states.set(i, replaced(states.get(i), out.h()));
        }
        return y;
    }

    private static Tensor replaced(Tensor old, Tensor now) {
        if (old != null) old.close();
        return now.owned();
    }

    @Override public void close() {
        ended = true;
        states.forEach(Tensor::close);
        states.clear();
        for (var tail : List.of(sound, heard, read)) tail.close();
    }

    /** The frames that a convolution over the last dimension still needs. */
    private static final class Tail {
        private final int kernel;
        private final int stride;
        private Tensor held; // owned; null before the first frame

        Tail(int kernel, int stride) {
            this.kernel = kernel;
            this.stride = stride;
        }

        /**
         * The frames of all outputs that can be computed by now, or null for none.
         *
         * @param more frames, or null for none
         * @param before frames of 0 that stand before the first
         * @param behind such that stand behind the last
         */
        Tensor take(Tensor more, int before, int behind, boolean last) {
            if (more == null && held == null) return null; // not one frame has come
            Tensor all = held == null ? more.pad(0, before, 0) : more == null ? held
                    : Tensor.cat(List.of(held, more), -1);
            if (last) all = all.pad(0, 0, behind);
            long outputs = all.size(-1) < kernel ? 0 : (all.size(-1) - kernel) / stride + 1;
            long gone = Math.min(outputs * stride, all.size(-1));
            Tensor given = outputs == 0 ? null : all.narrow(-1, 0, (outputs - 1) * stride + kernel);
            held = replaced(held, all.narrow(-1, gone, all.size(-1) - gone).copy());
            return given;
        }

        void close() {
            if (held != null) held.close();
            held = null;
        }
    }
}
