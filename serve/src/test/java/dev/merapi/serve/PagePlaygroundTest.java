package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import dev.merapi.speech.audio.Audio;
import dev.merapi.tensor.Device;
import dev.merapi.vision.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Models of every kind that are tried on the page, in a browser. */
class PagePlaygroundTest {
    @TempDir private static Path folder;
    private static Browser browser;
    private static InferenceServer server;
    private static Path red;

    @BeforeAll static void start() throws IOException {
        browser = Browser.start();
        var pixels = new byte[3 * 16 * 16];
        for (String name : List.of("red", "blue")) {
            int channel = name.equals("red") ? 0 : 2;
            for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (i % 3 == channel ? 200 : 0);
            for (int i = 0; i < 4; i++) {
                pixels[0] = (byte) i;
                new Image(16, 16, 3, pixels.clone()).write(folder.resolve("pictures/" + name + "/" + i + ".png"));
            }
        }
        red = folder.resolve("pictures/red/1.png");
        var rows = new ArrayList<>(List.of("age,sex,town,alive,survived"));
        for (int i = 0; i < 60; i++) {
            rows.add(i + "," + (i % 2 == 0 ? "f" : "m") + ",town " + i % 20 + "," + (i % 3 == 0) + ","
                    + (i % 4 < 2 ? "yes" : "no"));
        }
        var table = Files.write(folder.resolve("passengers.csv"), rows);
        var models = List.of(Tiny.train(folder.resolve("colours"), "image-folder", "data=" + folder.resolve("pictures"),
                "model=batch_norm_cnn", "image_size=16", "epochs=1", "augment=false", "batch_size=8"),
                Tiny.train(folder.resolve("titanic"), "table", "data=" + table, "target=survived", "epochs=1",
                        "batch_size=16"),
                Tiny.encoder(folder.resolve("encoder")), Tiny.tagger(folder.resolve("tagger")),
                Tiny.classifier(folder.resolve("classifier")), Tiny.reader(folder.resolve("reader")));
        server = InferenceServer.start(ServeConfig.DEFAULT.port(0), models, Device.CPU);
    }

    @AfterAll static void stop() {
        if (server != null) server.close();
        if (browser != null) browser.close();
    }

    private static Page open(String model) {
        var page = browser.page(1280, 800, "http://127.0.0.1:" + server.port() + "/#/try/" + model);
        page.locator("form.ask").waitFor();
        return page;
    }

    private static void choose(Page page, String model) {
        page.locator("#model").selectOption(model);
        page.locator("form[data-model=" + model + "]").waitFor();
    }

    private static JsonNode asked(String model, Object... inputs) {
        return Tiny.post(server, "/v2/models/" + model + "/predict", Map.of("inputs", List.of(inputs), "top", 5)).json()
                .get("answers");
    }

    private static Locator ask(Page page) {
        page.locator("form.ask button.main").click();
        page.locator(".answer h2").waitFor();
        return page.locator(".answer");
    }

    private static String percent(JsonNode share) { return "%.1f %%".formatted(100 * share.doubleValue()); }

    private static void assertBars(Page page, JsonNode classes) {
        assertThat(page.locator(".bars li")).hasCount(classes.size());
        for (int i = 0; i < classes.size(); i++) {
            assertThat(page.locator(".bars li").nth(i).locator(".label")).hasText(classes.get(i).get("label")
                    .textValue());
            assertThat(page.locator(".bars li").nth(i).locator(".share")).hasText(percent(classes.get(i)
                    .get("probability")));
        }
    }

    @Test void aPictureIsChosenDroppedAndPasted() throws IOException {
        var page = open("colours");
        String base64 = Base64.getEncoder().encodeToString(Files.readAllBytes(red));
        page.locator("input[type=file]").setInputFiles(red);
        assertBars(page, asked("colours", base64).get(0));
        assertThat(page.locator(".preview img")).isVisible();
        for (String event : List.of("drop", "paste")) {
            page.reload();
            page.locator("form.ask").waitFor();
            page.evaluate("""
                    ([event, base64]) => {
                        const blob = new Blob([Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))]);
                        const data = new DataTransfer();
                        data.items.add(new File([blob], 'red.png', { type: 'image/png' }));
                        document.querySelector('.drop').dispatchEvent(event === 'drop'
                            ? new DragEvent(event, { dataTransfer: data, bubbles: true, cancelable: true })
                            : new ClipboardEvent(event, { clipboardData: data, bubbles: true }));
                    }""", List.of(event, base64));
            assertBars(page, asked("colours", base64).get(0));
        }
        page.locator("summary").click();
        assertThat(page.locator("details pre").first()).containsText("/v2/models/colours/predict");
        page.locator("input[type=file]").setInputFiles(folder.resolve("passengers.csv"));
        assertThat(page.locator("#error")).containsText("expected a picture's file");
        Browser.assertNamed(page);
    }

    @Test void aRowIsFilledIntoAFormOfTheColumns() {
        var page = open("titanic");
        assertEquals(List.of("age", "sex", "town", "alive"), page.locator(".columns .field > span")
                .allTextContents());
        assertEquals(List.of("—", "f", "m"), page.locator("select[name=sex] option").allTextContents());
        assertThat(page.locator("datalist option")).hasCount(20);
        page.locator("input[name=age]").fill("31.5");
        page.locator("select[name=sex]").selectOption("m");
        page.locator("input[name=town]").fill("town 3");
        page.locator("select[name=alive]").selectOption("true");
        var answer = asked("titanic", Map.of("age", 31.5, "sex", "m", "town", "town 3", "alive", true)).get(0);
        assertThat(ask(page).locator(".big")).hasText("survived " + answer.get("survived_predicted").textValue());
        assertThat(page.locator(".bars")).containsText(percent(answer.get("survived_yes")));
        page.getByText("Clear").click();
        var empty = page.waitForRequest("**/predict", () -> page.locator("form.ask button.main").click());
        assertEquals("{\"inputs\":[{}],\"top\":5}", empty.postData());
        Browser.assertNamed(page);
        browser.assertQuiet();
    }

    @Test void textsHaveClassesEntitiesAnswersAndSimilarities() {
        String text = "Ann lives in <b>Rome</b>";
        var page = open("classifier");
        page.locator("form.ask textarea").fill(text);
        ask(page);
        assertBars(page, asked("classifier", text).get(0));

        choose(page, "tagger");
        page.locator("form.ask textarea").fill(text);
        ask(page);
        var entities = asked("tagger", text).get(0);
        assertTrue(entities.size() > 1, entities.toString());
        assertThat(page.locator("mark")).hasCount(entities.size());
        String marked = "";
        for (var entity : entities) marked += entity.get("text").textValue() + entity.get("label").textValue();
        assertEquals(marked, String.join("", page.locator("mark").allTextContents()));

        choose(page, "reader");
        page.locator("input[name=question]").fill("who lives");
        page.locator("textarea[name=text]").fill(text);
        var answer = asked("reader", Map.of("question", "who lives", "text", text)).get(0).get(0);
        assertThat(ask(page).locator(".big")).hasText(answer.get("text").textValue());
        assertThat(page.locator("mark")).hasCount(1);

        choose(page, "encoder");
        assertThat(page.locator("form.ask textarea")).hasCount(2);
        page.locator("form.ask textarea").first().fill("the cat");
        page.locator("form.ask textarea").last().fill("the cat");
        assertThat(ask(page).locator(".big")).containsText("1.000 nearly the same");
        page.locator("form.ask textarea").last().fill("it rains");
        page.locator("form.ask button.main").click();
        assertThat(page.locator(".answer .big")).not().containsText("1.000");
        assertThat(page.locator(".scale")).hasAttribute("aria-label", "Similarity "
                + page.locator(".big").textContent().split(" ")[0] + " of 1");
        Browser.assertNamed(page);
        browser.assertQuiet();
    }

    /** The page as of a model of another kind, which would take long to train: what it says and answers is given. */
    private static Page as(String kind, String answers, Object answer) {
        var page = browser.page(1280, 800, "about:blank");
        page.route("**/v2/models/colours", route -> fulfil(route, Map.of("name", "colours", "kind", kind, "answer",
                answers, "inputs", List.of(Map.of("name", kind, "datatype", "BYTES", "shape", List.of(-1))))));
        page.route("**/predict", route -> fulfil(route, Map.of("answers", List.of(answer))));
        page.navigate("http://127.0.0.1:" + server.port() + "/#/try/colours");
        page.locator("form.ask").waitFor();
        return page;
    }

    private static void fulfil(Route route, Object body) {
        route.fulfill(new Route.FulfillOptions().setContentType("application/json").setBody(Inputs.JSON
                .valueToTree(body).toString()));
    }

    /** The sound that a request has, as the server reads it. */
    private static Audio sent(Request request) throws IOException {
        String url = Inputs.JSON.readTree(request.postData()).at("/inputs/0").textValue();
        assertTrue(url.startsWith("data:audio/wav;base64,"), url.substring(0, 40));
        return Audio.read(Files.write(folder.resolve("sent.wav"), Base64.getDecoder().decode(url.substring(22))));
    }

    @Test void aRecordingIsSentAsWavAndItsTextShown() throws IOException {
        var samples = new float[2 * 8000];
        for (int t = 0; t < samples.length; t++) samples[t] = (float) (0.5 * Math.sin(2 * Math.PI * 440 * t / 8000));
        Path file = folder.resolve("tone.wav");
        Audio.of(new float[][] {samples, samples}, 8000).write(file);
        var page = as("sound", "transcript", Map.of("text", "hello <b>world</b>", "segments", List.of(
                Map.of("start", 0, "end", 1, "text", "hello"), Map.of("start", 1, "end", 2, "text", "world"))));
        var request = page.waitForRequest("**/predict", () -> page.locator("input[type=file]").setInputFiles(file));
        var sent = sent(request);
        assertEquals(16_000, sent.rate());
        assertEquals(1, sent.channels());
        assertEquals(2, sent.seconds(), 0.02);
        float[] loud = sent.slice(0.5, 1.5).samples();
        double power = 0;
        for (float sample : loud) power += sample * sample;
        assertEquals(0.5 / Math.sqrt(2), Math.sqrt(power / loud.length), 0.01, "as loud as it was");
        assertThat(page.locator(".answer .big")).hasText("hello <b>world</b>");
        page.getByLabel("Play from 1.0 s").click();
        page.waitForFunction("() => document.querySelector('audio').currentTime >= 1");
        page.getByText("Record", new Page.GetByTextOptions().setExact(true)).click();
        page.getByText("Stop recording").waitFor();
        page.waitForTimeout(500);
        var recorded = page.waitForRequest("**/predict", () -> page.getByText("Stop recording").click());
        assertTrue(sent(recorded).seconds() > 0.1);
        page.locator("input[type=file]").setInputFiles(red);
        assertThat(page.locator("#error")).containsText("expected a sound that this browser plays");
        browser.assertQuiet();
    }

    @Test void whatWasFoundIsDrawnOverThePicture() {
        var page = as("picture", "detections", List.of(Map.of("label", "dog", "score", 0.9, "box",
                Map.of("left", 2, "top", 4, "right", 10, "bottom", 12))));
        page.locator("input[type=file]").setInputFiles(red);
        assertThat(page.locator(".boxes rect")).hasAttribute("width", "8");
        assertThat(page.locator(".boxes text")).hasText("dog");
        assertThat(page.locator(".bars .share")).hasText("90.0 %");
        var shares = as("picture", "segmentation", Map.of("shares", List.of(Map.of("label", "sky", "area", 0.25))));
        shares.locator("input[type=file]").setInputFiles(red);
        assertThat(shares.locator(".bars .share")).hasText("25.0 %");
        var voice = as("text", "audio", Map.of("wav", "UklGRg=="));
        voice.locator("form.ask textarea").fill("hello");
        assertThat(ask(voice).locator("audio")).hasAttribute("src", "data:audio/wav;base64,UklGRg==");
    }
}
