package dev.merapi.train;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import java.util.ArrayList;
import java.util.List;

/** Where a run stands: all that a checkpoint holds beside tensors. Its fields are the JSON. */
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
final class Bookmark {
    int epochsDone;
    long step;
    List<Epoch> history = new ArrayList<>();

    // of the running epoch
    int batchesTaken;
    long stepInEpoch;
    double lossSum;
    double lossWeight;
    double trainSeconds;
    double waitSeconds;

    // of float16
    double lossScale = LossScale.FIRST;
    int stepsAtLossScale;

    void endEpoch(Epoch epoch) {
        history.add(epoch);
        epochsDone++;
        batchesTaken = 0;
        stepInEpoch = 0;
        lossSum = 0;
        lossWeight = 0;
        trainSeconds = 0;
        waitSeconds = 0;
    }
}
