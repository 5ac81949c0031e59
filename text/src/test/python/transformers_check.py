"""Loads the models that TransformersExport saved into Hugging Face's transformers, and compares their logits.

    pip install transformers torch && python3 text/src/test/python/transformers_check.py <folder>
"""
import json
import sys
from pathlib import Path

import torch
import transformers as hf
from safetensors.torch import load_file


def main(folder):
    hf.logging.disable_progress_bar()
    wrong = 0
    for model in sorted(path for path in folder.iterdir() if (path / "config.json").exists()):
        kind = json.loads((model / "config.json").read_text())["architectures"][0]
        loader = hf.AutoModelForCausalLM if kind.endswith("ForCausalLM") else getattr(hf, kind)
        loaded, report = loader.from_pretrained(model, output_loading_info=True, attn_implementation="eager")
        expected = load_file(model / "expected.safetensors")
        inputs = {"input_ids": expected["ids"]}
        if loaded.config.is_encoder_decoder:
            inputs["decoder_input_ids"] = expected["ids"]
        with torch.no_grad():
            out = loaded.eval()(**inputs)
        span = hasattr(out, "start_logits")
        logits = torch.stack([out.start_logits, out.end_logits], -1) if span else out.logits
        ours = expected["logits"] if expected["logits"].shape == logits.shape else expected["logits"].transpose(1, 2)
        worst = (logits - ours).abs().max().item()
        left = {key: names for key, names in report.items() if names}
        good = torch.allclose(logits, ours, 1e-5, 1e-5) and not left and type(loaded).__name__ == kind
        wrong += not good
        print("ok   " if good else "WRONG", model.name, kind, f"{worst:.1e}", left or "")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
