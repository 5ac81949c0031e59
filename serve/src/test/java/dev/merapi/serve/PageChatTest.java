package dev.merapi.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.AriaRole;
import dev.merapi.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Conversations on the page, in a browser. */
class PageChatTest {
    @TempDir private static Path folder;
    private static Browser browser;
    private static InferenceServer server;

    @BeforeAll static void start() throws IOException {
        browser = Browser.start();
        var models = List.of(Tiny.gpt(folder.resolve("gpt")), Tiny.gpt(folder.resolve("plain")));
        Files.delete(folder.resolve("plain/chat_template.jinja"));
        server = InferenceServer.start(ServeConfig.DEFAULT.port(0), models, Device.CPU);
    }

    @AfterAll static void stop() {
        if (server != null) server.close();
        if (browser != null) browser.close();
    }

    private static Page open() {
        var page = browser.page(1280, 800, "http://127.0.0.1:" + server.port() + "/");
        page.locator("#text").waitFor();
        return page;
    }

    /** With few tokens, always the likeliest: the same answer for the same question. */
    private static Page openBrief() {
        var page = open();
        settings(page, Map.of("Temperature", "0", "Max tokens", "8"));
        return page;
    }

    private static void settings(Page page, Map<String, String> values) {
        page.getByText("Settings").click();
        values.forEach((name, value) -> page.getByLabel(name).fill(value));
        page.getByText("Settings").click();
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static void say(Page page, String text) {
        page.locator("#text").fill(text);
        page.locator("#text").press("Enter");
    }

    private static Locator answers(Page page) { return page.locator(".message.assistant:not(.writing)"); }

    private static JsonNode body(Request request) {
        try {
            return Inputs.JSON.readTree(request.postData());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test void aConversationIsStreamedKeptAndGoneOnWith() {
        var page = openBrief();
        settings(page, Map.of("System message", "be brief", "Seed", "7", "Top p", "0.5", "Stop at", "zzz"));
        var first = page.waitForRequest("**/v1/chat/completions", () -> say(page, "hello world"));
        assertEquals("{\"model\":\"gpt\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"temperature\":0,"
                + "\"max_tokens\":8,\"top_p\":0.5,\"stop\":\"zzz\",\"seed\":7,\"messages\":[{\"role\":\"system\","
                + "\"content\":\"be brief\"},{\"role\":\"user\",\"content\":\"hello world\"}]}",
                body(first).toString());
        assertThat(answers(page)).hasCount(1);
        assertThat(page.locator(".actions .note")).containsText("8 tokens");
        assertThat(page.locator(".actions .note")).containsText("cut at max tokens");
        var second = page.waitForRequest("**/v1/chat/completions", () -> say(page, "the cat"));
        assertEquals(List.of("system", "user", "assistant", "user"), body(second).get("messages")
                .findValuesAsText("role"));
        assertThat(answers(page)).hasCount(2);
        page.reload();
        assertThat(page.locator(".message")).hasCount(4);
        assertThat(page.locator(".message.user").first()).containsText("hello world");
        assertThat(page.locator(".talks li.current button").first()).hasText("hello world");
        browser.assertQuiet();
    }

    @Test void anAnswerIsStoppedByButtonAndKey() {
        var page = open();
        settings(page, Map.of("Max tokens", "4000", "Temperature", "0"));
        say(page, "the cat");
        page.waitForFunction("() => document.querySelector('.writing .body')?.textContent.length > 10");
        assertThat(page.locator(".log")).hasAttribute("aria-busy", "true");
        button(page, "Stop").click();
        assertThat(page.locator(".actions .note")).hasText("stopped");
        assertThat(button(page, "Send")).isVisible();
        button(page, "Regenerate").click();
        page.waitForFunction("() => document.querySelector('.writing .body')?.textContent.length > 10");
        page.keyboard().press("Escape");
        assertThat(page.locator(".actions .note")).hasText("stopped");
        assertThat(answers(page)).hasCount(1);
        browser.assertQuiet();
    }

    @Test void anAnswerIsWrittenAnewAndAQuestionEdited() {
        var page = openBrief();
        say(page, "hello world");
        assertThat(answers(page)).hasCount(1);
        String before = answers(page).locator(".body").textContent();
        var again = page.waitForRequest("**/v1/chat/completions", () -> button(page, "Regenerate").click());
        assertEquals(1, body(again).get("messages").size(), "the old answer is not told");
        assertThat(answers(page)).hasCount(1);
        assertEquals(before, answers(page).locator(".body").textContent());
        button(page, "Edit").click();
        assertThat(page.locator("#text")).hasValue("hello world");
        assertThat(page.locator(".message")).hasCount(0);
        page.locator("#text").fill("how are you");
        page.locator("#text").press("Shift+Enter"); // begins a line
        assertThat(page.locator(".message")).hasCount(0);
        page.locator("#text").press("Enter");
        assertThat(answers(page)).hasCount(1);
        assertThat(page.locator(".message.user")).containsText("how are you");
        page.locator(".message.assistant").getByText("Copy").click();
        assertThat(page.locator(".message.assistant").getByText("Copied")).isVisible();
        assertEquals(Inputs.JSON.valueToTree(page.evaluate("() => JSON.parse(localStorage['merapi.talks'])[0]"))
                .at("/messages/1/content").textValue(), page.evaluate("() => navigator.clipboard.readText()"));
        browser.assertQuiet();
    }

    @Test void thereAreSeveralConversations() {
        var page = openBrief();
        say(page, "the cat");
        assertThat(answers(page)).hasCount(1);
        button(page, "New chat").click();
        assertThat(page.locator(".message")).hasCount(0);
        say(page, "hello <b>world</b>");
        assertThat(answers(page)).hasCount(1);
        assertThat(page.locator(".talks li")).hasCount(2);
        page.locator(".talks").getByText("the cat").click();
        assertThat(page.locator(".message.user .body")).hasText("the cat");
        button(page, "Delete the cat").click();
        assertThat(page.locator(".talks li")).hasCount(1);
        assertThat(page.locator(".message.user .body")).hasText("hello <b>world</b>");
        button(page, "Delete hello <b>world</b>").click();
        assertThat(page.locator(".talks li")).hasCount(0);
        assertThat(page.locator(".empty")).isVisible();
        page.reload();
        assertThat(page.locator(".talks li")).hasCount(0);
        browser.assertQuiet();
    }

    @Test void aModelWithoutATemplateGoesOnWithATextAndErrorsAreSaid() {
        var page = openBrief();
        page.locator("#model").selectOption("plain");
        var request = page.waitForRequest("**/v1/completions", () -> say(page, "the cat sat"));
        assertEquals("the cat sat", body(request).get("prompt").textValue());
        assertThat(answers(page)).hasCount(1);
        page.locator("#model").selectOption("gpt");
        settings(page, Map.of("Max tokens", "999999"));
        say(page, "x");
        assertThat(page.locator("#error")).containsText("max_tokens: expected");
        page.locator("#error").getByText("×").click();
        assertThat(page.locator("#error")).isHidden();
        assertThat(answers(page)).hasCount(1); // none of the failed one
    }

    /** Without a mouse: everything has a name, and is reached by Tab. */
    @Test void theKeyboardIsEnough() {
        var page = open();
        page.keyboard().press("Tab");
        assertThat(page.locator("#skip")).isFocused();
        page.keyboard().press("Enter");
        assertThat(page.locator("#view")).isFocused();
        page.keyboard().press("Tab");
        assertThat(button(page, "New chat")).isFocused();
        settings(page, Map.of("Max tokens", "8"));
        page.locator("#text").focus();
        page.keyboard().type("hello");
        page.keyboard().press("Enter");
        assertThat(answers(page)).hasCount(1);
        Browser.assertNamed(page);
        browser.assertQuiet();
    }

    @Test void markdownIsShown() {
        var page = open();
        for (var one : Map.ofEntries(Map.entry("a *b* **c** ***d*** ~~e~~ `f*g*`",
                "<p>a <em>b</em> <strong>c</strong> <strong><em>d</em></strong> <s>e</s> <code>f*g*</code></p>"),
                Map.entry("# One #\n## Two\ntext", "<h3>One</h3><h4>Two</h4><p>text</p>"),
                Map.entry("snake_case_name 2*3*4 * 5", "<p>snake_case_name 2<em>3</em>4 * 5</p>"),
                Map.entry("a\nb\n\nc", "<p>a<br>b</p><p>c</p>"),
                Map.entry("- a\n- b\n  - c\n\n1. d\n2. e", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"
                        + "<ol start=\"1\"><li>d</li><li>e</li></ol>"),
                Map.entry("3. a\n\n   b\n4. c", "<ol start=\"3\"><li><p>a</p><p>b</p></li><li>c</li></ol>"),
                Map.entry("> a\n> - b", "<blockquote><p>a</p><ul><li>b</li></ul></blockquote>"),
                Map.entry("---", "<hr>"), Map.entry("\\*a\\* \\\\", "<p>*a* \\</p>"),
                Map.entry("|a|b|\n|-|-:|\n|1|`2`|", "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th>a</th>"
                        + "<th class=\"end\">b</th></tr></thead><tbody><tr><td>1</td><td class=\"end\"><code>2</code>"
                        + "</td></tr></tbody></table></div>"),
                Map.entry("[a](https://b.c/d_(e)) https://f.g/h.", "<p><a href=\"https://b.c/d_(e)\" target=\"_blank\""
                        + " rel=\"noopener noreferrer nofollow\">a</a> <a href=\"https://f.g/h\" target=\"_blank\""
                        + " rel=\"noopener noreferrer nofollow\">https://f.g/h</a>.</p>"),
                Map.entry("```sh\na < b # c\n", "<div class=\"code\"><div class=\"code-head\"><span>sh</span><button"
                        + " class=\"quiet\" type=\"button\" data-copy=\"\">Copy</button></div>"
                        + "<pre tabindex=\"0\"><code>a &lt; b <span class=\"code-comment\"># c</span>\n"
                        + "</code></pre></div>")).entrySet()) {
            assertEquals(one.getValue(), html(page, one.getKey()), one.getKey());
        }
        for (String open : List.of("*a", "**a", "`a", "[a](", "[a", "_", "***", "|a|", "> ", "- ", "1.", "```")) {
            assertTrue(html(page, open).length() < 300, open); // as it comes in, word by word
        }
    }

    private static String html(Page page, String text) {
        return (String) page.evaluate("""
                async text => {
                    const { markdown } = await import('/page/markdown.js');
                    const node = document.createElement('div');
                    node.append(markdown(text));
                    return node.innerHTML;
                }""", text);
    }

    /** Whatever a model writes, nothing of it is obeyed or loaded, also from a conversation that was kept. */
    @Test void hostileTextIsShownNotObeyed() {
        var hostile = List.of("<script>window.hacked = 1</script>", "<img src=x onerror='window.hacked = 1'>",
                "<svg onload=window.hacked=1><iframe src='javascript:window.hacked=1'></iframe>",
                "[a](javascript:window.hacked=1)", "[a](JaVaScRiPt:window.hacked=1)", "[a]( javascript:alert(1))",
                "[a](data:text/html,<script>window.hacked=1</script>)", "[a](vbscript:x) [a](file:///etc/passwd)",
                "[a](https://x.y/\"onmouseover=\"window.hacked=1)", "![a](https://evil.example/pixel.png)",
                "<a href=\"javascript:window.hacked=1\">a</a>", "`<b>`", "# <img src=x onerror=window.hacked=1>",
                "|<b>|\n|-|\n|<script>window.hacked=1</script>|", "```\"><script>window.hacked=1</script>\n<b>\n```",
                "- <style>*{display:none}</style>", "&lt;script&gt;", "https://x.y/<script>window.hacked=1</script>",
                "[<img src=x onerror=window.hacked=1>](https://x.y)", "\u202e\0<b>");
        var page = open();
        var requests = new ArrayList<String>();
        page.onRequest(request -> requests.add(request.url()));
        page.evaluate("""
                texts => localStorage.setItem('merapi.talks', JSON.stringify([{ id: '<b>', model: '<b>', changed: 1,
                    title: '<img src=x onerror=window.hacked=1>', settings: {}, messages: texts.flatMap(text =>
                    [{ role: 'user', content: text }, { role: 'assistant', content: text, note: text }]) }]))""",
                hostile);
        page.reload();
        assertThat(page.locator(".message")).hasCount(2 * hostile.size());
        page.waitForTimeout(200);
        assertEquals(null, page.evaluate("() => window.hacked"));
        assertEquals(0, page.locator(".chat :is(script, img, iframe, svg, style, b, object, embed)").count());
        assertEquals(List.of(), page.locator(".log a").all().stream().map(a -> a.getAttribute("href"))
                .filter(href -> !href.startsWith("https://")).toList());
        assertEquals(List.of(), requests.stream().filter(url -> !url.contains("127.0.0.1")).toList());
        for (String one : hostile.subList(0, 3)) assertThat(page.locator(".log")).containsText(one);
        // letters, over and over, that might make a search long: they end
        for (String one : List.of("*", "_", "**a ", "`", "``` ", "[", "[a](", "![", "<", "> ", "- ", "|", "\\", "#",
                "\n- a", "\n> ", "/*", "\"", "https://", "1. ",
                "*a *", "~~a ", "|a\n|-\n", "\n```")) {
            assertNotEquals("", html(page, "a" + one.repeat(9_000)));
            assertNotEquals("", html(page, "```js\n" + one.repeat(3_000)));
        }
        browser.assertQuiet();
    }
}
