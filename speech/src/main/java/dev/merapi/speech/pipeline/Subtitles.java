package dev.merapi.speech.pipeline;

import dev.merapi.io.AtomicFiles;
import java.nio.file.Path;
import java.util.Locale;

/** Files that show a transcript's segments at their times. */
public enum Subtitles {
    /** SubRip, {@code .srt}. */
    SRT("", ','),
    /** WebVTT, {@code .vtt}. */
    VTT("WEBVTT\n\n", '.');

    private final String head;
    private final char comma;

    Subtitles(String head, char comma) {
        this.head = head;
        this.comma = comma;
    }

    /** The file's text. */
    public String of(Transcript transcript) {
        var out = new StringBuilder(head);
        int number = 1;
        for (var segment : transcript.segments()) {
            if (this == SRT) out.append(number++).append('\n');
            out.append(time(segment.start())).append(" --> ").append(time(segment.end())).append('\n');
            out.append(segment.text()).append("\n\n");
        }
        return out.toString();
    }

    /** Writes it. */
    public void write(Transcript transcript, Path file) { AtomicFiles.write(file, of(transcript)); }

    private String time(double seconds) {
        long millis = Math.round(seconds * 1000);
        return String.format(Locale.ROOT, "%02d:%02d:%02d%c%03d", millis / 3_600_000, millis / 60_000 % 60,
                millis / 1000 % 60, comma, millis % 1000);
    }
}
