/// What `quantize_config.json`, or `quantization_config` in `config.json`, says about quantised weights.
struct QuantizationConfiguration: Decodable {
    private var method: String?
    private var bits: Int?
    private var legacyBits: Int?
    private var groupSize: Int?
    private var legacyGroupSize: Int?
    private var ordersByActivation: Bool?
    private var isSymmetric: Bool?
    private var checkpointFormat: String?
    private var legacyFormat: String?
    private var isMarlin: Bool?
    private var version: String?
    private var wordType: String?
    /// Rules by patterns of names; only whether there are some, and whether they do more than skip modules.
    private var dynamic: [String: Ignored?]?

    /// A value that nobody reads.
    private struct Ignored: Decodable {
        init(from decoder: any Decoder) {}
    }

    private enum CodingKeys: String, CodingKey {
        case method = "quant_method"
        case bits
        case legacyBits = "w_bit"
        case groupSize = "group_size"
        case legacyGroupSize = "q_group_size"
        case ordersByActivation = "desc_act"
        case isSymmetric = "sym"
        case checkpointFormat = "checkpoint_format"
        case legacyFormat = "format"
        case isMarlin = "is_marlin_format"
        case version
        case wordType = "pack_dtype"
        case dynamic
    }

    /// The GPTQ parameters, or an error that names what the checkpoint is instead.
    func gptq() throws(CheckpointError) -> GPTQParameters {
        try refuseOtherMethods()
        guard let bits = bits ?? legacyBits, let groupSize = groupSize ?? legacyGroupSize else {
            throw CheckpointError(
                .missingMetadata, "the quantisation's configuration lacks bits or group_size: download it again")
        }
        guard bits == 4 || bits == 8 else {
            throw CheckpointError(
                .unsupportedTensorType, "GPTQ with \(bits) bits is not supported; use a checkpoint with 4 or 8")
        }
        guard groupSize == -1 || groupSize > 0 && groupSize % 32 == 0 && groupSize <= Limits.width else {
            throw CheckpointError(
                .invalidMetadata,
                "group_size is \(groupSize); it must be a positive multiple of 32, or -1 for one group")
        }
        let declared = checkpointFormat ?? legacyFormat
        let zeros: GPTQParameters.Zeros? = declared.map { $0 == "gptq_v2" ? .asTheyAre : .lessOne }
        return GPTQParameters(
            bits: bits, groupSize: groupSize == -1 ? nil : groupSize, ordersByActivation: ordersByActivation,
            isSymmetric: isSymmetric, zeros: zeros)
    }

    private func refuseOtherMethods() throws(CheckpointError) {
        let gptq = "use the model's GPTQ checkpoint, its unquantised one, or a GGUF file"
        let method = method?.lowercased() ?? (version == nil ? "gptq" : "awq")
        guard method == "gptq" else {
            throw CheckpointError(
                .unsupportedTensorType, "quantisation by \(quoted(method)) is not supported; \(gptq)")
        }
        guard isMarlin != true else {
            throw CheckpointError(
                .unsupportedTensorType,
                "the weights are shuffled for the \"marlin\" GPU kernel (is_marlin_format); \(gptq)")
        }
        if let format = checkpointFormat ?? legacyFormat, format != "gptq", format != "gptq_v2" {
            throw CheckpointError(
                .unsupportedTensorType,
                "the checkpoint_format \(quoted(format)) is not supported, \"gptq\" and \"gptq_v2\" are; \(gptq)")
        }
        if let wordType, wordType != "int32" {
            throw CheckpointError(
                .unsupportedTensorType, "pack_dtype is \(quoted(wordType)); only \"int32\" is supported")
        }
        if let rule = dynamic?.keys.filter({ !$0.hasPrefix("-:") }).min() {
            throw CheckpointError(
                .unsupportedTensorType,
                "the quantisation has parameters of their own for some layers (dynamic: \(quoted(rule))), which is not "
                    + "supported; quantise all layers alike, or \(gptq)")
        }
    }
}

/// How the weights of a GPTQ checkpoint are stored; what its configuration leaves open is nil.
struct GPTQParameters: Sendable, Equatable {
    enum Zeros: Sendable {
        /// Version 1 of the format: zero - 1, by far the most common.
        case lessOne
        /// Version 2.
        case asTheyAre
    }

    /// 4 or 8.
    var bits: Int
    /// Inputs that share a scale; nil: all of them.
    var groupSize: Int?
    /// Whether inputs were quantised by importance, which leaves the members of groups scattered.
    var ordersByActivation: Bool?
    /// Whether all zeros are the middle of the range.
    var isSymmetric: Bool?
    var zeros: Zeros?

    /// Codes in a 32-bit word.
    var codesPerWord: Int { 32 / bits }
    /// The zero of symmetric codes.
    var middle: UInt16 { bits == 4 ? 8 : 128 }
    /// As people write it.
    var name: String { "GPTQ-Int\(bits)" + (groupSize.map { "-g\($0)" } ?? "") }
}
