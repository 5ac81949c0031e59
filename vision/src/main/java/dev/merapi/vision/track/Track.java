package dev.merapi.vision.track;

import dev.merapi.vision.detect.ScoredBox;

/**
 * A thing that is followed, in one picture.
 *
 * @param id its number, the same in all pictures, from 1
 * @param seen where a detector saw it
 */
public record Track(int id, ScoredBox seen) {}
