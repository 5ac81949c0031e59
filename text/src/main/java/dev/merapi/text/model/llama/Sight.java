package dev.merapi.text.model.llama;

import dev.merapi.nn.Mask;

/** What a layer sees of the tokens: which, and by which angles they are turned. */
record Sight(Mask mask, Frequencies.Turn turn) {}
