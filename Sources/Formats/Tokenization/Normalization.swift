// The standard library composes characters but offers that only under this name; Foundation's way would tie the
// tokenizer to Foundation.
@_spi(_Unicode) internal import Swift

extension PreTokenizer {
    /// The text as it is before splitting: Qwen2 composes characters (NFC), the others leave text alone.
    func normalized(_ text: String) -> String {
        // Below U+0300 nothing composes and every scalar is its own composition.
        guard self == .qwen2, text.utf8.contains(where: { $0 >= 0xCC }) else { return text }
        var result = ""
        for scalar in text._nfc { result.unicodeScalars.append(scalar) }
        return result
    }
}
