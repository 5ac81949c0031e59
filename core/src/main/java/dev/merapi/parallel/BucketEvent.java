package dev.merapi.parallel;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** What the Flight Recorder hears of gradients on their way: how much of it backward hid. */
@Name("dev.merapi.GradientBucket")
@Label("Gradient Bucket")
@Description("Gradients of some parameters, from the beginning of their sum over all ranks until it was there")
@Category("Merapi")
@StackTrace(false)
final class BucketEvent extends Event {
    @Label("Bucket")
    int bucket; // from 0, in the order in which they travel

    @Label("Gradients")
    @DataAmount
    long bytes;

    @Label("Waited")
    @Description("How long the rank waited for the sum, with nothing else to do")
    @Timespan
    long waited; // nanoseconds
}
