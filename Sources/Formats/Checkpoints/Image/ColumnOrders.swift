/// The order of columns of every input that some matrix needs in an order of its own.
///
/// Matrices that share an input share its order: the first that needs one decides. Quantisers see the same activations
/// for all of them and so choose the same; a matrix that disagrees is stored as floats, whose columns go anywhere.
struct ColumnOrders: Sendable {
    private var byInput: [String: [Int32]] = [:]

    init(_ plan: TensorPlan, _ tensors: [String: any WeightTensor]) {
        for slot in plan.slots {
            guard let input = slot.input, byInput[input] == nil else { continue }
            byInput[input] = tensors[slot.name]?.columnOrder
        }
    }

    subscript(input: String?) -> [Int32]? { input.flatMap { byInput[$0] } }
}
