package dev.merapi.speech.pipeline;

import dev.merapi.nn.Layer;
import dev.merapi.recipe.Predictor;
import dev.merapi.recipe.Runs;
import dev.merapi.speech.audio.Audio;
import dev.merapi.speech.audio.AudioStream;
import dev.merapi.speech.decode.DecodeOptions;
import dev.merapi.speech.decode.ForcedAlignment;
import dev.merapi.speech.feature.VoiceActivity;
import dev.merapi.speech.model.DeepSpeech2;
import dev.merapi.speech.model.SpeechBatch;
import dev.merapi.tensor.Device;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Gatherers;

/**
 * Writes down what is said.
 *
 * <pre>{@code
 * try (var recognizer = SpeechRecognizer.open(Path.of("runs/speech"))) {
 *     IO.println(recognizer.predict(Audio.read(Path.of("hello.wav"))).text());
 * }
 * }</pre>
 *
 * A clip is heard as a whole by {@link #predict}; {@link #transcribe} takes sound of any length, and hears it from
 * pause to pause.
 */
public final class SpeechRecognizer implements Predictor<Audio, Transcript> {
    private static final int BATCH = 8; // clips that are heard together
    private static final double MOST = 20; // seconds of a part, if nobody pauses
    private static final double BLOCK = 60; // seconds of a long recording that are in memory

    private final Ear ear;
    private final SpeechProcessor processor;
    private final DecodeOptions options;
    private final Runnable close;

    /** A model that was trained on what the processor gives; it stays the caller's. */
    public SpeechRecognizer(Ear ear, SpeechProcessor processor, DecodeOptions options) {
        this(ear, processor, options, () -> { });
    }

    private SpeechRecognizer(Ear ear, SpeechProcessor processor, DecodeOptions options, Runnable close) {
        this.ear = ear;
        this.processor = processor;
        this.options = options;
        this.close = close;
    }

    /** {@link #open(Path, Device)} on the CPU. */
    public static SpeechRecognizer open(Path run) { return open(run, Device.CPU); }

    /**
     * The model in the folder of a run, which is all that is needed: not the recordings that it was trained on.
     *
     * @throws IllegalArgumentException if there is no run of a recogniser in the folder
     */
    public static SpeechRecognizer open(Path run, Device device) {
        var job = Runs.open(run);
        try {
            if (job.predictor() instanceof SpeechRecognizer of) {
                of.ear.model().to(device);
                of.ear.model().eval();
                return new SpeechRecognizer(of.ear, of.processor, of.options, job::close);
            }
            throw new IllegalArgumentException(run + ": expected the run of a recipe for speech. Received another's.");
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /** The same that searches in another way; closing either frees the model. */
    public SpeechRecognizer options(DecodeOptions other) { return new SpeechRecognizer(ear, processor, other, close); }

    /** How it searches. */
    public DecodeOptions options() { return options; }

    /** What the model hears of a recording. */
    public SpeechProcessor processor() { return processor; }

    /** Whether it can write while sound comes: by a Deep Speech 2 that was trained with a lookahead. */
    public boolean isLive() {
        return ear instanceof CtcEar(DeepSpeech2 network, _) && network.config().lookahead() > 0;
    }

    /**
     * Writes while sound comes.
     *
     * @throws IllegalArgumentException if {@link #isLive} does not hold
     */
    public LiveText live() {
        if (isLive() && ear.model() instanceof DeepSpeech2 network) return new LiveText(network, processor);
        throw Expect.error("SpeechRecognizer.live", "a network that reads forwards alone", "one that has to hear the"
                + " end first", "train model=ctc with lookahead=16");
    }

    @Override public Class<Audio> input() { return Audio.class; }

    @Override public Class<Transcript> output() { return Transcript.class; }

    /** What each clip says, each heard as a whole. */
    @Override public List<Transcript> predict(List<Audio> clips) {
        return clips.stream().gather(Gatherers.windowFixed(BATCH)).flatMap(some -> batch(some).stream()).toList();
    }

    private List<Transcript> batch(List<Audio> clips) {
        for (var clip : clips) Expect.that(clip.length() > 0, "SpeechRecognizer", "sound", "none");
        try (var _ = Scope.open(); var _ = ear.model().evaluating(); var _ = Torch.inference()) {
            var batch = SpeechBatch.of(clips.stream()
                    .map(clip -> new SpeechBatch.Sample(processor.of(clip), new long[0], "")).toList());
            var moved = new SpeechBatch(batch.x().to(ear.model().device()), batch.lengths().to(ear.model().device()),
                    batch.y(), batch.textLengths(), batch.texts());
            var heard = ear.hear(moved, options);
            var transcripts = new ArrayList<Transcript>();
            for (int i = 0; i < clips.size(); i++) transcripts.add(transcript(heard.get(i), clips.get(i)));
            return transcripts;
        }
    }

    private Transcript transcript(Ear.Heard heard, Audio clip) {
        String text = heard.best().text().strip();
        return Transcript.of(List.of(new Transcript.Segment(0, clip.seconds(), text, words(heard, clip.seconds()))));
    }

    private List<Transcript.Word> words(Ear.Heard heard, double seconds) {
        String text = heard.best().text();
        if (heard.frames() == null || text.isBlank()) return List.of();
        int least = ForcedAlignment.leastFrames(processor.alphabet().encode(text));
        if (least > heard.frames().size(0)) return List.of();
        double frame = ear.shrink() * processor.secondsPerFrame();
        return ForcedAlignment.of(heard.frames(), text, processor.alphabet()).words().stream()
                .map(span -> new Transcript.Word(span.text(), Math.min(seconds, span.from() * frame),
                        Math.min(seconds, span.to() * frame))).toList();
    }

    /** What a file says, of any length. */
    public Transcript transcribe(Path file) {
        try (var stream = AudioStream.open(file)) {
            return transcribe(stream);
        }
    }

    /** What sound of any length says. A minute of it is in memory, cut where nobody speaks. */
    public Transcript transcribe(AudioStream sound) {
        var segments = new ArrayList<Transcript.Segment>();
        var stream = sound.mono().resample(processor.rate());
        int length = (int) (BLOCK * processor.rate());
        double start = 0;
        Audio held = stream.read(length);
        while (held.length() > 0) {
            Audio more = stream.read(length);
            double end = more.length() == 0 ? held.seconds() : cut(held);
            segments.addAll(block(held.slice(0, end)).later(start).segments());
            start += end;
            held = joined(held.slice(end, held.seconds()), more);
        }
        return Transcript.of(segments);
    }

    /** A place in the middle of the last pause of a minute. */
    private static double cut(Audio audio) {
        var spurts = VoiceActivity.DEFAULT.find(audio);
        for (int i = spurts.size() - 1; i > 0; i--) {
            double middle = (spurts.get(i - 1).end() + spurts.get(i).start()) / 2;
            if (middle > audio.seconds() / 2) return middle;
        }
        return audio.seconds();
    }

    private static Audio joined(Audio a, Audio b) {
        var both = new float[a.length() + b.length()];
        System.arraycopy(a.samples(), 0, both, 0, a.length());
        System.arraycopy(b.samples(), 0, both, a.length(), b.length());
        return Audio.of(both, b.rate());
    }

    private Transcript block(Audio audio) {
        var parts = new ArrayList<VoiceActivity.Spurt>();
        for (var spurt : VoiceActivity.DEFAULT.find(audio)) {
            boolean joins = !parts.isEmpty() && spurt.end() - parts.getLast().start() <= MOST
                    && spurt.start() - parts.getLast().end() < 0.5;
            parts.add(joins ? new VoiceActivity.Spurt(parts.removeLast().start(), spurt.end()) : spurt);
        }
        var clips = new ArrayList<Audio>();
        var starts = new ArrayList<Double>();
        for (var part : parts) {
            for (double from = part.start(); from < part.end(); from += MOST) {
                var clip = audio.slice(from, Math.min(part.end(), from + MOST));
                if (clip.length() == 0) continue;
                clips.add(clip);
                starts.add(from);
            }
        }
        var segments = new ArrayList<Transcript.Segment>();
        var said = predict(clips);
        for (int i = 0; i < said.size(); i++) segments.addAll(said.get(i).later(starts.get(i)).segments());
        return Transcript.of(segments);
    }

    /** @param typed the path of a sound file */
    @Override public Audio parse(String typed) { return Audio.read(Path.of(typed), processor.rate()); }

    @Override public Optional<Layer> network() { return Optional.of(ear.model()); }

    /** Frees the model, if {@link #open} gave it. */
    @Override public void close() { close.run(); }
}
