package dev.merapi.play.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.merapi.io.LineReader;
import dev.merapi.play.game.ConnectFour;
import dev.merapi.play.game.GameState;
import dev.merapi.play.game.TicTacToe;
import dev.merapi.play.search.AlphaBeta;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GamePageTest {
    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static HttpRequest.Builder at(GamePage page, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + page.port() + path));
    }

    private static JsonNode turn(GamePage page, String body, int status) throws Exception {
        var response = send(at(page, "/turn").POST(HttpRequest.BodyPublishers.ofString(body)));
        assertEquals(status, response.statusCode(), response.body());
        return new ObjectMapper().readTree(response.body());
    }

    @Test void aGameIsPlayedOverThePage() throws Exception {
        try (var page = GamePage.open(ConnectFour.START, new AlphaBeta(2, 1), 0)) {
            var html = send(at(page, "/"));
            assertEquals(200, html.statusCode());
            assertTrue(html.body().contains("<div id=\"board\""));
            var first = turn(page, "{\"moves\": [], \"side\": 0}", 200);
            assertEquals(0, first.get("moves").size());
            assertEquals(42, first.get("cells").size());
            assertEquals("7", first.get("legal").get("6").asText());
            var second = turn(page, "{\"moves\": [], \"side\": 1}", 200);
            assertEquals(1, second.get("moves").size(), "the AI begins");
            // the AI stops three in a row
            var stopped = turn(page, "{\"moves\": [\"1\", \"2\", \"1\", \"2\", \"1\"], \"side\": 0}", 200);
            assertEquals("1", stopped.get("moves").get(5).asText());
            assertEquals(2, stopped.get("cells").get(14).asInt()); // row 3 from the top, on three of the person's
            assertEquals(1, stopped.get("cells").get(21).asInt());
            var lost = turn(page, "{\"moves\": [\"1\", \"2\", \"1\", \"2\", \"7\", \"2\", \"7\"], \"side\": 0}", 200);
            assertTrue(lost.get("over").asBoolean());
            assertEquals(-1, lost.get("won").asInt());
        }
    }

    @Test void wrongRequestsAreAnswered() throws Exception {
        try (var page = GamePage.open(TicTacToe.START, new AlphaBeta(2, 1), 0)) {
            assertEquals("move: expected one of b1 c1 a2 b2 c2 a3 b3 c3. Received a1.",
                    turn(page, "{\"moves\": [\"a1\", \"a1\"], \"side\": 0}", 400).get("error").asText());
            assertEquals("body: expected {\"moves\": [...], \"side\": 0}. Received something else.",
                    turn(page, "[", 400).get("error").asText());
            assertTrue(turn(page, "{\"side\": 7}", 400).get("error").asText().startsWith("body: expected moves, a"));
            assertEquals(404, send(at(page, "/etc/passwd")).statusCode());
            assertTrue(raw(page, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").startsWith("HTTP/1.1 403"));
            var taken = assertThrows(UncheckedIOException.class,
                    () -> GamePage.open(TicTacToe.START, new AlphaBeta(2, 1), page.port()));
            assertTrue(taken.getMessage().startsWith("port: cannot listen on " + page.port()), taken.getMessage());
        }
    }

    private static String raw(GamePage page, String request) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), page.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
        }
    }

    private static Dialogue.End play(GameState start, String typed, int side, StringWriter said) {
        return new Dialogue(new LineReader(new StringReader(typed)), new PrintWriter(said))
                .play(start, new AlphaBeta(9, 1), side);
    }

    @Test void aGameIsPlayedOnTheTerminal() {
        var said = new StringWriter();
        assertEquals(Dialogue.End.LOST, play(TicTacToe.START.play(4), "a2\nb1\nc1\nb3\na1\nc3\na3\nc2\n", 1, said));
        assertTrue(said.toString().contains("You are O."), said.toString());
        assertTrue(said.toString().contains("I play "), said.toString());
        assertTrue(said.toString().contains(" 2 O X ."), said.toString());
        var slip = new StringWriter();
        assertEquals(Dialogue.End.UNFINISHED, play(TicTacToe.START, "d9\nb2", 0, slip));
        assertTrue(slip.toString().contains("move: expected one of a1 b1 c1 a2 b2 c2 a3 b3 c3. Received d9."));
        assertTrue(slip.toString().contains(" 2 . X ."), slip.toString());
    }
}
