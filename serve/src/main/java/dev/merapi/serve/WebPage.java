package dev.merapi.serve;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The page at {@code /}: a document, a style and modules, which are all that a browser loads. */
final class WebPage {
    /** Nothing comes from elsewhere, no script stands in the document, and no other page may frame it. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' blob: data:; media-src 'self' blob: data:; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'";

    private WebPage() {}

    /** @throws Refusal if the page has no such file */
    static void send(Exchange exchange, String file) {
        byte[] content = file.matches("[a-z]+\\.(html|css|js|svg)") ? resource("page/" + file) : null;
        if (content == null) throw new Refusal(404, null, "The page has no file " + file + ".");
        exchange.policy(POLICY).send(200, type(file), content);
    }

    private static String type(String file) {
        return switch (file.substring(file.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            default -> "image/svg+xml";
        };
    }

    /** Null if there is none. */
    static byte[] resource(String name) {
        try (var in = WebPage.class.getResourceAsStream(name)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
