package dev.merapi.serve;

/** A request that is not answered: what is wrong with it, or that it is to come back later. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code; // OpenAI's, or null

    Refusal(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    /** Something is wrong with it, as in {@code Expect.error}. */
    static Refusal wrong(String where, String expected, Object received) {
        return new Refusal(400, null, where + ": expected " + expected + ". Received " + received + ".");
    }

    static void tooMany(String model, long inputs, int most) {
        if (inputs <= most) return;
        throw new Refusal(413, null, model + ": expected at most " + most + " inputs in a request, the setting queue."
                + " Received " + inputs + "; send them in parts.");
    }

    static Refusal busy(String model) {
        return new Refusal(429, "rate_limit_exceeded", model + " has as many requests waiting as it may; come back"
                + " after the seconds in Retry-After.");
    }

    static Refusal tooOften(int rate) {
        return new Refusal(429, "rate_limit_exceeded", "Expected at most " + rate + " requests a minute, the setting"
                + " rate. Received more; come back after the seconds in Retry-After.");
    }

    static Refusal closing() {
        return new Refusal(503, "server_closing", "This server is being closed; ask another one, or come back.");
    }

    static Refusal late(int seconds) {
        return new Refusal(504, "timeout", "No answer within " + seconds + " seconds, the setting timeout; ask for"
                + " less, or come back when the server has less to do.");
    }

    int status() { return status; }

    String code() { return code; }
}
