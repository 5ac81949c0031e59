package dev.merapi.play.env;

import java.awt.Color;
import java.awt.image.BufferedImage;
import org.dyn4j.collision.CategoryFilter;
import org.dyn4j.dynamics.Body;
import org.dyn4j.dynamics.BodyFixture;
import org.dyn4j.dynamics.joint.RevoluteJoint;
import org.dyn4j.geometry.Convex;
import org.dyn4j.geometry.Geometry;
import org.dyn4j.geometry.MassType;
import org.dyn4j.geometry.Vector2;
import org.dyn4j.world.World;

/**
 * A lander that is to come down on its legs between two flags: do nothing (0), fire the left engine (1), the main one
 * (2) or the right one (3). Forces, rewards and observations are those of Gymnasium's {@code LunarLander-v3}; the
 * physics is dyn4j's instead of Box2D's, so that episodes are alike, not equal. 1,000 steps at the most: put a
 * {@link TimeLimit} around it.
 *
 * <p>Observation: position and velocity, both across and up; angle and angular velocity; whether each leg stands.
 */
public final class LunarLander implements Env<Integer> {
    private static final double FPS = 50;
    private static final double SCALE = 30;
    private static final double WIDTH = 600 / SCALE;
    private static final double HEIGHT = 400 / SCALE;
    private static final double PAD = HEIGHT / 4;
    private static final int CHUNKS = 11;
    private static final double MAIN_POWER = 13;
    private static final double SIDE_POWER = 0.6;
    private static final double LEG_AWAY = 20 / SCALE;
    private static final double LEG_DOWN = 18 / SCALE;
    private static final double[] HULL = {-14, 17, -17, 0, -17, -10, 17, -10, 17, 0, 14, 17};
    private static final CategoryFilter GROUND = new CategoryFilter(1, 2);
    private static final CategoryFilter CRAFT = new CategoryFilter(2, 1);
    private static final float[] BOUNDS = {2.5f, 2.5f, 10, 10, (float) (2 * Math.PI), 10, 1, 1};

    private World<Body> world;
    private Body ground, lander;
    private final Body[] legs = new Body[2];
    private double[] heights;
    private double shaping;
    private int fired; // the last action, to be drawn
    private Chance chance = new Chance(0);

    @Override public Space.Box observationSpace() {
        var low = new float[8];
        for (int i = 0; i < 6; i++) low[i] = -BOUNDS[i];
        return new Space.Box(low, BOUNDS, new long[] {8});
    }

    @Override public Space.Discrete actionSpace() { return new Space.Discrete(4); }

    @Override public float[] reset(long seed) {
        chance = new Chance(seed);
        world = new World<>();
        world.setGravity(0, -10);
        world.getSettings().setStepFrequency(1 / FPS);
        world.getSettings().setMaximumTranslation(20);
        addGround();
        addLander();
        for (int i = 0; i < 2; i++) legs[i] = addLeg(i == 0 ? -1 : 1);
        lander.applyForce(new Vector2(chance.nextDouble(-1000, 1000), chance.nextDouble(-1000, 1000)));
        fired = 0;
        world.step(1);
        float[] seen = observation();
        shaping = shaping(seen);
        return seen;
    }

    private void addGround() {
        var drawn = new double[CHUNKS + 1];
        for (int i = 0; i <= CHUNKS; i++) drawn[i] = chance.nextDouble(0, HEIGHT / 2);
        for (int i = CHUNKS / 2 - 2; i <= CHUNKS / 2 + 2; i++) drawn[i] = PAD;
        heights = new double[CHUNKS];
        for (int i = 0; i < CHUNKS; i++) {
            heights[i] = 0.33 * (drawn[i == 0 ? CHUNKS : i - 1] + drawn[i] + drawn[i + 1]);
        }
        ground = new Body();
        for (int i = 0; i < CHUNKS - 1; i++) {
            var from = new Vector2(x(i), heights[i]);
            fixture(ground, Geometry.createSegment(from, new Vector2(x(i + 1), heights[i + 1])), 1, GROUND);
        }
        ground.setMass(MassType.INFINITE);
        world.addBody(ground);
    }

    private static double x(int chunk) { return WIDTH / (CHUNKS - 1) * chunk; }

    private void addLander() {
        var corners = new Vector2[HULL.length / 2]; // counter-clockwise, as dyn4j wants them
        for (int i = 0; i < corners.length; i++) corners[i] = new Vector2(HULL[2 * i] / SCALE, HULL[2 * i + 1] / SCALE);
        lander = new Body();
        fixture(lander, Geometry.createPolygon(corners), 5, CRAFT);
        lander.setMass(MassType.NORMAL);
        lander.translate(WIDTH / 2, HEIGHT);
        world.addBody(lander);
    }

    private static void fixture(Body body, Convex shape, double density, CategoryFilter filter) {
        BodyFixture fixture = body.addFixture(shape, density, 0.1, 0);
        fixture.setFilter(filter);
    }

    /** @param side −1 for the one with the joint on the left */
    private Body addLeg(int side) {
        var leg = new Body();
        fixture(leg, Geometry.createRectangle(4 / SCALE, 16 / SCALE), 1, CRAFT);
        leg.setMass(MassType.NORMAL);
        double angle = side * 0.05;
        leg.rotate(angle);
        // the lander's middle is the joint; on the leg it lies beside and above the leg's own middle
        double ax = side * LEG_AWAY, ay = LEG_DOWN;
        leg.translate(WIDTH / 2 - (ax * Math.cos(angle) - ay * Math.sin(angle)),
                HEIGHT - (ax * Math.sin(angle) + ay * Math.cos(angle)));
        world.addBody(leg);
        var joint = new RevoluteJoint<>(lander, leg, new Vector2(WIDTH / 2, HEIGHT));
        joint.setLimitsReferenceAngle(0);
        joint.setLimitsEnabled(side < 0 ? -0.9 : 0.4, side < 0 ? -0.4 : 0.9);
        joint.setMotorEnabled(true);
        joint.setMotorSpeed(-0.3 * side);
        joint.setMaximumMotorTorqueEnabled(true);
        joint.setMaximumMotorTorque(40);
        world.addJoint(joint);
        return leg;
    }

    @Override public Step step(Integer action) {
        fired = action;
        fire(action);
        world.step(1);
        float[] seen = observation();
        double now = shaping(seen);
        double reward = now - shaping - (action == 2 ? 0.3 : action == 0 ? 0 : 0.03);
        shaping = now;
        boolean crashed = world.isInContact(lander, ground) || Math.abs(seen[0]) >= 1;
        boolean rests = lander.isAtRest();
        if (crashed) reward = -100;
        else if (rests) reward = 100;
        return new Step(seen, reward, crashed || rests);
    }

    private void fire(int action) {
        double angle = lander.getTransform().getRotationAngle();
        double tipX = Math.sin(angle), tipY = Math.cos(angle), sideX = -tipY, sideY = tipX;
        double d0 = chance.nextDouble(-1, 1) / SCALE, d1 = chance.nextDouble(-1, 1) / SCALE;
        if (action == 0) return;
        double ox, oy, power, dx = 0, dy = 0;
        if (action == 2) {
            power = MAIN_POWER;
            ox = tipX * (4 / SCALE + 2 * d0) + sideX * d1;
            oy = -tipY * (4 / SCALE + 2 * d0) - sideY * d1;
        } else {
            power = SIDE_POWER;
            double out = 3 * d1 + (action - 2) * 12 / SCALE;
            ox = tipX * d0 + sideX * out;
            oy = -tipY * d0 - sideY * out;
            dx = -tipX * 17 / SCALE;
            dy = tipY * 14 / SCALE;
        }
        var at = lander.getTransform().getTranslation().add(ox + dx, oy + dy);
        lander.applyImpulse(new Vector2(-ox * power, -oy * power), at);
    }

    private float[] observation() {
        var at = lander.getTransform().getTranslation();
        var velocity = lander.getLinearVelocity();
        return new float[] {(float) ((at.x - WIDTH / 2) / (WIDTH / 2)),
            (float) ((at.y - (PAD + LEG_DOWN)) / (HEIGHT / 2)),
            (float) (velocity.x * (WIDTH / 2) / FPS), (float) (velocity.y * (HEIGHT / 2) / FPS),
            (float) lander.getTransform().getRotationAngle(), (float) (20 * lander.getAngularVelocity() / FPS),
            world.isInContact(legs[0], ground) ? 1 : 0, world.isInContact(legs[1], ground) ? 1 : 0};
    }

    private static double shaping(float[] s) {
        return -100 * Math.hypot(s[0], s[1]) - 100 * Math.hypot(s[2], s[3]) - 100 * Math.abs(s[4]) + 10 * s[6]
                + 10 * s[7];
    }

    @Override public BufferedImage render() {
        var canvas = new Canvas(0, WIDTH, 0, HEIGHT).box(WIDTH / 2, HEIGHT / 2, WIDTH, HEIGHT, new Color(0x20242C));
        for (int i = 0; i < CHUNKS - 1; i++) {
            canvas.shape(Color.WHITE, x(i), 0, x(i), heights[i], x(i + 1), heights[i + 1], x(i + 1), 0);
        }
        for (int i : new int[] {CHUNKS / 2 - 1, CHUNKS / 2 + 1}) {
            canvas.line(x(i), PAD, x(i), PAD + 1.2, 0.05, Color.GRAY).box(x(i) + 0.25, PAD + 1, 0.5, 0.4, Canvas.WARM);
        }
        for (var leg : legs) canvas.shape(Canvas.GREEN, corners(leg, -2, -8, 2, -8, 2, 8, -2, 8));
        if (fired == 2) canvas.shape(Canvas.WARM, corners(lander, -5, -10, 5, -10, 0, -24));
        if (fired == 1) canvas.shape(Canvas.WARM, corners(lander, -17, 8, -17, 16, -26, 12));
        if (fired == 3) canvas.shape(Canvas.WARM, corners(lander, 17, 8, 17, 16, 26, 12));
        return canvas.shape(Canvas.COOL, corners(lander, HULL)).image();
    }

    private static double[] corners(Body body, double... local) {
        var points = new double[local.length];
        for (int i = 0; i < local.length; i += 2) {
            var point = body.getWorldPoint(new Vector2(local[i] / SCALE, local[i + 1] / SCALE));
            points[i] = point.x;
            points[i + 1] = point.y;
        }
        return points;
    }
}
