/// Lays header and sections out as `TableLayout` says.
struct TableWriter {
    private var header = [UInt64](repeating: 0, count: TableLayout.headerBytes / 8)
    private var body: [UInt8] = []

    subscript(word: TableLayout.Word) -> UInt64 {
        get { header[word.rawValue] }
        set { header[word.rawValue] = newValue }
    }

    mutating func append<Element: BitwiseCopyable>(_ section: TableLayout.Section, _ elements: [Element]) {
        let index = TableLayout.Word.allCases.count + 2 * section.rawValue
        header[index] = UInt64(TableLayout.headerBytes + body.count)
        header[index + 1] = UInt64(elements.count)
        elements.withUnsafeBytes { body.append(contentsOf: $0) }
        while body.count % 8 != 0 { body.append(0) }
    }

    func finished() -> [UInt8] {
        var words = header
        words[TableLayout.Word.magic.rawValue] = TableLayout.magic
        words[TableLayout.Word.version.rawValue] = TableLayout.version
        words[TableLayout.Word.byteCount.rawValue] = UInt64(TableLayout.headerBytes + body.count)
        return words.withUnsafeBytes { Array($0) } + body
    }
}

/// Tables in memory of their own, for vocabularies that come from no file.
final class OwnedTables: Sendable {
    /// 8-aligned. Written by `init` alone, hence safe to share.
    nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

    init(_ tables: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: tables.count, alignment: 8)
        copy.copyBytes(from: tables)
        bytes = UnsafeRawBufferPointer(copy)
    }

    deinit {
        bytes.deallocate()
    }
}
