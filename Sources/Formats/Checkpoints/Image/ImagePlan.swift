import CKernels
import Kernels
import Tokenization

/// Which sections an image of some checkpoint has, where they lie, and how each is filled.
struct ImagePlan: Sendable {
    let configuration: ModelConfiguration
    let preTokenizer: PreTokenizer
    private(set) var sections: [ImageSection] = []
    private(set) var dataBytes = 0
    private let tables: [UInt8]
    /// By section's name.
    private var tensors: [String: GGUFTensor] = [:]
    private var orders: [String: RowOrder] = [:]

    init(_ file: GGUFFile) throws(CheckpointError) {
        configuration = try file.configuration()
        let source = try file.tokenizerSource()
        preTokenizer = source.preTokenizer
        do throws(TokenizerError) {
            tables = try TokenizerTables.build(from: source)
        } catch {
            throw CheckpointError(.unsupportedTokenizer, "\(file.path): \(error.message)")
        }
        place(.tokenizer, "tokenizer", rows: 1, columns: tables.count)
        let slots = TensorPlan(configuration).slots
        startPage()
        for slot in slots where !slot.isMatrix { place(slot, file) }
        startPage()
        for slot in slots where slot.isMatrix { place(slot, file) }
    }

    private mutating func place(_ slot: TensorPlan.Slot, _ file: GGUFFile) {
        guard let tensor = file.tensor(slot.name) else { return }
        tensors[slot.name] = tensor
        orders[slot.name] = RowOrder(configuration, isRotated: slot.isRotated)
        let format = slot.isMatrix ? UInt32(pk_format_for_ggml(Int32(tensor.type.rawValue))) : nil
        place(slot.isMatrix ? .matrix : .vector, slot.name, rows: tensor.rows, columns: tensor.columns, format: format)
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
        case .vector: fillVector(section, output)
        case .matrix: fillMatrix(section, slice: slice, output)
        }
    }

    private func fillVector(_ section: ImageSection, _ output: UnsafeMutableRawBufferPointer) {
        guard let tensor = tensors[section.name], let order = orders[section.name] else { return }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: tensor.columns) { values in
            tensor.dequantize(row: 0, into: values)
            for index in 0..<tensor.columns {
                let bits = values[order.source(of: index)].bitPattern.littleEndian
                output.storeBytes(of: bits, toByteOffset: index * 4, as: UInt32.self)
            }
        }
    }

    private func fillMatrix(_ section: ImageSection, slice: Range<Int>, _ output: UnsafeMutableRawBufferPointer) {
        guard let tensor = tensors[section.name], let order = orders[section.name] else { return }
        let groupBytes = pk_group_bytes(section.packedFormat, section.columns)
        let type = pk_ggml_type(rawValue: tensor.type.rawValue)
        let target = output.bindMemory(to: UInt8.self)
        var rows = [UnsafePointer<UInt8>?](repeating: nil, count: Int(PK_ROWS))
        for (index, start) in stride(from: slice.lowerBound, to: slice.upperBound, by: groupBytes).enumerated() {
            let first = start / groupBytes * Int(PK_ROWS)
            for lane in 0..<Int(PK_ROWS) {
                let row = first + lane
                rows[lane] =
                    row < tensor.rows
                    ? tensor.row(order.source(of: row)).baseAddress?.assumingMemoryBound(to: UInt8.self) : nil
            }
            guard let group = target.baseAddress?.advanced(by: index * groupBytes) else { return }
            pk_pack_group(type, rows, section.columns, group)
        }
    }
}
