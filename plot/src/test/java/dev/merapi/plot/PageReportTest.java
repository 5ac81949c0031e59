package dev.merapi.plot;

import java.io.StringReader;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

class PageReportTest {
    private static final String WORDS = "a < b & \"c\" > d </pre><script>alert(1)</script>\u0001\n  second line é 山";
    private static final Figure DOT = new Figure(20, 10, g -> g.fillRect(2, 3, 4, 5));

    private static Element parsed(String html) throws Exception {
        var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        builder.setErrorHandler(null); // which would print
        return builder.parse(new InputSource(new StringReader(html))).getDocumentElement();
    }

    /** As XML: each tag closed, each sign escaped; so browsers need guess nothing. */
    @Test void aPageIsWellFormedWhateverItSays() throws Exception {
        var page = new PageReport("What <b> \"is\"").add("one & <two>", WORDS, DOT).add("", "", DOT);
        var html = parsed(page.html());
        assertEquals("What <b> \"is\"", html.getElementsByTagName("h1").item(0).getTextContent());
        assertEquals("one & <two>", html.getElementsByTagName("h2").item(0).getTextContent());
        assertEquals(WORDS.replace('\u0001', '\ufffd'), html.getElementsByTagName("pre").item(0).getTextContent());
        assertEquals(0, html.getElementsByTagName("script").getLength());
        assertEquals(2, html.getElementsByTagName("img").getLength());
        var image = (Element) html.getElementsByTagName("img").item(0);
        assertEquals("one & <two>", image.getAttribute("alt"));
        assertEquals("20", image.getAttribute("width"));
        String data = image.getAttribute("src");
        assertArrayEquals(DOT.png(), Base64.getDecoder().decode(data.substring("data:image/png;base64,".length())));
    }

    /** A page is read without a network: no address in it, in attributes or in its style. */
    @Test void aPageLinksNowhere() {
        String html = new PageReport("title").add("heading", "words", DOT).html();
        assertFalse(Pattern.compile("(?i)(src|href|action)\\s*=\\s*[\"'](?!data:)|@import|url\\(|://|<link|<script")
                .matcher(html).find(), html);
    }
}
