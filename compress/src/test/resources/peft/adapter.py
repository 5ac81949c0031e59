"""Writes adapters as PEFT 0.13 does (peft/utils/save_and_load.py, tuners/lora/config.py), and what their models answer.

The model is y = x W^T + b, twice: a layer "query" of 4 to 3 and a layer "classifier" of 3 to 2, which is trained whole.
"""
import json, os, struct
import numpy as np

rng = np.random.default_rng(7)
f = lambda *shape: rng.standard_normal(shape).astype(np.float32)
W, b, H, c = f(3, 4), f(3), f(2, 3), f(2)
A, B, m, x = f(2, 4), f(3, 2), np.abs(f(3)) + 1, f(5, 4)
H2, c2 = f(2, 3), f(2)


def safetensors(path, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, t in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [len(data), len(data) + t.nbytes]}
        data += t.tobytes()
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    open(path, "wb").write(struct.pack("<Q", len(head)) + head + data)


def config(**more):
    base = {"alpha_pattern": {}, "auto_mapping": None, "base_model_name_or_path": "base", "bias": "none",
            "fan_in_fan_out": False, "inference_mode": True, "init_lora_weights": True, "layers_pattern": None,
            "layers_to_transform": None, "loftq_config": {}, "lora_alpha": 3, "lora_dropout": 0.1,
            "megatron_config": None, "megatron_core": "megatron.core", "modules_to_save": ["classifier"],
            "peft_type": "LORA", "r": 2, "rank_pattern": {}, "revision": None, "target_modules": ["query"],
            "task_type": "SEQ_CLS", "use_dora": False, "use_rslora": False}
    return {**base, **more}


def write(folder, settings, tensors):
    os.makedirs(folder, exist_ok=True)
    json.dump(settings, open(folder + "/adapter_config.json", "w"), indent=2, sort_keys=True)
    safetensors(folder + "/adapter_model.safetensors", tensors)


at = "base_model.model.encoder.query."
head = {"base_model.model.classifier.weight": H2, "base_model.model.classifier.bias": c2}
lora = {at + "lora_A.weight": A, at + "lora_B.weight": B}
write("lora", config(), {**head, **lora})
write("dora", config(use_dora=True, use_rslora=True), {**head, **lora, at + "lora_magnitude_vector": m})

s = 3 / 2
y_lora = (x @ W.T + b + s * x @ A.T @ B.T) @ H2.T + c2
s = 3 / np.sqrt(2)
V = W + s * B @ A
V = m[:, None] * V / np.linalg.norm(V, axis=1, keepdims=True)
y_dora = (x @ V.T + b) @ H2.T + c2
safetensors("base.safetensors", {"encoder.query.weight": W, "encoder.query.bias": b, "classifier.weight": H,
                                 "classifier.bias": c, "x": x, "lora": y_lora.astype(np.float32),
                                 "dora": y_dora.astype(np.float32)})
