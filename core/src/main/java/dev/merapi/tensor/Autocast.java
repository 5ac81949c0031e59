package dev.merapi.tensor;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The mixed-precision mode of this thread on one kind of device. */
record Autocast(DeviceType device, boolean enabled, ScalarType type) {
    static Autocast current(Device.Kind kind) {
        DeviceType device = kind == Device.Kind.CUDA ? DeviceType.CUDA : DeviceType.CPU;
        return new Autocast(device, torch.is_autocast_enabled(device), torch.get_autocast_dtype(device));
    }

    /** Sets this mode; the guard sets back the mode before. */
    Guard enter() {
        var before = new Autocast(device, torch.is_autocast_enabled(device), torch.get_autocast_dtype(device));
        set();
        return before::set;
    }

    private void set() {
        torch.set_autocast_enabled(device, enabled);
        torch.set_autocast_dtype(device, type);
        torch.clear_cache(); // of converted weights, which may have another type, or a graph that is gone
    }
}
