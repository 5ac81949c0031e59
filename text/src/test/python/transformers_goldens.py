"""Writes resources/transformers: tiny random models of every family, and what Hugging Face's transformers says of them.

    pip install transformers torch && OMP_NUM_THREADS=1 python3 text/src/test/python/transformers_goldens.py

Each folder holds config.json and model.safetensors as `save_pretrained` writes them, and expected.safetensors:

| key | meaning |
|---|---|
| `ids`, `lengths` | inputs (B, T), filled up at the end |
| `types` | segments, for BERT |
| `labels` | what the loss is of; -100 where there is nothing to learn |
| `logits`, `loss` | of these; logits at fill mean nothing |
| `norm.<name>` | of the loss's gradient of each parameter |
| `greedy.<row>` | the tokens after each input, without the end token |
| `penalised.<row>` | the same with a repetition penalty of 1.3 |
| `beams.<row>` | the best of three beams with a length penalty of 0.7; `.1` and `.2` are the next |

ropes.json holds frequencies of positions. All in float32, by the eager attention, which alone knows Gemma 2's caps.
"""
import json
import shutil
from pathlib import Path

import torch
import transformers as hf
from safetensors.torch import save_file

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "transformers"
VOCAB, DIM, INNER, LAYERS, HEADS, PAD, EOS = 31, 16, 24, 2, 4, 0, 2
LENGTHS, STEPS, NEW = [9, 3, 6], 9, 10
WIDE = {"t5": 0.3}  # its attention does not divide by the root of the head's size

BERT = dict(vocab_size=VOCAB, hidden_size=DIM, intermediate_size=INNER, num_hidden_layers=LAYERS,
            num_attention_heads=HEADS, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
LLAMA = dict(vocab_size=VOCAB, hidden_size=DIM, intermediate_size=INNER, num_hidden_layers=LAYERS,
             num_attention_heads=HEADS, num_key_value_heads=2, max_position_embeddings=64, pad_token_id=PAD,
             bos_token_id=1, eos_token_id=EOS)
GEMMA = {**LLAMA, "num_key_value_heads": 1, "head_dim": 8}
T5 = dict(vocab_size=VOCAB, d_model=DIM, d_kv=4, d_ff=INNER, num_layers=LAYERS, num_heads=HEADS,
          relative_attention_num_buckets=8, relative_attention_max_distance=12, dropout_rate=0.0, eos_token_id=EOS,
          pad_token_id=PAD, decoder_start_token_id=PAD)


def rope(kind, **numbers):
    return {"rope_parameters": {"rope_type": kind, "rope_theta": 10000.0, **numbers}}


ENCODERS = {
    "bert": (hf.BertForMaskedLM, hf.BertConfig(**BERT, max_position_embeddings=12)),
    "bert_classifier": (hf.BertForSequenceClassification,
                        hf.BertConfig(**BERT, max_position_embeddings=12, num_labels=3)),
    "roberta": (hf.RobertaForMaskedLM, hf.RobertaConfig(**BERT, max_position_embeddings=14, pad_token_id=1,
                                                        type_vocab_size=1)),
    "distilbert": (hf.DistilBertForMaskedLM, hf.DistilBertConfig(
        vocab_size=VOCAB, dim=DIM, hidden_dim=INNER, n_layers=LAYERS, n_heads=HEADS, max_position_embeddings=12,
        dropout=0.0, attention_dropout=0.0)),
}
DECODERS = {
    "gpt2": (hf.GPT2LMHeadModel, hf.GPT2Config(
        vocab_size=VOCAB, n_positions=24, n_embd=DIM, n_layer=LAYERS, n_head=HEADS, n_inner=INNER, resid_pdrop=0.0,
        embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=1, eos_token_id=EOS, pad_token_id=PAD)),
    "llama": (hf.LlamaForCausalLM, hf.LlamaConfig(**LLAMA)),
    "llama3": (hf.LlamaForCausalLM, hf.LlamaConfig(**LLAMA, **rope(
        "llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16))),
    "linear": (hf.LlamaForCausalLM, hf.LlamaConfig(**LLAMA, **rope("linear", factor=4.0), tie_word_embeddings=True)),
    "mistral": (hf.MistralForCausalLM, hf.MistralConfig(**LLAMA, sliding_window=4)),
    "qwen2": (hf.Qwen2ForCausalLM, hf.Qwen2Config(**LLAMA, tie_word_embeddings=True, use_sliding_window=True,
                                                  sliding_window=3, max_window_layers=1)),
    "qwen3": (hf.Qwen3ForCausalLM, hf.Qwen3Config(**LLAMA, head_dim=8)),
    "gemma": (hf.GemmaForCausalLM, hf.GemmaConfig(**GEMMA)),
    "gemma2": (hf.Gemma2ForCausalLM, hf.Gemma2Config(
        **GEMMA, query_pre_attn_scalar=24, sliding_window=4, attn_logit_softcapping=2.0,
        final_logit_softcapping=3.0)),
    "gemma3": (hf.Gemma3ForCausalLM, hf.Gemma3TextConfig(
        **GEMMA, query_pre_attn_scalar=24, sliding_window=4, sliding_window_pattern=2,
        rope_scaling={"rope_type": "linear", "factor": 8.0})),
    "yarn": (hf.LlamaForCausalLM, hf.LlamaConfig(**LLAMA, **rope(
        "yarn", factor=4.0, original_max_position_embeddings=16), head_dim=8)),
    "longrope": (hf.LlamaForCausalLM, hf.LlamaConfig(**LLAMA, **rope(
        "longrope", short_factor=[1.0, 1.1], long_factor=[1.5, 4.0], original_max_position_embeddings=8))),
    "dynamic": (hf.LlamaForCausalLM, hf.LlamaConfig(**{**LLAMA, "max_position_embeddings": 8},
                                                    **rope("dynamic", factor=8.0))),
}
TRANSLATORS = {
    "t5": (hf.T5ForConditionalGeneration, hf.T5Config(**T5, feed_forward_proj="relu", tie_word_embeddings=True)),
    "flan": (hf.T5ForConditionalGeneration, hf.T5Config(**T5, feed_forward_proj="gated-gelu",
                                                        tie_word_embeddings=False)),
}


# scalings of long contexts, for heads of 16 and a context of 4096; with a base of 500,000
ROPES = [
    dict(rope_type="linear", factor=4.0),
    dict(rope_type="llama3", factor=32.0, low_freq_factor=1.0, high_freq_factor=4.0,
         original_max_position_embeddings=1024),
    dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=1024),
    dict(rope_type="yarn", factor=8.0, beta_fast=16.0, beta_slow=2.0, mscale=1.5, mscale_all_dim=0.8),
    dict(rope_type="yarn", factor=4.0, truncate=False, attention_factor=1.25),
    dict(rope_type="longrope", short_factor=[1 + i / 8 for i in range(8)], long_factor=[2.0 + i for i in range(8)],
         original_max_position_embeddings=1024),
    dict(rope_type="longrope", short_factor=[1.0] * 8, long_factor=[2.0] * 8, factor=2.0, attention_factor=1.5),
    dict(rope_type="dynamic", factor=2.0),
]


def ropes():
    """ROPES with transformers' frequencies and factor, for a text of 10 tokens and one of 6,000."""
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
    cases = []
    for scaling in ROPES:
        config = hf.LlamaConfig(**{**LLAMA, "max_position_embeddings": 4096}, head_dim=16,
                                rope_parameters={"rope_theta": 500000.0, **scaling})
        for length in (10, 6000):
            frequencies, factor = ROPE_INIT_FUNCTIONS[scaling["rope_type"]](config, "cpu", seq_len=length)
            cases.append(dict(scaling=scaling, length=length, factor=float(factor), frequencies=frequencies.tolist()))
    return cases


def new(kind, config):
    """With weights so large that every part of the model matters."""
    torch.manual_seed(1)
    model = kind._from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():
        if config.model_type == "t5" and not config.scale_decoder_outputs:
            model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.clone())  # as Flan's files have it
        for p in model.parameters():
            noise = torch.randn_like(p)
            if p.dim() == 1:
                p.add_(0.1 * noise)
            else:
                table = p is model.get_input_embeddings().weight
                p.copy_((0.15 if table else WIDE.get(config.model_type, 0.4)) * noise)
    model.generation_config = hf.GenerationConfig(
        pad_token_id=PAD, eos_token_id=EOS, decoder_start_token_id=config.to_dict().get("decoder_start_token_id"))
    return model


def batch(pad):
    torch.manual_seed(2)
    ids = torch.randint(3, VOCAB, (len(LENGTHS), STEPS))
    lengths = torch.tensor(LENGTHS)
    mask = torch.arange(STEPS)[None, :] < lengths[:, None]
    return torch.where(mask, ids, pad), lengths, mask


def learn(model, expected, inputs, labels):
    out = model(**inputs, labels=labels)
    out.loss.backward()
    expected.update(labels=labels, logits=out.logits, loss=out.loss.reshape(1))
    for name, p in model.named_parameters():
        if p.grad is not None:
            expected["norm." + name] = p.grad.norm().reshape(1)


def generate(model, ids, lengths, decoder):
    """What is written after each input, alone: filled up, transformers would punish the fill, and stretch all ropes."""
    found = {}
    for row, n in enumerate(lengths):
        prompt = ids[row:row + 1, :n]
        for name, options in dict(greedy={}, penalised=dict(repetition_penalty=1.3),
                                  beams=dict(num_beams=3, num_return_sequences=3,
                                             length_penalty=0.7)).items():
            with torch.no_grad():  # one token: a dynamic rope forgets how long it was
                model(ids[:1, :1], **({} if decoder else {"decoder_input_ids": ids[:1, :1]}))
            texts = model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=NEW,
                                   do_sample=False, **options)[:, n if decoder else 1:].tolist()
            for rank, text in enumerate(texts):
                text = text[:text.index(EOS)] if EOS in text else text
                found[f"{name}.{row}" + (f".{rank}" if rank else "")] = torch.tensor(text, dtype=torch.int64)
    return found


def encoder(model):
    ids, lengths, mask = batch(model.config.pad_token_id or 0)
    expected, inputs = dict(ids=ids, lengths=lengths), dict(input_ids=ids, attention_mask=mask.long())
    if model.config.model_type == "bert":
        expected["types"] = inputs["token_type_ids"] = (torch.arange(STEPS)[None, :] >= 2).long() * mask
    if model.config.architectures[0].endswith("Classification"):
        labels = torch.tensor([2, 0, 1])
    else:
        labels = torch.where(mask & (torch.arange(STEPS) % 3 == 1), ids.flip(0), -100)
    learn(model, expected, inputs, labels)
    return expected


def decoder(model):
    ids, lengths, mask = batch(PAD)
    expected = dict(ids=ids, lengths=lengths)
    learn(model, expected, dict(input_ids=ids, attention_mask=mask.long()), torch.where(mask, ids, -100))
    return {**expected, **generate(model, ids, LENGTHS, True)}


def translator(model):
    ids, lengths, mask = batch(PAD)
    expected = dict(ids=ids, lengths=lengths)
    learn(model, expected, dict(input_ids=ids, attention_mask=mask.long()), torch.where(mask, ids.flip(1), -100))
    return {**expected, **generate(model, ids, LENGTHS, False)}


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    hf.logging.set_verbosity_error()
    hf.logging.disable_progress_bar()
    lines = ",\n".join(json.dumps(case) for case in ropes())
    FOLDER.mkdir(parents=True)
    (FOLDER / "ropes.json").write_text('{"cases": [\n' + lines + "\n]}\n")
    for run, models in ((encoder, ENCODERS), (decoder, DECODERS), (translator, TRANSLATORS)):
        for name, (kind, config) in models.items():
            folder = FOLDER / name
            model = new(kind, config)
            model.config.architectures = [kind.__name__]
            model.save_pretrained(folder)
            (folder / "generation_config.json").unlink(missing_ok=True)
            expected = {k: v.detach().contiguous() for k, v in run(model).items()}
            save_file(expected, folder / "expected.safetensors",
                      {"transformers": hf.__version__, "torch": torch.__version__})
            texts = {k: v.tolist() for k, v in expected.items() if k.split(".")[0] in ("greedy", "beams")}
            print(name, f"{sum(f.stat().st_size for f in folder.iterdir()):,} bytes", json.dumps(texts))


if __name__ == "__main__":
    main()
