package dev.merapi.speech.wav2vec;

import dev.merapi.io.ModelFolder;
import dev.merapi.tensor.Expect;
import java.nio.file.Path;
import java.util.List;

/**
 * The settings of a {@link Wav2Vec}, as Hugging Face's {@code config.json} names them.
 *
 * @param modelType {@code wav2vec2} or {@code hubert}
 * @param vocabSize classes of the head, the blank one among them
 * @param hiddenSize width
 * @param numHiddenLayers Transformer blocks
 * @param numAttentionHeads of each
 * @param intermediateSize size between the two products of a feed-forward net
 * @param hiddenAct {@code gelu}
 * @param layerNormEps added to variances
 * @param convDim channels of each convolution
 * @param convKernel of each
 * @param convStride of each
 * @param convBias whether convolutions have a bias
 * @param featExtractNorm {@code group}: the first convolution's channels are normalised over time; {@code layer}: all
 *     convolutions' frames over channels
 * @param featProjLayerNorm whether frames are normalised before they are brought to the width; HuBERT may not
 * @param numConvPosEmbeddings frames that a position's convolution sees
 * @param numConvPosEmbeddingGroups of its channels
 * @param doStableLayerNorm whether norms come first in blocks
 * @param padTokenId the blank
 */
public record Wav2VecConfig(String modelType, int vocabSize, int hiddenSize, int numHiddenLayers, int numAttentionHeads,
        int intermediateSize, String hiddenAct, double layerNormEps, List<Integer> convDim, List<Integer> convKernel,
        List<Integer> convStride, boolean convBias, String featExtractNorm, boolean featProjLayerNorm,
        int numConvPosEmbeddings, int numConvPosEmbeddingGroups, boolean doStableLayerNorm, int padTokenId) {
    /** 95 million parameters, a frame of 20 ms: Baevski et al. 2020, arXiv:2006.11477. */
    public static final Wav2VecConfig BASE = new Wav2VecConfig("wav2vec2", 32, 768, 12, 12, 3072, "gelu", 1e-5,
            List.of(512, 512, 512, 512, 512, 512, 512), List.of(10, 3, 3, 3, 3, 2, 2), List.of(5, 2, 2, 2, 2, 2, 2),
            false, "group", true, 128, 16, false, 0);

    public Wav2VecConfig {
        convDim = List.copyOf(convDim);
        convKernel = List.copyOf(convKernel);
        convStride = List.copyOf(convStride);
        Expect.that(modelType.equals("wav2vec2") || modelType.equals("hubert"), "Wav2VecConfig.model_type",
                "wav2vec2 or hubert", modelType);
        Expect.atLeast("Wav2VecConfig.vocab_size", 2, vocabSize);
        Expect.atLeast("Wav2VecConfig.num_hidden_layers", 1, numHiddenLayers);
        Expect.that(hiddenAct.equals("gelu"), "Wav2VecConfig.hidden_act", "gelu", hiddenAct);
        Expect.that(!convDim.isEmpty() && convDim.size() == convKernel.size() && convDim.size() == convStride.size(),
                "Wav2VecConfig.conv_dim, conv_kernel, conv_stride", "one number for each convolution",
                convDim + ", " + convKernel + ", " + convStride);
        Expect.that(featExtractNorm.equals("group") || featExtractNorm.equals("layer"),
                "Wav2VecConfig.feat_extract_norm", "group or layer", featExtractNorm);
        Expect.that(padTokenId >= 0 && padTokenId < vocabSize, "Wav2VecConfig.pad_token_id",
                "an id from 0 to " + (vocabSize - 1), padTokenId);
    }

    /**
     * Reads {@code config.json}; what it leaves out is as in {@link #BASE}.
     *
     * @throws IllegalArgumentException if it is not JSON, or a setting is wrong
     */
    public static Wav2VecConfig read(Path folder) {
        ModelFolder.expectNoRun(folder);
        return ModelFolder.config(folder, BASE);
    }

    boolean normalizesEach() { return featExtractNorm.equals("layer"); }

    /** How many frames come of so many samples. */
    public long frames(long samples) {
        long length = samples;
        for (int i = 0; i < convKernel.size(); i++) {
            length = length < convKernel.get(i) ? 0 : (length - convKernel.get(i)) / convStride.get(i) + 1;
        }
        return length;
    }
}
