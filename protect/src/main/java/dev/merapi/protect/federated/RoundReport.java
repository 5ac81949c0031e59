package dev.merapi.protect.federated;

import java.util.List;
import java.util.Map;

/**
 * What a round did.
 *
 * @param round from 1
 * @param chosen clients that were asked
 * @param reported those that answered in time
 * @param dropped the others, by name, and why
 * @param trainLoss mean over the clients that told, while they learned; NaN where none did
 * @param values what was measured with the new weights: {@code loss} and metrics on the server's data, and with {@code
 *     clients_} before them over the clients' own
 * @param bytesDown sent to each client, on the average
 * @param bytesUp received from each
 * @param epsilon spent so far on clients, NaN without {@link FederatedOptions.ClientPrivacy}
 * @param seconds that it took
 */
public record RoundReport(int round, int chosen, int reported, List<String> dropped, double trainLoss,
        Map<String, Double> values, long bytesDown, long bytesUp, double epsilon, double seconds) {}
