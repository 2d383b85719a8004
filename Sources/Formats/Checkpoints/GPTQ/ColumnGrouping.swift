/// Which group each input of a GPTQ matrix belongs to, from `g_idx`, and the order that makes groups contiguous.
struct ColumnGrouping {
    /// nil: k / groupSize.
    private(set) var groupByColumn: [Int32]?
    /// Inputs sorted by their groups, those of one group as they were; nil if they are sorted already.
    private(set) var order: [Int32]?

    init(
        _ index: SafetensorsTensor, groupSize: Int, columns: Int, _ parameters: GPTQParameters
    ) throws(CheckpointError) {
        let what = "\(index.path): \(quoted(index.name))"
        guard index.type == .i32 else {
            throw CheckpointError(.unsupportedTensorType, "\(what) has the type \(index.type.rawValue) instead of I32")
        }
        try index.check(shape: [columns], "a matrix of \(columns) inputs")
        let groups = (0..<columns).map { Int32(bitPattern: index.word32($0)) }
        let groupCount = (columns + groupSize - 1) / groupSize
        // Some tools leave zeros where groups are in their natural order.
        let isBlank = parameters.ordersByActivation != true && groupCount > 1 && groups.allSatisfy { $0 == 0 }
        let isNatural = groups.indices.allSatisfy { Int(groups[$0]) == $0 / groupSize }
        if isBlank || isNatural { return }
        var members = [[Int32]](repeating: [], count: groupCount)
        for (column, group) in groups.enumerated() {
            guard members.indices.contains(Int(group)) else {
                throw CheckpointError(
                    .invalidTensor, "\(what) puts input \(column) into group \(group), but there are \(groupCount)")
            }
            members[Int(group)].append(Int32(column))
        }
        for (group, inputs) in members.enumerated() {
            let expected = min(groupSize, columns - group * groupSize)
            guard inputs.count == expected else {
                throw CheckpointError(
                    .invalidTensor,
                    "\(what) gives group \(group) \(inputs.count) inputs instead of \(expected): "
                        + "the file is damaged, or group_size is wrong")
            }
        }
        groupByColumn = groups
        order = members.flatMap { $0 }
    }
}
