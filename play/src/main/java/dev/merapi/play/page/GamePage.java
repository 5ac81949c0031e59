package dev.merapi.play.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.merapi.play.game.GameState;
import dev.merapi.play.search.Player;
import dev.merapi.tensor.Expect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A page on which a person plays, for browsers on this machine alone. The browser knows the game: it sends all moves so
 * far, and the server answers with the board, after a move of its own where it is its turn.
 */
public final class GamePage implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 1 << 16; // bytes of a request

    private final GameState start;
    private final Player player;
    private final HttpServer server;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(); // one thought at a time
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * What the browser sends.
     *
     * @param moves all so far, by name
     * @param side the person's player: 0 begins
     */
    record Turn(List<String> moves, int side) {}

    private GamePage(GameState start, Player player, HttpServer server) {
        this.start = start;
        this.player = player;
        this.server = server;
        server.createContext("/", this::handle);
        server.setExecutor(worker);
        server.start();
    }

    /**
     * Opens one.
     *
     * @param port 0 for any that is free
     * @throws UncheckedIOException if the port is taken
     */
    public static GamePage open(GameState start, Player player, int port) {
        try {
            return new GamePage(start, player,
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
        } catch (IOException e) {
            throw new UncheckedIOException("port: cannot listen on " + port + ": " + e.getMessage()
                    + ". Choose another, or 0 for any that is free.", e);
        }
    }

    /** Where it listens. */
    public int port() { return server.getAddress().getPort(); }

    /** Waits until it is closed, or the thread is interrupted. */
    public void await() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override public void close() {
        server.stop(0);
        worker.shutdown();
        closed.countDown();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String asked = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            if (!isHere(exchange)) { // a name that another site made point here
                send(exchange, 403, "text/plain", "Expected a browser on this machine.");
            } else if (asked.equals("GET /")) {
                try (var page = GamePage.class.getResourceAsStream("index.html")) {
                    send(exchange, 200, "text/html", new String(page.readAllBytes(), StandardCharsets.UTF_8));
                }
            } else if (asked.equals("POST /turn")) {
                turn(exchange);
            } else {
                send(exchange, 404, "text/plain", "Expected GET / or POST /turn. Received " + asked + ".");
            }
        }
    }

    private boolean isHere(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        return host != null && List.of("127.0.0.1:" + port(), "localhost:" + port()).contains(host);
    }

    private void turn(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(LONGEST);
        String answer;
        int status = 200;
        try {
            answer = JSON.writeValueAsString(after(JSON.readValue(body, Turn.class)));
        } catch (JsonProcessingException e) {
            status = 400;
            answer = error("body: expected {\"moves\": [...], \"side\": 0}. Received something else.");
        } catch (IllegalArgumentException e) {
            status = 400;
            answer = error(e.getMessage());
        }
        send(exchange, status, "application/json", answer);
    }

    private static String error(String message) throws JsonProcessingException {
        return JSON.writeValueAsString(Map.of("error", message));
    }

    /** The game as the browser draws it. */
    private Map<String, Object> after(Turn turn) {
        Expect.that(turn.moves != null && (turn.side == 0 || turn.side == 1), "body", "moves, and a side 0 or 1", turn);
        GameState state = start;
        var moves = new ArrayList<String>();
        for (String name : turn.moves) {
            state = state.play(state.parse(name));
            moves.add(name);
        }
        while (!state.isOver() && state.player() != turn.side) {
            int move = player.move(state);
            moves.add(state.name(move));
            state = state.play(move);
        }
        var spec = state.spec();
        var drawn = new LinkedHashMap<String, Object>();
        drawn.put("game", spec.name());
        drawn.put("height", spec.height());
        drawn.put("width", spec.width());
        drawn.put("cells", cells(state));
        drawn.put("columns", spec.moves() == spec.width()); // a move is a column
        drawn.put("legal", legal(state));
        drawn.put("moves", moves);
        drawn.put("over", state.isOver());
        drawn.put("won", turn.side == 0 ? state.payoff() : -state.payoff());
        return drawn;
    }

    private static Map<Integer, String> legal(GameState state) {
        var names = new LinkedHashMap<Integer, String>();
        for (int move : state.legal()) names.put(move, state.name(move));
        return names;
    }

    /** 0 for an empty cell, 1 for a stone of the first player, 2 for one of the second. */
    private static int[] cells(GameState state) {
        var spec = state.spec();
        var planes = new float[spec.inputs()];
        state.planes(planes, 0); // the first two: stones of who is to move, and of the other
        var cells = new int[spec.cells()];
        for (int cell = 0; cell < cells.length; cell++) {
            if (planes[cell] > 0) cells[cell] = 1 + state.player();
            else if (planes[cells.length + cell] > 0) cells[cell] = 2 - state.player();
        }
        return cells;
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
