import CKernels
import Kernels
import Tokenization

/// Which sections an image of some checkpoint has, where they lie, and how each is filled.
struct ImagePlan: Sendable {
    let content: CheckpointContent
    private(set) var sections: [ImageSection] = []
    private(set) var dataBytes = 0
    private let tables: [UInt8]
    private let orders: ColumnOrders
    /// By section's name.
    private var sources: [String: Source] = [:]

    /// The tensor that a section is made of, and how its rows and columns are arranged.
    private struct Source: Sendable {
        var tensor: any WeightTensor
        var rowOrder: RowOrder
        var columnOrder: [Int32]?
        /// Whether the tensor's own format does not allow that order.
        var isUnpacked = false
    }

    init(_ checkpoint: any Checkpoint) throws(CheckpointError) {
        content = try checkpoint.content()
        do throws(TokenizerError) {
            tables = try TokenizerTables.build(from: content.tokenizer)
        } catch {
            throw CheckpointError(.unsupportedTokenizer, "\(checkpoint.path): \(error.message)")
        }
        let plan = TensorPlan(content.configuration)
        orders = ColumnOrders(plan, content.tensors)
        place(.tokenizer, "tokenizer", rows: 1, columns: tables.count)
        startPage()
        for slot in plan.slots where !slot.isMatrix { place(slot) }
        for order in plan.orders where orders[order.name] != nil {
            place(.order, order.name, rows: 1, columns: order.count)
        }
        startPage()
        for slot in plan.slots where slot.isMatrix { place(slot) }
    }

    private mutating func place(_ slot: TensorPlan.Slot) {
        guard let tensor = content.tensors[slot.name] else { return }
        var source = Source(tensor: tensor, rowOrder: .unchanged, columnOrder: orders[slot.input])
        if slot.isRotated { source.rowOrder = RowOrder(content.configuration, content.rotaryPairs) }
        if let order = orders[slot.feeds] { source.rowOrder = .listed(order) }
        let format = slot.isMatrix ? tensor.format(order: source.columnOrder) : nil
        source.isUnpacked = slot.isMatrix && format == nil
        sources[slot.name] = source
        place(
            slot.isMatrix ? .matrix : .vector, slot.name, rows: tensor.rows, columns: tensor.columns,
            format: slot.isMatrix ? (format ?? PK_F32).rawValue : nil)
    }

    private mutating func place(
        _ kind: ImageSection.Kind, _ name: String, rows: Int, columns: Int, format: UInt32? = nil
    ) {
        let section = ImageSection(
            kind: kind, name: name, format: format, rows: rows, columns: columns, offset: dataBytes,
            digest: Digest.placeholder)
        sections.append(section)
        dataBytes += (section.byteCount + ImageSection.alignment - 1) / ImageSection.alignment * ImageSection.alignment
    }

    /// Tables, vectors and matrices start on pages of their own.
    private mutating func startPage() { dataBytes = (dataBytes + 4095) / 4096 * 4096 }

    /// Writes the bytes `slice` of a section to the start of `output`.
    func fill(_ section: ImageSection, slice: Range<Int>, _ output: UnsafeMutableRawBufferPointer) {
        switch section.kind {
        case .tokenizer: output.copyBytes(from: tables[slice])
        case .order: fillOrder(section, output)
        case .vector: fillVector(section, output)
        case .matrix: fillMatrix(section, slice: slice, output)
        }
    }

    private func fillOrder(_ section: ImageSection, _ output: UnsafeMutableRawBufferPointer) {
        for (place, column) in (orders[section.name] ?? []).enumerated() {
            output.storeBytes(of: column.littleEndian, toByteOffset: place * 4, as: Int32.self)
        }
    }

    private func fillVector(_ section: ImageSection, _ output: UnsafeMutableRawBufferPointer) {
        guard let source = sources[section.name] else { return }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: section.columns) { values in
            source.tensor.dequantize(row: 0, into: values)
            for index in 0..<section.columns {
                let bits = values[source.rowOrder.source(of: index)].bitPattern.littleEndian
                output.storeBytes(of: bits, toByteOffset: index * 4, as: UInt32.self)
            }
        }
    }

    private func fillMatrix(_ section: ImageSection, slice: Range<Int>, _ output: UnsafeMutableRawBufferPointer) {
        guard let source = sources[section.name] else { return }
        let groupBytes = pk_group_bytes(section.packedFormat, section.columns)
        let target = output.bindMemory(to: UInt8.self)
        for (index, start) in stride(from: slice.lowerBound, to: slice.upperBound, by: groupBytes).enumerated() {
            let first = start / groupBytes * PK_ROWS
            let rows = (first..<first + PK_ROWS).map { $0 < section.rows ? source.rowOrder.source(of: $0) : -1 }
            guard let group = target.baseAddress?.advanced(by: index * groupBytes) else { return }
            if source.isUnpacked {
                source.tensor.packFloats(rows: rows, order: source.columnOrder, into: group)
            } else {
                source.tensor.pack(rows: rows, order: source.columnOrder, into: group)
            }
        }
    }
}

extension WeightTensor {
    /// Packs one row group as 32-bit floats, whatever the tensor is stored as.
    fileprivate func packFloats(rows: [Int], order: [Int32]?, into group: UnsafeMutablePointer<UInt8>) {
        let lanes = UnsafeMutableRawPointer(group).bindMemory(to: Float.self, capacity: columns * PK_ROWS)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { values in
            for (lane, row) in rows.enumerated() {
                if row < 0 { values.update(repeating: 0) } else { dequantize(row: row, into: values) }
                for column in 0..<columns {
                    lanes[column * PK_ROWS + lane] = values[order.map { Int($0[column]) } ?? column]
                }
            }
        }
    }
}
