"""Writes a GGUF file's weights as a Hugging Face folder in bf16: `unquantise.py FILE.gguf VOCABULARY.json FOLDER`.

vLLM and Transformers have no fast 4-bit form of SmolLM2 on a CPU; bf16 is what they are fastest with.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

sys.path.insert(0, str(Path(__file__).parent.parent))
from tokenizer_files import write_tokenizer  # noqa: E402

source, vocabulary, folder = (Path(argument) for argument in sys.argv[1:4])
partial = folder.with_suffix(".partial")
place = {"pretrained_model_name_or_path": str(source.parent), "gguf_file": source.name}
loaded = AutoModelForCausalLM.from_pretrained(**place, dtype=torch.bfloat16)
configuration = loaded.config
# What was read from a quantised file counts as quantised, and is not saved: its numbers go into a model that is not.
if hasattr(configuration, "quantization_config"):
    del configuration.quantization_config
model = AutoModelForCausalLM.from_config(configuration, dtype=torch.bfloat16)
model.load_state_dict(loaded.state_dict())
model.save_pretrained(partial)
context = configuration.max_position_embeddings
write_tokenizer(partial, json.loads(vocabulary.read_text()), context, adds_beginning=False)
partial.rename(folder)
