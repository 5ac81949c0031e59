package dev.merapi.tabular.recipe;

import dev.merapi.recipe.Describe;
import dev.merapi.tabular.classic.ClassicOptions;
import dev.merapi.tabular.data.Resampling;
import dev.merapi.tabular.data.TableRows;
import dev.merapi.tabular.model.DeepOptions;
import dev.merapi.tensor.Expect;
import java.util.List;

/**
 * Settings of the recipes on tables. Nets are trained by AdamW, whose rate falls to 0 along a cosine, and stays as it
 * is where a table is read part by part.
 */
public record TableConfig(
        @Describe("a table's file, or a query: select … from 'file.csv'") String data,
        @Describe("the column to predict") String target,
        @Describe("what is trained: a net, or a classic model") TableModel model,
        @Describe("another table to measure with; empty to hold a part out") String test,
        @Describe("part to hold out") double testFraction,
        @Describe("how it is chosen: at random, the last, or whole groups") Chosen split,
        @Describe("the column of times or groups by which it is chosen") String by,
        @Describe("whether the target is a class or a number") Task task,
        @Describe("columns not to look at") List<String> drop,
        @Describe("rows that a category needs to be one of its own") int minCount,
        @Describe("combinations of columns, such as sex*pclass, for wide_deep and classic models") List<String> crosses,
        @Describe("buckets of each combination") int buckets,
        @Describe("rows to shuffle at a time, of a table larger than memory; 0 to hold all") int buffer,
        @Describe("what is done for rare classes, of the rows to learn from alone") Balance balance,
        @Describe("a column, such as user, within whose groups the AUC is measured too; empty for none") String aucBy,
        @Describe("passes over the training rows, of nets") int epochs,
        @Describe("rows in a step, of nets") int batchSize,
        @Describe("at the start, of nets") double learningRate,
        @Describe("as a part of the learning rate, of nets") double weightDecay,
        @Describe("numbers in a category's vector, of nets") int embedding,
        @Describe("widths of the deep part's layers, of nets") List<Integer> hidden,
        @Describe("after each layer of the deep part, of nets") double dropout,
        @Describe("penalty on the weights of the wide part, of wide_deep") double l1,
        @Describe("of linear and kernel machines, the weight of errors against the penalty") double c,
        @Describe("of forest and boosting") int trees,
        @Describe("of boosting's trees; a forest's are up to twice as deep") int depth,
        @Describe("of the split, the first weights, the order, dropout and trees") long seed) {
    /** Settings that work for tables of thousands of rows. */
    static final TableConfig DEFAULT = new TableConfig("", "", TableModel.MLP, "", 0.2, Chosen.RANDOM, "", Task.AUTO,
            List.of(), 1, List.of(), 1000, 0, Balance.NONE, "", 30, 64, 2e-3, 0.01, 8, List.of(64, 32), 0.1, 0.1, 1,
            200, 4, 1337);

    /** How rows to measure with are chosen. */
    public enum Chosen {
        /** At random, of classes the same part of each. */
        RANDOM,
        /** The last by the column {@code by}. */
        TEMPORAL,
        /** Whole groups of the column {@code by}. */
        GROUPED
    }

    /** What is done for classes that are rare. */
    public enum Balance {
        /** Nothing. */
        NONE,
        /** Errors count by how rare the class is: rows / (classes · rows of the class). Of nets. */
        WEIGHTS,
        /** Rows that are told right already count little: {@link dev.merapi.loss.Focal} with γ = 2. Of nets. */
        FOCAL,
        /** {@link Resampling#over}. */
        OVER,
        /** {@link Resampling#under}. */
        UNDER,
        /** {@link Resampling#smote} of 5 neighbours. */
        SMOTE;

        private static final int NEIGHBOURS = 5;

        /** Whether it changes the loss, not the rows. */
        boolean isOfLoss() { return this == WEIGHTS || this == FOCAL; }

        TableRows of(TableRows rows, long seed) {
            return switch (this) {
                case NONE, WEIGHTS, FOCAL -> rows;
                case OVER -> Resampling.over(rows, seed);
                case UNDER -> Resampling.under(rows, seed);
                case SMOTE -> Resampling.smote(rows, NEIGHBOURS, seed);
            };
        }
    }

    /** What is predicted. */
    public enum Task {
        /** By the target's values: texts, two different ones and few whole numbers are classes. */
        AUTO,
        /** One of several. */
        CLASSES,
        /** A quantity. */
        NUMBER
    }

    public TableConfig {
        drop = List.copyOf(drop);
        crosses = List.copyOf(crosses);
        hidden = List.copyOf(hidden);
        Expect.that(testFraction > 0 && testFraction < 1, "test_fraction", "between 0 and 1", testFraction);
        if (split != Chosen.RANDOM && by.isEmpty()) {
            throw Expect.error("by", "a column to split by", "none", "add by=<column>");
        }
        for (String cross : crosses) {
            Expect.that(cross.split("\\*").length >= 2, "crosses", "columns joined by *, such as sex*pclass", cross);
        }
        Expect.atLeast("min_count", 1, minCount);
        Expect.atLeast("buckets", 1, buckets);
        Expect.atLeast("buffer", 0, buffer);
        Expect.atLeast("epochs", 1, epochs);
        Expect.atLeast("batch_size", 1, batchSize);
        Expect.positive("learning_rate", learningRate);
        Expect.atLeast("weight_decay", 0, weightDecay);
        Expect.atLeast("l1", 0, l1);
        Expect.that(buffer == 0 || !model.isClassic(), "buffer", "0 for a model that is fitted to all rows at once",
                buffer);
        Expect.that(!balance.isOfLoss() || !model.isClassic(), "balance", "none, over, under or smote for a model that"
                + " is fitted at once", balance);
        Expect.that(buffer == 0 || balance == Balance.NONE || balance == Balance.FOCAL, "balance", "none or focal where"
                + " rows are read part by part", balance);
        new DeepOptions(embedding, hidden, dropout, false); // their checks
        new ClassicOptions(c, trees, depth, 0.1, seed);
    }

    DeepOptions deep() { return new DeepOptions(embedding, hidden, dropout, false); }

    ClassicOptions classic() { return new ClassicOptions(c, trees, depth, 0.1, seed); }

    /** The same with another model. */
    TableConfig with(TableModel other) {
        return new TableConfig(data, target, other, test, testFraction, split, by, task, drop, minCount, crosses,
                buckets, buffer, balance, aucBy, epochs, batchSize, learningRate, weightDecay, embedding, hidden,
                dropout, l1, c, trees, depth, seed);
    }
}
