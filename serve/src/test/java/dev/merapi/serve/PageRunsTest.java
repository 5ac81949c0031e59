package dev.merapi.serve;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.merapi.tensor.Device;
import dev.merapi.vision.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

/** Runs on the page, its look, and keys, in a browser. */
class PageRunsTest {
    @TempDir private static Path folder;
    private static Path runs;
    private static Browser browser;
    private static InferenceServer server;

    @BeforeAll static void start() throws IOException {
        browser = Browser.start();
        runs = folder.resolve("runs");
        SomeRuns.write(runs.resolve("group/other"), 2, 2);
        SomeRuns.write(runs.resolve("first"), 4, 4);
        new Image(8, 8, 3, new byte[192]).write(runs.resolve("first/mistakes.png"));
        new Image(8, 8, 3, new byte[192]).write(runs.resolve("first/accuracy.png"));
        Files.writeString(runs.resolve("first/<img src=x onerror=alert(1)>.txt"), "<b>hostile</b>");
        SomeRuns.write(runs.resolve("training"), 1, 9);
        server = InferenceServer.start(ServeConfig.DEFAULT.port(0), List.of(), runs, Device.CPU);
    }

    @AfterAll static void stop() {
        if (server != null) server.close();
        if (browser != null) browser.close();
    }

    private static String at(String hash) { return "http://127.0.0.1:" + server.port() + "/" + hash; }

    private static Page open(String hash) {
        var page = browser.page(1280, 800, at(hash));
        page.locator(".chart svg text").first().waitFor();
        return page;
    }

    private static Locator chart(Page page, String title) {
        return page.locator("figure.chart").filter(new Locator.FilterOptions().setHas(page.getByText(title,
                new Page.GetByTextOptions().setExact(true)))).locator("svg");
    }

    private static Locator row(Page page, String run) { return page.locator("tr[data-run='" + run + "']"); }

    @Test void runsAreListedSortedFilteredAndChosen() {
        var page = open("#/runs?show=first");
        assertThat(page.locator("#tabs a")).hasText(new String[] {"Runs"}); // there are no models
        assertThat(page.locator(".list tbody tr")).hasCount(3);
        assertThat(row(page, "first")).containsText("done, epoch 4");
        assertThat(row(page, "first")).containsText("accuracy 0.9");
        assertThat(row(page, "training")).containsText("trains, epoch 1");
        page.locator(".list th").getByText("Run").click();
        assertThat(page.locator(".list tbody tr").first()).hasAttribute("data-run", "first");
        page.locator(".list th").getByText("Run").click();
        assertThat(page.locator(".list tbody tr").first()).hasAttribute("data-run", "training");
        assertThat(page.locator(".list th[aria-sort=descending]")).hasText("Run ↓");
        page.getByLabel("Filter runs").fill("GROUP");
        assertThat(page.locator(".list tbody tr")).hasCount(1);
        page.getByLabel("Filter runs").fill("");
        assertThat(chart(page, "accuracy").locator("path")).hasCount(1);
        page.getByLabel("Compare group/other").check();
        assertThat(chart(page, "accuracy").locator("path")).hasCount(2);
        assertThat(page.locator(".legend")).containsText("group/other");
        assertEquals("#/runs?show=first%2Cgroup%2Fother", page.evaluate("() => location.hash"));
        page.reload();
        assertThat(chart(page, "accuracy").locator("path")).hasCount(2);
        page.getByLabel("Compare first").uncheck();
        assertThat(chart(page, "accuracy").locator("path")).hasCount(1);
        page.getByLabel("Compare group/other").uncheck();
        assertThat(page.locator(".charts")).isHidden();
        browser.assertQuiet();
    }

    @Test void curvesGrowWhileARunTrains() throws IOException {
        var page = open("#/runs?show=training,first");
        assertThat(chart(page, "accuracy")).hasAttribute("aria-label", "accuracy by epoch. training: 0.6 at last, from"
                + " 0.6 to 0.6; first: 0.9 at last, from 0.6 to 0.9");
        Files.writeString(runs.resolve("training/metrics.jsonl"), SomeRuns.epoch(2), StandardOpenOption.APPEND);
        page.locator("svg[aria-label^='accuracy by epoch. training: 0.8 at last, from 0.6 to 0.8']").waitFor();
        assertThat(row(page, "training")).containsText("trains, epoch 2");
        Path anew = Files.writeString(runs.resolve("training/other"), SomeRuns.epoch(1));
        Files.move(anew, runs.resolve("training/metrics.jsonl"), StandardCopyOption.REPLACE_EXISTING);
        page.locator("svg[aria-label^='accuracy by epoch. training: 0.6 at last, from 0.6 to 0.6']").waitFor();
        browser.assertQuiet();
    }

    @Test void curvesAreDrawnAsChosenAndReadByMouseAndKeys() {
        var page = open("#/runs?show=first,group/other");
        var loss = chart(page, "loss");
        assertThat(loss.locator("path")).hasCount(4); // test and training of two
        assertThat(loss.locator("path.dashed")).hasCount(2);
        String path = loss.locator("path").first().getAttribute("d");
        page.getByLabel("Logarithm").check();
        assertNotEquals(path, loss.locator("path").first().getAttribute("d"));
        page.getByLabel("Along").selectOption("time");
        page.locator("svg[aria-label^='accuracy by time']").waitFor();
        page.getByLabel("Along").selectOption("epoch");
        var steps = chart(page, "training loss of steps");
        assertThat(steps.locator("path.faint")).hasCount(0);
        page.getByLabel("Smooth steps").fill("0.6");
        assertThat(steps.locator("path.faint")).hasCount(2);

        var accuracy = chart(page, "accuracy");
        accuracy.focus();
        var reading = page.locator("figure.chart .reading:visible");
        accuracy.press("ArrowRight");
        assertThat(reading).hasText("epoch 1first 0.6group/other 0.6");
        accuracy.press("ArrowRight");
        accuracy.press("ArrowRight");
        assertThat(reading).hasText("epoch 3first 0.8667");
        accuracy.press("ArrowLeft");
        assertThat(reading).hasText("epoch 2first 0.8group/other 0.8");
        accuracy.blur();
        assertThat(reading).hasCount(0);
        accuracy.hover();
        assertThat(reading).containsText("first");
        browser.assertQuiet();
    }

    @Test void settingsStandSideBySideWithDifferencesMarked() {
        var page = open("#/runs?show=first,group/other");
        var rows = page.locator(".settings-table tbody tr");
        assertThat(rows).hasText(new String[] {"learning_rate (differs)0.0040.002", "trainer.epochs (differs)42"});
        page.getByLabel("Differences alone").uncheck();
        assertThat(rows).hasCount(7);
        assertThat(page.locator(".settings-table tr.differs")).hasCount(2);
        Browser.assertNamed(page);
        browser.assertQuiet();
    }

    @Test void aRunHasAPageOfItsOwn() throws IOException {
        var page = open("#/runs?show=first");
        page.locator(".list").getByText("first", new Locator.GetByTextOptions().setExact(true)).click();
        assertThat(page.locator("h1")).hasText("first");
        assertThat(page.locator(".facts")).containsText("Best accuracy0.9 (epoch 4)");
        assertThat(page.locator(".facts")).containsText("Trained for10 s");
        assertThat(page.locator(".matrix tbody tr").first()).hasText("shirt8280.0 %");
        assertThat(page.locator(".confusion li")).hasText(new String[] {"shirt for boot: 2 of 10",
            "boot for shirt: 1 of 10"});
        assertThat(page.locator(".gallery figcaption")).hasText(new String[] {"mistakes.png"}); // curves are drawn
        page.getByLabel("Enlarge mistakes.png").click();
        assertThat(page.locator("dialog")).isVisible();
        page.keyboard().press("Escape");
        assertThat(page.locator("dialog")).isHidden();
        page.locator(".samples summary").first().click();
        assertThat(page.locator(".samples pre").first()).hasText("<b>hostile</b>");
        assertThat(page.locator(".samples b, .samples img")).hasCount(0);
        page.locator("section[aria-label=Files] summary").click();
        assertThat(page.locator("section[aria-label=Files]")).containsText("checkpoints/1/model.safetensors");
        var download = page.waitForDownload(() -> page.locator(".files").getByText("config.json").click());
        assertEquals("config.json", download.suggestedFilename());
        assertArrayEquals(Files.readAllBytes(runs.resolve("first/config.json")), Files.readAllBytes(download.path()));
        assertThat(page.locator(".settings-table")).containsText("trainer.device");
        Browser.assertNamed(page);
        page.getByText("All runs").click();
        assertThat(page.locator(".list tbody tr")).hasCount(3);
        page.navigate(at("#/run/none"));
        assertThat(page.locator("#error")).containsText("run: expected one of those that /runs lists. Received none.");
    }

    @Test void aKeyIsAskedForAndSentWithPicturesAndDownloads() throws IOException {
        var keys = Files.write(folder.resolve("keys"), List.of("one"));
        var config = new ServeConfig(0, "127.0.0.1", keys.toString(), 8, 1, 16, 1000, 64, 60, 10, 0, "", "");
        try (var closed = InferenceServer.start(config, List.of(), runs, Device.CPU)) {
            var page = browser.page(1280, 800, "http://127.0.0.1:" + closed.port() + "/#/run/first");
            page.getByLabel("Key").fill("two");
            page.waitForResponse("**/v1/models", () -> page.getByLabel("Key").press("Enter"));
            assertThat(page.getByLabel("Key")).hasValue(""); // asked for again
            page.getByLabel("Key").fill("one");
            page.getByText("Go on").click();
            assertThat(page.locator("h1")).hasText("first");
            page.waitForFunction("() => document.querySelector('.gallery img')?.naturalWidth === 8");
            var download = page.waitForDownload(() -> page.locator(".files").getByText("config.json").click());
            assertArrayEquals(Files.readAllBytes(runs.resolve("first/config.json")),
                    Files.readAllBytes(download.path()));
        }
    }

    /** Screenshots go to target/screenshots, for people to look at. */
    @Test void thePageIsLightOrDarkAndFitsATelephone() {
        var page = open("#/runs?show=first,training");
        String back = "() => getComputedStyle(document.body).backgroundColor";
        var dark = new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK);
        var light = new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT);
        page.emulateMedia(light);
        Object white = page.evaluate(back);
        page.emulateMedia(dark);
        assertNotEquals(white, page.evaluate(back));
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Light colours")).click();
        assertEquals(white, page.evaluate(back));
        page.reload();
        assertEquals(white, page.evaluate(back), "the switch is remembered");
        for (String hash : List.of("#/runs?show=first,training", "#/run/first")) {
            for (int width : List.of(1280, 768, 360)) {
                page.setViewportSize(width, 800);
                page.navigate(at(hash));
                page.reload();
                page.locator(".chart svg text").first().waitFor();
                assertEquals(0, page.evaluate("() => Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
                        hash + " fits " + width);
                page.screenshot(new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of("target/screenshots",
                        hash.replaceAll("[^a-z]+", "-") + width + ".png")));
            }
        }
        browser.assertQuiet();
    }
}
