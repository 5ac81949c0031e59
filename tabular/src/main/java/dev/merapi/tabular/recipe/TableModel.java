package dev.merapi.tabular.recipe;

import dev.merapi.data.Loader;
import dev.merapi.loss.Loss;
import dev.merapi.optim.Adam;
import dev.merapi.optim.AdamW;
import dev.merapi.optim.Schedule;
import dev.merapi.tabular.classic.Algorithm;
import dev.merapi.tabular.classic.ClassicModel;
import dev.merapi.tabular.classic.ClassicTask;
import dev.merapi.tabular.data.TableBatch;
import dev.merapi.tabular.data.TablePreprocessing;
import dev.merapi.tabular.data.TableRows;
import dev.merapi.tabular.model.AutoInt;
import dev.merapi.tabular.model.DcnV2;
import dev.merapi.tabular.model.DeepFm;
import dev.merapi.tabular.model.FactorizationMachine;
import dev.merapi.tabular.model.FieldAwareFm;
import dev.merapi.tabular.model.FtTransformer;
import dev.merapi.tabular.model.Mlp;
import dev.merapi.tabular.model.TableNet;
import dev.merapi.tabular.model.TableTask;
import dev.merapi.tabular.model.WideDeep;
import dev.merapi.tensor.Torch;
import dev.merapi.train.Trainer;

/** What can be trained on a table: nets, step by step, and classic models, at once. */
public enum TableModel {
    /** {@link Mlp}. */
    MLP,
    /** {@link WideDeep}, by FTRL and Adam. */
    WIDE_DEEP,
    /** {@link FactorizationMachine}. */
    FM,
    /** {@link FieldAwareFm}. */
    FFM,
    /** {@link DeepFm}. */
    DEEPFM,
    /** {@link DcnV2}, the deep net beside the cross layers. */
    DCN,
    /** {@link AutoInt}. */
    AUTOINT,
    /** {@link FtTransformer}. */
    FT_TRANSFORMER,
    /** Logistic or ridge regression, {@link Algorithm#LINEAR}. */
    LINEAR,
    /** {@link Algorithm#LINEAR_SVM}. */
    LINEAR_SVM,
    /** {@link Algorithm#KERNEL_SVM}. */
    KERNEL_SVM,
    /** {@link Algorithm#FOREST}. */
    FOREST,
    /** {@link Algorithm#BOOSTING}. */
    BOOSTING;

    private static final int HEADS = 4;
    private static final int CROSS_LAYERS = 3;
    private static final int ATTENTION_LAYERS = 2;

    /** Whether it is fitted at once, on all rows. */
    boolean isClassic() { return algorithm() != null; }

    private Algorithm algorithm() {
        return switch (this) {
            case LINEAR -> Algorithm.LINEAR;
            case LINEAR_SVM -> Algorithm.LINEAR_SVM;
            case KERNEL_SVM -> Algorithm.KERNEL_SVM;
            case FOREST -> Algorithm.FOREST;
            case BOOSTING -> Algorithm.BOOSTING;
            default -> null;
        };
    }

    /**
     * A trainer of a new model.
     *
     * @param bytes of a classic model to be loaded; 0 of one to be fitted
     * @param loss of nets; null for the target's own
     */
    Trainer<TableBatch> trainer(TablePreprocessing preprocessing, TableConfig config, long bytes, Loss loss) {
        Torch.seed(config.seed());
        if (isClassic()) {
            var model = new ClassicModel(algorithm(), preprocessing.inputs(), preprocessing.target(),
                    config.classic(), bytes);
            return ClassicTask.trainer(model, preprocessing.target()).seed(config.seed());
        }
        var net = net(preprocessing, config);
        var adam = AdamW.DEFAULT.weightDecay(config.weightDecay());
        var target = preprocessing.target();
        var trainer = Trainer.of(loss == null ? TableTask.of(net, target) : TableTask.of(net, target, loss))
                .optimizer(m -> net instanceof WideDeep both
                        ? both.optimizer(0.1, config.l1(), config.learningRate(), Adam.Options.DEFAULT)
                        : new AdamW(m, config.learningRate(), adam))
                .epochs(config.epochs()).seed(config.seed());
        boolean endless = config.buffer() > 0; // or nobody knows the end
        return endless ? trainer : trainer.scheduleOver(Schedule::cosine);
    }

    private TableNet net(TablePreprocessing preprocessing, TableConfig config) {
        int outputs = TableTask.outputs(preprocessing.target());
        var inputs = preprocessing.inputs();
        var plain = inputs.withoutCrosses();
        var deep = config.deep();
        int size = deep.embedding();
        return switch (this) {
            case MLP -> new Mlp(plain, outputs, deep);
            case WIDE_DEEP -> new WideDeep(inputs, outputs, deep);
            case FM -> new FactorizationMachine(plain, outputs, size);
            case FFM -> new FieldAwareFm(plain, outputs, size);
            case DEEPFM -> new DeepFm(plain, outputs, deep);
            case DCN -> new DcnV2(plain, outputs, CROSS_LAYERS, false, deep);
            case AUTOINT -> new AutoInt(plain, outputs, tokens(size), HEADS, ATTENTION_LAYERS);
            case FT_TRANSFORMER -> new FtTransformer(plain, outputs, tokens(size), HEADS, ATTENTION_LAYERS,
                    deep.dropout());
            case LINEAR, LINEAR_SVM, KERNEL_SVM, FOREST, BOOSTING -> throw new AssertionError(this);
        };
    }

    /** The least multiple of the heads that is not smaller. */
    private static int tokens(int size) { return (size + HEADS - 1) / HEADS * HEADS; }

    /** Batches to train on: shuffled, or of a classic model all rows at once. */
    Loader<TableBatch> loader(TableRows rows, TableConfig config) {
        return isClassic() ? Loader.of(rows, rows.size())
                : Loader.of(rows, config.batchSize()).shuffle(config.seed()).joinSingle();
    }
}
