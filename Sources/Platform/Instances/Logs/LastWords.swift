/// The last lines that a program wrote, to explain its end by.
struct LastWords: Sendable {
    private var lines: [[UInt8]] = []
    private var open: [UInt8] = []

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        // What stands further back than all lines together can reach is not looked at: output may come in megabytes.
        let reach = (Limits.lastLines + 1) * (Limits.lastLineBytes + 1)
        var rest = bytes.suffix(reach)
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            extend(rest[..<newline])
            close()
            rest = rest[(newline + 1)...]
        }
        extend(rest)
    }

    /// In one line, or nil if there were none.
    var text: String? {
        let all = (lines + [open]).filter { !$0.isEmpty }.suffix(Limits.lastLines)
        guard !all.isEmpty else { return nil }
        return all.map(PlainText.make).joined(separator: " | ")
    }

    private mutating func extend(_ bytes: Slice<UnsafeRawBufferPointer>) {
        open += bytes.prefix(Limits.lastLineBytes - open.count)
    }

    private mutating func close() {
        // Programs like to end with empty lines.
        if open.contains(where: { $0 > UInt8(ascii: " ") }) { lines.append(open) }
        if lines.count > Limits.lastLines { lines.removeFirst() }
        open.removeAll(keepingCapacity: true)
    }
}
