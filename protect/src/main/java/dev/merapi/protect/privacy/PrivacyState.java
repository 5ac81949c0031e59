package dev.merapi.protect.privacy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;

/**
 * Where a private training stands, as it is kept in the metadata of weights.
 *
 * @param noise the multiplier
 * @param norm that gradients are clipped to
 * @param phases spent so far
 */
record PrivacyState(double noise, double norm, List<Ledger.Phase> phases) {
    /** The key in the metadata. */
    static final String KEY = "privacy";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    long steps() { return phases.stream().mapToLong(Ledger.Phase::steps).sum(); }

    String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e); // numbers alone
        }
    }

    /** @throws IllegalArgumentException if it is no such text */
    static PrivacyState parse(String json) {
        try {
            var state = JSON.readValue(json, PrivacyState.class);
            if (state != null && state.phases != null && state.phases.stream().allMatch(p -> p != null)) return state;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("privacy in the metadata: expected noise, norm and phases. Received "
                    + json + ": " + e.getOriginalMessage(), e);
        }
        throw new IllegalArgumentException("privacy in the metadata: expected noise, norm and phases. Received "
                + json);
    }
}
