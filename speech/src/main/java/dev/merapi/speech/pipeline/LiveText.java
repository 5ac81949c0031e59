package dev.merapi.speech.pipeline;

import dev.merapi.speech.data.Alphabet;
import dev.merapi.speech.decode.CtcGreedy;
import dev.merapi.speech.feature.LogMelStream;
import dev.merapi.speech.model.DeepSpeech2;
import dev.merapi.speech.model.SpeechStream;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is said, written while it is said: sound comes piece by piece, and the text grows some tenths of a second behind
 * it. In the end it is what a greedy search gives of the whole. It belongs to one thread.
 *
 * <pre>{@code
 * try (var live = recognizer.live()) {
 *     for (float[] samples : pieces) IO.println(live.hear(samples));      // "press", "press the", "press the pound"
 *     IO.println(live.end());
 * }
 * }</pre>
 */
public final class LiveText implements AutoCloseable {
    private static final double PIECE = 0.2; // seconds that are heard at once

    private final SpeechProcessor processor;
    private final LogMelStream bands;
    private final SpeechStream stream;
    private final Device device;
    private final List<Tensor> scores = new ArrayList<>(); // (t, classes) each, owned
    private float[] held = {};
    private long samples;

    LiveText(DeepSpeech2 network, SpeechProcessor processor) {
        this.processor = processor;
        bands = processor.bands().stream();
        stream = network.stream();
        device = network.device();
    }

    /**
     * Hears on.
     *
     * @param more samples of one channel, at the processor's rate
     * @return the text so far, whose last word may not have ended
     */
    public String hear(float[] more) {
        int length = held.length;
        held = Arrays.copyOf(held, length + more.length);
        System.arraycopy(more, 0, held, length, more.length);
        samples += more.length;
        if (held.length >= PIECE * processor.rate()) {
            hearHeld();
        }
        return text();
    }

    private void hearHeld() {
        try (var _ = Scope.open()) {
            Tensor frames = bands.take(held);
            held = new float[0];
            if (frames.size(1) > 0) add(stream.hear(processor.normalised(frames).to(device)));
        }
    }

    private void add(Tensor some) { if (some.size(0) > 0) scores.add(some.to(Device.CPU).copy().owned()); }

    /** All of the text, as the sound ends here. */
    public String end() {
        int least = processor.bands().config().fft();
        if (samples < least) hear(new float[(int) (least - samples)]); // a click
        hearHeld();
        try (var _ = Scope.open()) {
            add(stream.hear(processor.normalised(bands.end()).to(device)));
            add(stream.end());
        }
        return text();
    }

    private String text() {
        if (scores.isEmpty()) return "";
        Alphabet alphabet = processor.alphabet();
        try (var _ = Scope.open()) {
            return new CtcGreedy(alphabet).best(Tensor.cat(scores, 0).logSoftmax(1)).text().strip();
        }
    }

    @Override public void close() {
        stream.close();
        scores.forEach(Tensor::close);
        scores.clear();
    }
}
