package dev.merapi.train;

import java.util.Map;

/**
 * One epoch of a run, as it is recorded: a pass over the data, or what lies between two evaluations, see {@link
 * Trainer#evaluateEvery}.
 *
 * @param epoch from 1
 * @param step optimizer steps since the run began
 * @param values {@code train_loss}, the mean over the epoch's passes while the weights changed; and with a test set
 *     {@code loss} and the task's metrics by name, measured on it after the epoch
 * @param learningRate at the epoch's last step
 * @param seconds spent on training and evaluation
 * @param stepsPerSecond optimizer steps per second of training
 * @param waiting share of the training time in which the loop waited for the loader, 0 to 1
 */
public record Epoch(int epoch, long step, Map<String, Double> values, double learningRate, double seconds,
        double stepsPerSecond, double waiting) {
    /**
     * One of the values.
     *
     * @throws IllegalArgumentException naming those there are, if there is no such value
     */
    public double value(String name) {
        var value = values.get(name);
        if (value != null) return value;
        throw new IllegalArgumentException("Epoch: expected one of " + values.keySet() + ". Received " + name);
    }
}
