package dev.merapi.speech.whisper;

import dev.merapi.speech.transcript.TimedText;
import dev.merapi.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What was written of a window, and where the next one begins: behind the last sentence that ended, so that none is cut
 * in two. As OpenAI's and transformers' long-form transcription.
 *
 * @param segments with times from the beginning of the sound
 * @param advance frames of the window that are done with
 */
record WindowText(List<TimedText> segments, int advance) {
    /**
     * @param ids as written, without the token that ended them
     * @param from where the window begins, in seconds
     * @param frames of it that hold sound
     */
    static WindowText of(long[] ids, double from, int frames, WhisperTokens tokens, WhisperFeatures features,
            WhisperConfig config, Tokenizer tokenizer) {
        int framesOfStep = features.frames() / config.maxSourcePositions(); // a time's step is a position of the sound
        double step = framesOfStep * features.frameSeconds();
        double end = from + frames * features.frameSeconds();
        var segments = new ArrayList<TimedText>();
        int begin = 0;
        for (int i = 1; i < ids.length; i++) {
            if (!tokens.isTime(ids[i - 1]) || !tokens.isTime(ids[i])) continue;
            add(segments, Arrays.copyOfRange(ids, begin, i), from, step, end, tokens, tokenizer);
            begin = i;
        }
        boolean pairs = begin > 0;
        boolean closed = ids.length >= 2 && tokens.isTime(ids[ids.length - 1])
                && !tokens.isTime(ids[ids.length - 2]);
        if (pairs && !closed) { // what began behind the last pair is heard again
            int advance = (int) (ids[begin - 1] - tokens.zero()) * framesOfStep;
            return new WindowText(segments, Math.clamp(advance, 1, frames));
        }
        add(segments, Arrays.copyOfRange(ids, begin, ids.length), from, step, end, tokens, tokenizer);
        return new WindowText(segments, frames);
    }

    /** A part of the ids, whose first and last are times, if they are. */
    private static void add(List<TimedText> segments, long[] part, double from, double step, double end,
            WhisperTokens tokens, Tokenizer tokenizer) {
        long[] words = Arrays.stream(part).filter(id -> id < tokens.end()).toArray();
        String text = tokenizer.decode(words);
        if (text.isBlank()) return;
        long first = part[0], last = part[part.length - 1];
        double begins = tokens.isTime(first) ? from + (first - tokens.zero()) * step : from;
        boolean told = tokens.isTime(last) && last > tokens.zero();
        double ends = told ? from + (last - tokens.zero()) * step : end;
        segments.add(new TimedText(Math.min(begins, end), Math.max(Math.min(ends, end), Math.min(begins, end)), text));
    }
}
