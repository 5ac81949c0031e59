package dev.merapi.plot;

import dev.merapi.io.AtomicFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Words and pictures on one page, an HTML file that needs no other: its pictures are in it, and it links nowhere.
 *
 * <pre>{@code
 * new PageReport("Why clothes are what they are").add("boot.png", "Ankle boot 96 %", figure)
 *         .write(Path.of("report.html"));
 * }</pre>
 */
public final class PageReport {
    private static final String STYLE = """
            :root { color-scheme: light dark }
            body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 66em;
                margin: 0 auto; padding: 1em }
            section { border-top: 1px solid #ddd; padding: 1em 0; overflow-x: auto }
            h1 { font-size: 1.5em } h1, h2 { overflow-wrap: anywhere } h2 { font-size: 1.1em }
            img { display: block; max-width: max(100%, 34em); height: auto }
            pre { font: 13px/1.5 ui-monospace, monospace; background: #f6f6f6; padding: .7em; overflow-x: auto }
            @media (prefers-color-scheme: dark) {
                body { color: #ddd; background: #16181c }
                section { border-color: #3a3d44 }
                pre { background: #22252b }
            }
            """;

    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]"); // in no page

    private final String title;
    private final List<String> sections = new ArrayList<>();

    /** Without a section yet. */
    public PageReport(String title) { this.title = title; }

    /** Adds a section: words, as they stand, and a picture. */
    public PageReport add(String heading, String words, Figure figure) {
        sections.add(("<section>\n<h2>%s</h2>\n<pre>%s</pre>\n<img alt=\"%s\" width=\"%d\""
                + " src=\"data:image/png;base64,%s\"/>\n</section>\n")
                .formatted(escaped(heading), escaped(words), escaped(heading), figure.width(),
                        Base64.getEncoder().encodeToString(figure.png())));
        return this;
    }

    /** How many sections it has. */
    public int size() { return sections.size(); }

    /** The page. */
    public String html() {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>" + escaped(title)
                + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n<h1>" + escaped(title) + "</h1>\n"
                + String.join("", sections) + "</body>\n</html>\n";
    }

    /** Writes the whole page or nothing. */
    public void write(Path file) { AtomicFiles.write(file, html()); }

    private static String escaped(String text) {
        return CONTROL.matcher(text).replaceAll("\ufffd").replace("&", "&amp;").replace("<", "&lt;")
                .replace(">", "&gt;").replace("\"", "&quot;");
    }
}
