package dev.merapi.protect.federated;

import java.util.concurrent.CompletableFuture;

/** A client as the server sees it. */
interface Peer {
    /** Its name. */
    String name();

    /** Asks it; the answer may never come. Completes exceptionally where the client is known to be gone. */
    CompletableFuture<Message> ask(Message message);

    /** Bytes sent to it so far. */
    long sent();

    /** Bytes received from it so far. */
    long received();
}
