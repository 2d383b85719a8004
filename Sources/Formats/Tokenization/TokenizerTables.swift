/// The flat binary form of a vocabulary, made once and then used straight from a mapped file.
///
/// Building takes a fraction of a second; `Tokenizer.init(tables:owner:)` takes microseconds, because nothing is built
/// then: the look-ups are hash tables that stand ready in the bytes.
package enum TokenizerTables {
    /// The version of the binary form. Tables of another version are refused and must be built anew.
    package static var version: Int { Int(TableLayout.version) }

    /// Builds the tables: position-independent, little-endian, a multiple of 8 bytes long.
    package static func build(from source: TokenizerSource) throws(TokenizerError) -> [UInt8] {
        var builder = try TableBuilder(source)
        try builder.addMerges()
        try builder.markWholeTokens()
        return builder.encoded()
    }
}
