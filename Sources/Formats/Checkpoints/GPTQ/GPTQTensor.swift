/// A matrix that was quantised with GPTQ: w[n, k] = scale[g(k), n] · (code[n, k] - zero[g(k), n]).
///
/// Stored with inputs packed: word r of `qweight`, [K/8, N] for 4 bits, holds inputs 8r ... 8r + 7 of one output from
/// the lowest bits up; `qzeros`, [G, N/8], packs outputs. K inputs, N outputs, G groups.
///
/// Format: https://github.com/AutoGPTQ/AutoGPTQ/blob/main/auto_gptq/nn_modules/qlinear/qlinear_cuda_old.py
struct GPTQTensor: Sendable {
    let rows: Int
    let columns: Int
    let parameters: GPTQParameters
    let columnOrder: [Int32]?
    let codes: SafetensorsTensor
    let zeros: SafetensorsTensor
    let scales: SafetensorsTensor
    /// Inputs of a group, in `columnOrder`.
    let groupSize: Int
    /// The group of each input; nil: k / groupSize.
    let groupByColumn: [Int32]?
    /// Whether every zero is the middle of the range.
    let isSymmetric: Bool
    /// What version 1 of the format has taken off.
    private let zeroOffset: UInt32

    /// The tensors `module`.qweight, .qzeros, .scales and, if there is one, .g_idx.
    init(
        _ module: String, _ tensors: [String: SafetensorsTensor], rows: Int, columns: Int, _ parameters: GPTQParameters
    ) throws(CheckpointError) {
        func part(_ name: String) throws(CheckpointError) -> SafetensorsTensor {
            guard let tensor = tensors["\(module).\(name)"] else {
                throw CheckpointError(
                    .missingTensor,
                    "the checkpoint has no tensor \(quoted("\(module).\(name)")): it is incomplete, download it again")
            }
            return tensor
        }
        codes = try part("qweight")
        zeros = try part("qzeros")
        scales = try part("scales")
        self.rows = rows
        self.columns = columns
        self.parameters = parameters
        groupSize = min(parameters.groupSize ?? columns, columns)
        let groups = (columns + groupSize - 1) / groupSize
        let perWord = parameters.codesPerWord
        guard columns % 32 == 0, rows % perWord == 0 else {
            throw CheckpointError(
                .invalidTensor,
                "\(quoted(module)) has \(columns) inputs and \(rows) outputs, no multiples of 32 and \(perWord)"
            )
        }
        let reason = "GPTQ with \(parameters.bits) bits and groups of \(groupSize)"
        try codes.check(shape: [columns / perWord, rows], reason)
        try zeros.check(shape: [groups, rows / perWord], reason)
        try scales.check(shape: [groups, rows], reason)
        for words in [codes, zeros] where words.type != .i32 {
            throw CheckpointError(
                .unsupportedTensorType,
                "\(words.path): tensor \(quoted(words.name)) has the type \(words.type.rawValue) instead of I32")
        }
        try Self.checkScales(scales)
        if let index = tensors["\(module).g_idx"] {
            let grouping = try ColumnGrouping(index, groupSize: groupSize, columns: columns, parameters)
            groupByColumn = grouping.groupByColumn
            columnOrder = grouping.order
        } else if parameters.ordersByActivation ?? false {
            throw CheckpointError(
                .missingTensor,
                "the checkpoint has no tensor \(quoted("\(module).g_idx")), which desc_act needs: download it again")
        } else {
            (groupByColumn, columnOrder) = (nil, nil)
        }
        (zeroOffset, isSymmetric) = try Self.zeros(zeros, parameters)
    }

    /// How the file stores zeros, from what it says and from what symmetric zeros look like.
    private static func zeros(
        _ zeros: SafetensorsTensor, _ parameters: GPTQParameters
    ) throws(CheckpointError) -> (offset: UInt32, isSymmetric: Bool) {
        let ones: UInt32 = parameters.bits == 4 ? 0x1111_1111 : 0x0101_0101
        let middle = ones * UInt32(parameters.middle), lessOne = middle - ones
        let count = zeros.elementCount
        func all(_ word: UInt32) -> Bool {
            for index in 0..<count where zeros.word32(index) != word { return false }
            return true
        }
        let looksLikeVersion2 = all(middle), looksLikeVersion1 = !looksLikeVersion2 && all(lessOne)
        let stored: GPTQParameters.Zeros
        if let declared = parameters.zeros {
            stored = declared
        } else {
            stored = parameters.isSymmetric == true && looksLikeVersion2 ? .asTheyAre : .lessOne
        }
        let isMiddle = stored == .lessOne ? looksLikeVersion1 : looksLikeVersion2
        if parameters.isSymmetric == true, !isMiddle {
            let other = stored == .lessOne ? looksLikeVersion2 : looksLikeVersion1
            throw CheckpointError(
                .invalidTensor,
                "\(zeros.path): \(quoted(zeros.name)) is not symmetric, though the configuration says sym: "
                    + (other
                        ? "its checkpoint_format should be \(stored == .lessOne ? "\"gptq_v2\"" : "\"gptq\"")"
                        : "the file is damaged, download it again"))
        }
        return (stored == .lessOne ? 1 : 0, isMiddle)
    }

    /// The zero of output `row` in `group`. Version 1 wraps: a zero of 0 is stored as all ones.
    func zero(group: Int, row: Int) -> UInt32 {
        let perWord = parameters.codesPerWord, mask = UInt32(1) << UInt32(parameters.bits) - 1
        let word = zeros.word32(group * (rows / perWord) + row / perWord)
        return ((word >> UInt32(row % perWord * parameters.bits)) &+ zeroOffset) & mask
    }

    func scale(group: Int, row: Int) -> Float { scales.float(group * rows + row) }

    func dequantize(row: Int, into output: UnsafeMutableBufferPointer<Float>) {
        let perWord = parameters.codesPerWord, bits = UInt32(parameters.bits), mask = UInt32(1) << bits - 1
        for column in 0..<columns {
            let word = codes.word32(column / perWord * rows + row)
            let code = word >> (UInt32(column % perWord) * bits) & mask
            let group = groupByColumn.map { Int($0[column]) } ?? column / groupSize
            output[column] = scale(group: group, row: row) * (Float(code) - Float(zero(group: group, row: row)))
        }
    }

    /// Images keep scales in half precision, which files do too, or in types that it holds.
    private static func checkScales(_ scales: SafetensorsTensor) throws(CheckpointError) {
        try scales.checkIsFloat()
        for index in 0..<scales.elementCount {
            let value = scales.float(index)
            guard value.isFinite, scales.type == .f16 || Float(Float16(value)) == value else {
                throw CheckpointError(
                    .invalidTensor,
                    "\(scales.path): \(quoted(scales.name)) has the scale \(value), which is no number of half "
                        + "precision: the file is damaged, or has to be quantised again with scales in float16")
            }
        }
    }
}
