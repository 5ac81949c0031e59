package dev.merapi.serve;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The Chromium of this machine, driven by the Node.js of this machine; tests are skipped where one is missing. */
final class Browser implements AutoCloseable {
    private static final int PATIENCE = 30_000; // milliseconds, for machines that have other work

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;
    private final List<String> complaints = new ArrayList<>();

    private Browser(Playwright playwright, Path chromium) {
        this.playwright = playwright;
        this.chromium = playwright.chromium().launch(new BrowserType.LaunchOptions().setExecutablePath(chromium)
                .setArgs(List.of("--no-sandbox", "--use-fake-device-for-media-stream",
                        "--use-fake-ui-for-media-stream")));
    }

    static Browser start() {
        var chromium = program("chromium", "chromium-browser", "google-chrome");
        Assumptions.assumeTrue(chromium.isPresent(), "No Chromium is installed.");
        var node = program("node");
        Assumptions.assumeTrue(node.isPresent(), "No Node.js is installed, which drives the browser.");
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
        return new Browser(Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_NODEJS_PATH",
                node.get().toString(), "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))), chromium.get());
    }

    private static Optional<Path> program(String... names) {
        return Stream.of(names).flatMap(name -> Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, name))).filter(Files::isExecutable).findFirst();
    }

    /** A page of its own memory, so large, in place of the one before, which writes down what goes wrong in it. */
    Page page(int width, int height, String address) {
        List.copyOf(chromium.contexts()).forEach(BrowserContext::close);
        complaints.clear(); // those of the page before
        var context = chromium.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height).setPermissions(List.of("clipboard-read", "clipboard-write",
                        "microphone")));
        context.setDefaultTimeout(PATIENCE);
        var page = context.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) complaints.add(message.text());
        });
        page.navigate(address);
        return page;
    }

    /** That nothing went wrong in the page that was opened last. */
    void assertQuiet() { assertEquals(List.of(), complaints); }

    /** Everything that can be pressed or filled has a name that a screen reader says, and every picture its words. */
    static void assertNamed(Page page) {
        assertEquals(List.of(), page.evaluate("""
                () => [...document.querySelectorAll('button, input, select, textarea, a, img, [role=img]')]
                    .filter(one => !(one.getAttribute('aria-label') || one.labels?.length || one.textContent.trim()
                        || one.matches('img') && one.alt != null && one.hasAttribute('alt')))
                    .map(one => one.outerHTML)"""));
    }

    @Override public void close() {
        chromium.close();
        playwright.close();
    }
}
