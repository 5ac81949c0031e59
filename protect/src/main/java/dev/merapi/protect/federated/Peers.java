package dev.merapi.protect.federated;

import java.util.List;

/** The clients that are there. */
interface Peers {
    /**
     * Those that are connected now, by name, at least so many.
     *
     * @throws IllegalStateException if there are not as many in time
     */
    List<Peer> connected(int least, double seconds);
}
