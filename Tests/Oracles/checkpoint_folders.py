"""Folders as Hugging Face's checkpoints have them, without weights: tokenizer.json and its neighbours.

The vocabularies are real (SmolLM2's, Llama-3's, Qwen's), the files around them are written here after what the models'
cards say, and run by Hugging Face's own `tokenizers` and `transformers`.
"""
import base64
import json

from chat_golden import DEEPSEEK_TEMPLATE, LLAMA32_TEMPLATE, QWEN25_TEMPLATE

QWEN_SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + [
    f"<|{name}|>" for name in (
        "object_ref_start object_ref_end box_start box_end quad_start quad_end vision_start vision_end vision_pad "
        "image_pad video_pad").split()]
QWEN_ADDED = ["<tool_call>", "</tool_call>"] + [
    f"<|{name}|>" for name in "fim_prefix fim_middle fim_suffix fim_pad repo_name file_sep".split()]
DEEPSEEK_SPECIALS = {"<｜end▁of▁sentence｜>": True, "<｜User｜>": False, "<｜Assistant｜>": False,
                     "<｜begin▁of▁sentence｜>": True, "<|EOT|>": False, "<think>": False, "</think>": False}
REACHING = [("<mask>", False, "lstrip"), ("<unit>", True, "rstrip"), ("<gap>", False, "lstrip", "rstrip"),
            ("Pronk", False, "single_word")]
GAPS = ["", "", " ", "\n\n", " \u3000"]


def ranks(path):
    """tiktoken's file: token's bytes → rank."""
    lines = (line.split() for line in path.read_bytes().splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in lines}


def merged_pairs(ranks):
    """The one pair that each token was made of, as Qwen's makers wrote merges.txt: what merging leaves before it."""
    pairs = []
    for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
        parts = [bytes([byte]) for byte in token]
        while len(parts) > 2:
            best = min(range(len(parts) - 1), key=lambda i: ranks.get(parts[i] + parts[i + 1], 1 << 30))
            if ranks.get(parts[best] + parts[best + 1], 1 << 30) >= rank:
                break
            parts[best:best + 2] = [parts[best] + parts[best + 1]]
        if len(parts) == 2:
            pairs.append(tuple(parts))
    return pairs


def qwen(path, spell):
    """Qwen's vocabulary as in `tokenizer_golden`: tokens and merges in the byte-level spelling."""
    table = ranks(path)
    spelled = lambda token: "".join(spell[byte] for byte in token)
    return {
        "tokens": [spelled(token) for token in sorted(table, key=table.get)],
        "kinds": [1] * len(table),
        "merges": [f"{spelled(left)} {spelled(right)}" for left, right in merged_pairs(table)],
    }


def write(folder, tokenizer, *, added=(), bos_processor=None, configuration, generation, change=None):
    """Writes a folder; `added` are (text, special, rules …). Returns the tokenizer as the library reads it back."""
    from tokenizers import AddedToken, Tokenizer, processors

    for text, special, *rules in added:
        token = AddedToken(text, special=special, normalized=False, **dict.fromkeys(rules, True))
        (tokenizer.add_special_tokens if special else tokenizer.add_tokens)([token])
    if bos_processor:
        tokenizer.post_processor = processors.Sequence([
            processors.ByteLevel(trim_offsets=True),
            processors.TemplateProcessing(
                single=f"{bos_processor} $A", pair=f"{bos_processor} $A {bos_processor} $B",
                special_tokens=[(bos_processor, tokenizer.token_to_id(bos_processor))])])
    folder.mkdir(parents=True, exist_ok=True)
    document = json.loads(tokenizer.to_str())
    if change:
        change(document)
    (folder / "tokenizer.json").write_text(json.dumps(document, ensure_ascii=False))
    (folder / "tokenizer_config.json").write_text(json.dumps(configuration, ensure_ascii=False))
    (folder / "generation_config.json").write_text(json.dumps(generation))
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def merges_as_text(document):
    """As tokenizers before 0.20 wrote them."""
    document["model"]["merges"] = [" ".join(pair) for pair in document["model"]["merges"]]


def end_takes_space(document):
    """The token that ends turns swallows the white space around it."""
    for token in document["added_tokens"]:
        if token["content"] == "<|im_end|>":
            token.update(lstrip=True, rstrip=True)


def write_all(out, small, large, qwen_vocabulary, huggingface):
    """All folders: name → (tokenizer, rows of the embedding)."""
    described = lambda text: {"__type": "AddedToken", "content": text, "lstrip": False, "normalized": True,
                              "rstrip": False, "single_word": False}
    result = {}
    result["smollm2"] = write(
        out / "smollm2", huggingface(small, "smollm"),
        configuration={"bos_token": "<|im_start|>", "eos_token": "<|im_end|>",
                       "chat_template": [{"name": "tool_use", "template": "{{ messages }}"},
                                         {"name": "default", "template": small["template"]}]},
        generation={"bos_token_id": 1, "eos_token_id": 2}), len(small["tokens"])
    result["smollm2-reaching"] = write(
        out / "smollm2-reaching", huggingface(small, "smollm"), added=REACHING, change=end_takes_space,
        configuration={"eos_token": "<|im_end|>", "chat_template": small["template"]},
        generation={"eos_token_id": 2}), len(small["tokens"]) + len(REACHING)
    result["llama3"] = write(
        out / "llama3", huggingface(large, "llama-bpe"), bos_processor="<|begin_of_text|>", change=merges_as_text,
        configuration={"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>", "model_max_length": 10**30,
                       "chat_template": LLAMA32_TEMPLATE},
        generation={"eos_token_id": [128001, 128008, 128009], "temperature": 0.6, "top_p": 0.9, "do_sample": True},
    ), len(large["tokens"])
    result["qwen2.5"] = write(
        out / "qwen2.5", huggingface(qwen_vocabulary, "qwen2"),
        added=[(text, True) for text in QWEN_SPECIALS] + [(text, False) for text in QWEN_ADDED],
        configuration={"add_bos_token": False, "bos_token": None, "eos_token": "<|im_end|>",
                       "chat_template": QWEN25_TEMPLATE},
        generation={"bos_token_id": 151643, "eos_token_id": [151645, 151643], "repetition_penalty": 1.1,
                    "temperature": 0.7, "top_p": 0.8, "top_k": 20}), 151936
    result["deepseek-r1-qwen"] = write(
        out / "deepseek-r1-qwen", huggingface(qwen_vocabulary, "qwen2"), added=list(DEEPSEEK_SPECIALS.items()),
        bos_processor="<｜begin▁of▁sentence｜>",
        configuration={"add_bos_token": True, "add_eos_token": False, "bos_token": described("<｜begin▁of▁sentence｜>"),
                       "eos_token": described("<｜end▁of▁sentence｜>"), "chat_template": DEEPSEEK_TEMPLATE},
        generation={"bos_token_id": 151646, "eos_token_id": 151643, "temperature": 0.6, "top_p": 0.95}), 151936
    return result


def golden(rng, folders, texts):
    """What the library makes of random texts, half of them with added tokens in between."""
    result = {}
    for name, (tokenizer, rows) in folders.items():
        added = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
        cases = []
        for number, text in enumerate(texts):
            if number % 2:
                for _ in range(rng.randrange(1, 4)):
                    place = rng.randrange(len(text) + 1)
                    text = text[:place] + rng.choice(GAPS) + rng.choice(added) + rng.choice(GAPS) + text[place:]
            cases.append({"text": text, "tokens": tokenizer.encode(text).ids})
        result[name] = {"rows": rows, "cases": cases}
    return result
