package dev.merapi.speech.whisper;

import dev.merapi.io.ModelFolder;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.List;

/**
 * The settings of a {@link Whisper}, as Hugging Face's {@code config.json} names them; start from a preset.
 *
 * @param modelType {@code whisper}
 * @param architectures the class that transformers loads the weights into
 * @param vocabSize rows of the embedding
 * @param numMelBins mel bands that the encoder hears
 * @param dModel width
 * @param encoderLayers blocks of the encoder
 * @param encoderAttentionHeads of each of its blocks
 * @param encoderFfnDim size between the two products of its feed-forward nets
 * @param decoderLayers blocks of the decoder
 * @param decoderAttentionHeads of each of its blocks
 * @param decoderFfnDim size between the two products of its feed-forward nets
 * @param maxSourcePositions vectors of a window of sound: half its frames
 * @param maxTargetPositions most tokens of a text with its prompt
 * @param dropout of every block, in training
 * @param activationFunction {@code gelu}
 * @param decoderStartTokenId begins a prompt
 * @param eosTokenId ends a text
 */
public record WhisperConfig(String modelType, List<String> architectures, int vocabSize, int numMelBins, int dModel,
        int encoderLayers, int encoderAttentionHeads, int encoderFfnDim, int decoderLayers, int decoderAttentionHeads,
        int decoderFfnDim, int maxSourcePositions, int maxTargetPositions, double dropout, String activationFunction,
        int decoderStartTokenId, int eosTokenId) {
    /** 38 million parameters, 99 languages: Radford et al. 2022, arXiv:2212.04356, table 1. */
    public static final WhisperConfig TINY = of(384, 4, 6);
    /** 73 million parameters. */
    public static final WhisperConfig BASE = of(512, 6, 8);
    /** 242 million parameters. */
    public static final WhisperConfig SMALL = of(768, 12, 12);

    public WhisperConfig {
        Expect.atLeast("WhisperConfig.vocab_size", 1, vocabSize);
        Expect.atLeast("WhisperConfig.num_mel_bins", 1, numMelBins);
        Expect.that(dModel >= 2 && dModel % 2 == 0, "WhisperConfig.d_model", "an even number from 2", dModel);
        Expect.atLeast("WhisperConfig.encoder_layers", 1, encoderLayers);
        Expect.atLeast("WhisperConfig.encoder_ffn_dim", 1, encoderFfnDim);
        Expect.atLeast("WhisperConfig.decoder_layers", 1, decoderLayers);
        Expect.atLeast("WhisperConfig.decoder_ffn_dim", 1, decoderFfnDim);
        Expect.atLeast("WhisperConfig.max_source_positions", 1, maxSourcePositions);
        Expect.atLeast("WhisperConfig.max_target_positions", 2, maxTargetPositions);
        Expect.fraction("WhisperConfig.dropout", dropout);
        Expect.that(activationFunction.equals("gelu"), "WhisperConfig.activation_function", "gelu", activationFunction);
        id("decoder_start_token_id", decoderStartTokenId, vocabSize);
        id("eos_token_id", eosTokenId, vocabSize);
        architectures = architectures == null ? List.of() : List.copyOf(architectures);
    }

    private static void id(String setting, int id, int vocabSize) {
        Expect.that(id >= 0 && id < vocabSize, "WhisperConfig." + setting, "an id from 0 to " + (vocabSize - 1), id);
    }

    /** With the vocabulary of 99 languages, 80 mel bands, and windows of 30 seconds. */
    public static WhisperConfig of(int width, int layers, int heads) {
        return new WhisperConfig("whisper", List.of("WhisperForConditionalGeneration"), 51_865, 80, width, layers,
                heads, 4 * width, layers, heads, 4 * width, 1500, 448, 0, "gelu", 50_258, 50_257);
    }

    /**
     * Reads {@code config.json}; what it leaves out is as in {@link #TINY}.
     *
     * @throws IllegalArgumentException if it is not JSON, or a setting is wrong
     */
    public static WhisperConfig read(Path folder) {
        ModelFolder.expectNoRun(folder);
        return ModelFolder.config(folder, TINY);
    }

    /** Frames of features in a window. */
    int frames() { return 2 * maxSourcePositions; }
}
