"""A Hugging Face folder's tokenizer, from a vocabulary of Tests/Oracles/prepare.sh."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "Tests/Oracles"))
from tokenizer_golden import huggingface  # noqa: E402


def write_tokenizer(folder, vocabulary, context, adds_beginning):
    """tokenizer.json, tokenizer_config.json and special_tokens_map.json; `adds_beginning` puts BOS before each text."""
    from tokenizers import processors

    beginning, end = (vocabulary["tokens"][vocabulary[key]] for key in ("bos", "eos"))
    tokenizer = huggingface(vocabulary, vocabulary["pre"])
    if adds_beginning:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{beginning} $A", pair=f"{beginning} $A {beginning}:1 $B:1",
            special_tokens=[(beginning, vocabulary["bos"])])
    tokenizer.save(str(folder / "tokenizer.json"))
    specials = {"bos_token": beginning, "eos_token": end}
    write_json(folder / "special_tokens_map.json", specials)
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": context, **specials,
        "clean_up_tokenization_spaces": adds_beginning, "chat_template": vocabulary["template"],
        "model_input_names": ["input_ids", "attention_mask"],
    })


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")
