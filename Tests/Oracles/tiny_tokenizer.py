"""A byte-level BPE tokenizer of some 320 tokens: 256 bytes, a few merges, the special tokens of a chat format."""

from dataclasses import dataclass, field

# Every prefix of a word is a token, so that merges chain: "Ġ" + "t", "Ġt" + "h", "Ġth" + "e".
WORDS = ["Ġthe", "Ġand", "Ġof", "Ġto", "ing", "ion", "Ġhello", "Ġworld", "llama", "ä½ł", "å¥½", "ĠĠĠĠ", "ĊĊ"]

NORMAL, CONTROL = 1, 3  # ggml's token types


@dataclass(frozen=True)
class ChatSpecials:
    """The special tokens and the template of a chat format, in the spelling of the models that made them known."""

    tokens: list[str]
    bos: str
    eos: str
    adds_bos: bool
    template: str


CHATML = ChatSpecials(
    tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
    bos="<|endoftext|>",
    eos="<|im_end|>",
    adds_bos=False,
    template=(
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + "
        "'\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
    ),
)

LLAMA3 = ChatSpecials(
    tokens=["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
    bos="<|begin_of_text|>",
    eos="<|eot_id|>",
    adds_bos=True,
    template=(
        "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + "
        "message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' %}"
        "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}"
    ),
)


@dataclass
class TinyTokenizer:
    specials: ChatSpecials
    tokens: list[str] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.tokens = byte_alphabet()
        for word in WORDS:
            for end in range(2, len(word) + 1):
                if word[:end] not in self.tokens:
                    self.tokens.append(word[:end])
                    self.merges.append(f"{word[: end - 1]} {word[end - 1]}")
        self.kinds = [NORMAL] * len(self.tokens) + [CONTROL] * len(self.specials.tokens)
        self.tokens += self.specials.tokens

    def write(self, writer, pre_tokenizer):
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(pre_tokenizer)
        writer.add_token_list(self.tokens)
        writer.add_token_types(self.kinds)
        writer.add_token_merges(self.merges)
        writer.add_bos_token_id(self.tokens.index(self.specials.bos))
        writer.add_eos_token_id(self.tokens.index(self.specials.eos))
        writer.add_add_bos_token(self.specials.adds_bos)
        writer.add_chat_template(self.specials.template)


def byte_alphabet():
    """GPT-2's spelling of the 256 bytes: printable ones stand for themselves, the others move to U+0100 and up."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(0x100 + index) for index in range(len(others))]
