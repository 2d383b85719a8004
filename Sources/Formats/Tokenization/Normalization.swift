// The standard library composes characters but offers that only under this name; Foundation's way would tie the
// tokenizer to Foundation.
@_spi(_Unicode) internal import Swift

extension PreTokenizer {
    /// The text as it is before splitting, or nil where it stays as it is: Qwen2 composes characters (NFC).
    ///
    /// The text must be valid UTF-8, without tokens that were added whole: those are looked for before.
    func normalized(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        // Below U+0300 nothing composes and every scalar is its own composition.
        guard self == .qwen2, text.contains(where: { $0 >= 0xCC }) else { return nil }
        var result = ""
        for scalar in String(decoding: text, as: UTF8.self)._nfc { result.unicodeScalars.append(scalar) }
        return result
    }
}
