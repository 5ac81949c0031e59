package dev.merapi.explain.command;

/** Ways to explain by name. */
public enum Method {
    /** {@link dev.merapi.explain.shap.PartitionShap} of pictures and texts, KernelSHAP of tables. */
    SHAP,
    /** {@link dev.merapi.explain.lime.Lime}. */
    LIME,
    /** {@link dev.merapi.explain.gradient.IntegratedGradients}. */
    IG,
    /** {@link dev.merapi.explain.gradient.DeepLift}. */
    DEEPLIFT,
    /** {@link dev.merapi.explain.gradient.Saliency}. */
    SALIENCY,
    /** {@link dev.merapi.explain.gradient.SmoothGrad}. */
    SMOOTHGRAD,
    /** {@link dev.merapi.explain.gradient.GuidedBackprop}. */
    GUIDED_BACKPROP,
    /** {@link dev.merapi.explain.gradient.GradCam}. */
    GRADCAM,
    /** {@link dev.merapi.explain.gradient.GradCam.Kind#PLUS_PLUS}. */
    GRADCAM_PLUS_PLUS,
    /** {@link dev.merapi.explain.gradient.GradCam.Kind#SCORE}. */
    SCORECAM,
    /** {@link dev.merapi.explain.perturb.Occlusion} of pictures; of others each feature is hidden by itself. */
    OCCLUSION,
    /** {@link dev.merapi.explain.attention.AttentionMaps#weighted} of texts. */
    ATTENTION
}
