package dev.merapi.text.model.bert;

import dev.merapi.data.RandomTransform;
import java.util.Arrays;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Hides words, which are to be found again, anew in each epoch: of the chosen ones, 80 % become the mask, 10 % another
 * word and 10 % stay (Devlin et al. 2019, section 3.1).
 *
 * <pre>{@code
 * var special = tokenizer.specialTokens();
 * var masking = Masking.of(special.mask().orElseThrow(), tokenizer.vocabSize(), special.ids());
 * var train = sequences.map(ids -> Example.of(ids)).augment(masking);
 * }</pre>
 *
 * @param probability with which a word is chosen
 * @param mask the mask's id
 * @param vocabSize other words are from 0 to {@code vocabSize - 1}, without the special ones
 * @param special ids that are never chosen, such as those of [CLS], [SEP] and padding
 */
public record Masking(double probability, long mask, int vocabSize, Set<Long> special)
        implements RandomTransform<Example> {
    public Masking {
        special = Set.copyOf(special);
        if (!(probability > 0 && probability <= 1) || mask < 0 || mask >= vocabSize || special.size() >= vocabSize) {
            throw new IllegalArgumentException("Masking: expected a probability above 0, up to 1, a mask below"
                    + " vocabSize, and words that are not special. Received " + probability + ", " + mask + ", "
                    + vocabSize + " and " + special.size() + " special ids");
        }
    }

    /** 15 %, as BERT and RoBERTa. */
    public static Masking of(long mask, int vocabSize, Set<Long> special) {
        return new Masking(0.15, mask, vocabSize, special);
    }

    @Override public Example apply(Example example, RandomGenerator random) {
        var ids = example.ids().clone();
        var labels = new long[ids.length];
        Arrays.fill(labels, LabeledTokens.NONE);
        for (int i = 0; i < ids.length; i++) {
            if (special.contains(ids[i]) || random.nextDouble() >= probability) continue;
            labels[i] = ids[i];
            double choice = random.nextDouble();
            if (choice < 0.8) ids[i] = mask;
            else if (choice < 0.9) ids[i] = word(random);
        }
        return new Example(ids, example.typeIds(), labels);
    }

    private long word(RandomGenerator random) {
        long id = random.nextLong(vocabSize);
        return special.contains(id) ? word(random) : id;
    }
}
