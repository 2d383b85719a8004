/// Finds header words and sections in the binary tables, and refuses what lies outside of them.
struct TableReader {
    private let tables: UnsafeRawBufferPointer

    init(_ tables: UnsafeRawBufferPointer) throws(TokenizerError) {
        self.tables = tables
        guard tables.count >= TableLayout.headerBytes else {
            throw TableReader.damaged("they are \(tables.count) bytes long, shorter than their own header")
        }
        guard UInt(bitPattern: tables.baseAddress) % 8 == 0 else {
            throw TableReader.damaged("they do not start at a multiple of 8 bytes")
        }
        guard self[.magic] == TableLayout.magic else {
            throw TableReader.damaged("they do not start with the mark of tokenizer tables")
        }
        guard self[.version] == TableLayout.version else {
            throw TableReader.damaged("they are version \(self[.version]); this program reads \(TableLayout.version)")
        }
        guard self[.byteCount] == UInt64(tables.count) else {
            throw TableReader.damaged("they are \(tables.count) bytes long and should be \(self[.byteCount])")
        }
    }

    subscript(word: TableLayout.Word) -> UInt64 {
        self.word(word.rawValue)
    }

    /// A section in place; `count` is how many elements it must have, nil: any number.
    func section<Element: BitwiseCopyable>(
        _ section: TableLayout.Section, of: Element.Type = Element.self, count: Int? = nil
    ) throws(TokenizerError) -> UnsafeBufferPointer<Element> {
        let index = TableLayout.Word.allCases.count + 2 * section.rawValue
        let offset = word(index)
        let elements = word(index + 1)
        let (bytes, overflow) = elements.multipliedReportingOverflow(by: UInt64(MemoryLayout<Element>.stride))
        guard offset % 8 == 0, offset <= UInt64(tables.count), !overflow, bytes <= UInt64(tables.count) - offset else {
            throw TableReader.damaged("section \"\(section)\" lies outside of them")
        }
        if let count, elements != UInt64(count) {
            throw TableReader.damaged("section \"\(section)\" has \(elements) elements instead of \(count)")
        }
        let range = Int(offset)..<Int(offset + bytes)
        return UnsafeRawBufferPointer(rebasing: tables[range]).bindMemory(to: Element.self)
    }

    /// A section that is a hash table: a power of two of slots.
    func slots<Element: BitwiseCopyable>(
        _ section: TableLayout.Section, of: Element.Type = Element.self
    ) throws(TokenizerError) -> UnsafeBufferPointer<Element> {
        let slots: UnsafeBufferPointer<Element> = try self.section(section)
        guard slots.count > 0, slots.count & (slots.count - 1) == 0 else {
            throw TableReader.damaged("section \"\(section)\" has \(slots.count) slots, which is no power of two")
        }
        return slots
    }

    static func damaged(_ how: String) -> TokenizerError {
        TokenizerError(
            .invalidTables, "the tokenizer tables cannot be used: \(how); add the model again to rebuild them")
    }

    private func word(_ index: Int) -> UInt64 {
        UInt64(littleEndian: tables.load(fromByteOffset: index * 8, as: UInt64.self))
    }
}
