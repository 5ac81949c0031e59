package dev.merapi.vision.track;

import dev.merapi.vision.Box;

/**
 * Where a box is and how it moves: a Kalman filter of constant velocity over its middle, its aspect and its height
 * (Wojke et al. 2017, "Simple Online and Realtime Tracking with a Deep Association Metric", arXiv:1703.07402). Its
 * covariances are diagonal at first and stay so, hence four filters of two numbers each.
 */
final class Motion {
    private static final double POSITION = 1 / 20.0; // deviation, as a part of the height
    private static final double VELOCITY = 1 / 160.0;

    private final Axis x;
    private final Axis y;
    private final Axis aspect; // width / height
    private final Axis height;

    /** At rest at a box. */
    Motion(Box box) {
        double h = box.height();
        x = new Axis(middleX(box), 2 * POSITION * h, 10 * VELOCITY * h);
        y = new Axis(middleY(box), 2 * POSITION * h, 10 * VELOCITY * h);
        aspect = new Axis(aspect(box), 1e-2, 1e-5);
        height = new Axis(h, 2 * POSITION * h, 10 * VELOCITY * h);
    }

    /** One picture later. */
    void step() {
        double h = height.position;
        x.step(POSITION * h, VELOCITY * h);
        y.step(POSITION * h, VELOCITY * h);
        aspect.step(1e-2, 1e-5);
        height.step(POSITION * h, VELOCITY * h);
    }

    /** Learns where the box was seen. */
    void see(Box box) {
        double h = height.position;
        x.see(middleX(box), POSITION * h);
        y.see(middleY(box), POSITION * h);
        aspect.see(aspect(box), 1e-1);
        height.see(box.height(), POSITION * h);
    }

    /** While unseen, a thing keeps its size. */
    void keepHeight() { height.velocity = 0; }

    Box box() {
        double h = Math.max(height.position, 0);
        return Box.ofCenter(x.position, y.position, Math.max(aspect.position * h, 0), h);
    }

    private static double middleX(Box box) { return (box.left() + box.right()) / 2; }

    private static double middleY(Box box) { return (box.top() + box.bottom()) / 2; }

    private static double aspect(Box box) { return box.width() / box.height(); }

    /** A number and its velocity, with the covariance of both (Kalman 1960). */
    private static final class Axis {
        double position;
        double velocity;
        private double pp; // variance of the position
        private double pv; // covariance
        private double vv; // variance of the velocity

        Axis(double position, double deviation, double ofVelocity) {
            this.position = position;
            pp = deviation * deviation;
            vv = ofVelocity * ofVelocity;
        }

        void step(double noise, double ofVelocity) {
            position += velocity;
            pp += 2 * pv + vv + noise * noise;
            pv += vv;
            vv += ofVelocity * ofVelocity;
        }

        void see(double measured, double noise) {
            double gain = pp / (pp + noise * noise);
            double gainOfVelocity = pv / (pp + noise * noise);
            double surprise = measured - position;
            position += gain * surprise;
            velocity += gainOfVelocity * surprise;
            vv -= gainOfVelocity * pv;
            pv *= 1 - gain;
            pp *= 1 - gain;
        }
    }
}
