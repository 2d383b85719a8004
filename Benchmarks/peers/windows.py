"""Prints a text's tokens as JSON, in windows that do not overlap: `windows.py FOLDER TEXT CONTEXT MOST`."""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

folder, text, context, most = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
tokens = Tokenizer.from_file(str(folder / "tokenizer.json")).encode(text.read_text(), add_special_tokens=False).ids
whole = [tokens[start:start + context] for start in range(0, len(tokens) - context + 1, context)]
json.dump(whole[:most], sys.stdout)
