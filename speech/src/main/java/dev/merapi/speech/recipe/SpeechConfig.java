package dev.merapi.speech.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.speech.data.BadClip;
import dev.merapi.tensor.Expect;

/** Settings of recognisers. Training is by AdamW; the learning rate rises in a line and falls along a cosine. */
public record SpeechConfig(
        @Describe("table with path and text, or folder as of LibriSpeech, Common Voice, LJ Speech, Speech Commands")
        String data,
        @Describe("table, folder or part of the folder to measure with; empty: test, or some held out") String test,
        @Describe("part that is held out where there is no test") double testFraction,
        @Describe("the network") Network model,
        @Describe("samples in a second that it hears") int rate,
        @Describe("mel bands") int mels,
        @Describe("of each layer and direction; 0 as the network has it") int hidden,
        @Describe("recurrent or other layers; 0 as the network has it") int layers,
        @Describe("frames of 30 ms that one-way layers of ctc look ahead, to write while sound comes; 0: both ways")
        int lookahead,
        @Describe("in the network") double dropout,
        @Describe("whether texts lose capitals and punctuation") boolean plain,
        @Describe("what happens to recordings that cannot be used") BadClip onError,
        @Describe("longest recording that is learnt from, in seconds") double maxSeconds,
        @Describe("whether speed changes and bands and times are hidden at random") boolean augment,
        @Describe("words of the language model learnt from the texts; 0 for none") int lmOrder,
        @Describe("table or file of lines with more texts for it") String lmText,
        @Describe("weight of its logarithms") double lmWeight,
        @Describe("bonus for each word beside it") double wordBonus,
        @Describe("part of CTC, beside attention, in the search of las") double ctcWeight,
        @Describe("texts that are followed at once; 1 is greedy, without language model and ctc_weight") int beam,
        @Describe("passes over the recordings") int epochs,
        @Describe("seconds of sound in a step") double batchSeconds,
        @Describe("at the top") double learningRate,
        @Describe("of the first weights, the order and the augmentation") long seed) {
    static final double CTC_WEIGHT = 0.3; // as usual

    /** The networks that can be trained. */
    public enum Network {
        /** Deep Speech 2. */
        CTC,
        /** Listen, Attend and Spell. */
        LAS,
        /** The Conformer, by CTC. */
        CONFORMER
    }

    public SpeechConfig {
        Expect.that(testFraction > 0 && testFraction < 1, "test_fraction", "between 0 and 1", testFraction);
        Expect.atLeast("rate", 1000, rate);
        Expect.atLeast("mels", 1, mels);
        Expect.atLeast("hidden", 0, hidden);
        Expect.atLeast("layers", 0, layers);
        Expect.that(lookahead >= 0 && (lookahead == 0 || model == Network.CTC), "lookahead",
                "0, or more for model=ctc", lookahead);
        Expect.fraction("dropout", dropout);
        Expect.positive("max_seconds", maxSeconds);
        Expect.atLeast("lm_order", 0, lmOrder);
        Expect.atLeast("lm_weight", 0, lmWeight);
        Expect.fraction("ctc_weight", ctcWeight);
        Expect.that(ctcWeight == CTC_WEIGHT || model == Network.LAS, "ctc_weight",
                CTC_WEIGHT + " without model=las", ctcWeight);
        Expect.atLeast("beam", 1, beam);
        Expect.atLeast("epochs", 1, epochs);
        Expect.positive("batch_seconds", batchSeconds);
        Expect.positive("learning_rate", learningRate);
    }
}
