package dev.merapi.tabular.recommend;

/** How the recipe holds out what it measures with. */
public enum RecommendSplit {
    /** Each user's last interaction. */
    LEAVE_ONE_OUT {
        @Override Interactions.Split of(Interactions all, double part, long seed) { return all.leaveOneOut(); }
    },
    /** The last part of each user's. */
    LAST {
        @Override Interactions.Split of(Interactions all, double part, long seed) { return all.lastOfEach(part); }
    },
    /** A part of each user's, at random. */
    RANDOM {
        @Override Interactions.Split of(Interactions all, double part, long seed) {
            return all.randomOfEach(part, seed);
        }
    },
    /** The last part of the time. */
    TEMPORAL {
        @Override Interactions.Split of(Interactions all, double part, long seed) { return all.temporal(part); }
    };

    abstract Interactions.Split of(Interactions all, double part, long seed);
}
