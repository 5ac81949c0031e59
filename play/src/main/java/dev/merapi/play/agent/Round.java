package dev.merapi.play.agent;

/**
 * What a trainer of an agent has for a batch: a turn of acting and learning, or episodes to play for an evaluation.
 *
 * @param number from 0
 * @param episodes of an evaluation: how many
 */
public record Round(long number, int episodes) {}
