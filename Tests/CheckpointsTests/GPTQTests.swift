import Checkpoints
import FoundationEssentials
import TestSupport
import Testing

@Suite("A GPTQ checkpoint")
struct GPTQTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private let module = "model.layers.1.mlp.down_proj"

    private func open(_ tiny: TinyFolder) throws -> CheckpointContent {
        let path = folder.file("model")
        try? FileManager.default.removeItem(atPath: path)
        try tiny.write(to: path)
        return try HuggingFaceDirectory(path: path).content()
    }

    private func error(
        sourceLocation: SourceLocation = #_sourceLocation, _ breaking: (inout TinyFolder) -> Void
    ) -> CheckpointError? {
        checkpointError(sourceLocation: sourceLocation) { _ = try open(.gptq(breaking)) }
    }

    /// The error for quantize_config.json with some values replaced, new or, if nil, gone.
    private func error(
        _ changes: [String: String?], sourceLocation: SourceLocation = #_sourceLocation
    ) -> CheckpointError? {
        error(sourceLocation: sourceLocation) { $0.texts["quantize_config.json"] = configuration(changes) }
    }

    private func configuration(_ changes: [String: String?]) -> String {
        var values: [String: String?] = [
            "bits": "4", "group_size": "32", "desc_act": "false", "sym": "true", "checkpoint_format": "\"gptq\"",
            "quant_method": "\"gptq\"",
        ]
        values.merge(changes) { $1 }
        return "{" + values.compactMap { key, value in value.map { "\"\(key)\":\($0)" } }.joined(separator: ",") + "}"
    }

    @Test("is read, and says what it is")
    func sound() throws {
        let content = try open(.gptq())
        #expect(content.quantization.first?.type == "GPTQ-Int4-g32")
        #expect(content.quantization.first?.tensorCount == 14)
        let inConfig = try open(
            .gptq { tiny in
                tiny.configuration["quantization_config"] = tiny.texts.removeValue(forKey: "quantize_config.json")
            })
        #expect(inConfig.quantization == content.quantization)
        let synonyms = try open(
            .gptq {
                $0.texts["quantize_config.json"] = configuration([
                    "bits": nil, "group_size": nil, "w_bit": "4", "q_group_size": "32", "checkpoint_format": nil,
                    "desc_act": nil, "dynamic": #"{"-:.*lm_head.*":{}}"#,
                ])
            })
        #expect(synonyms.quantization == content.quantization)
    }

    @Test(
        "of another method or format is refused by name, with what to do instead",
        arguments: [
            ("quant_method", "awq"), ("quant_method", "bitsandbytes"), ("quant_method", "compressed-tensors"),
            ("quant_method", "fp8"), ("quant_method", "marlin"), ("checkpoint_format", "marlin"),
            ("checkpoint_format", "gptq_p"), ("checkpoint_format", "gemm"), ("pack_dtype", "int16"),
        ])
    func otherMethods(key: String, value: String) {
        let error = error([key: "\"\(value)\""])
        #expect(error?.code == .unsupportedTensorType)
        #expect(error?.message.contains("\"\(value)\"") == true)
    }

    @Test("with parameters that we cannot compute with is refused")
    func parameters() {
        #expect(error(["is_marlin_format": "true"])?.message.contains("marlin") == true)
        #expect(error(["quant_method": nil, "version": "\"GEMM\""])?.message.contains("\"awq\"") == true)
        #expect(error(["dynamic": #"{"+:.*down.*":{"bits":8}}"#])?.message.contains("+:.*down.*") == true)
        #expect(error(["bits": "3"])?.message.contains("3 bits") == true)
        for size in ["0", "-2", "16", "100", "99999999999"] {
            #expect(error(["group_size": size])?.code == .invalidMetadata, "\(size)")
        }
        #expect(error(["bits": nil])?.code == .missingMetadata)
        #expect(error(["bits": "8"])?.code == .invalidTensor)
        #expect(error(["group_size": "64"])?.code == .invalidTensor)
        #expect(error { $0.texts["quantize_config.json"] = nil }?.message.contains("says how") == true)
    }

    @Test("whose parts are missing, of another type or of another shape is refused")
    func parts() {
        for part in ["qzeros", "scales"] {
            let error = error { $0.tensors.removeAll { $0.name == "\(module).\(part)" } }
            #expect(error?.code == .missingTensor && error?.message.contains("\(module).\(part)") == true)
        }
        for (part, type) in [("qweight", "F32"), ("qzeros", "U32"), ("scales", "I16"), ("g_idx", "F32")] {
            let error = error { change("\(module).\(part)", in: &$0) { $0.type = type } }
            #expect(error?.code == .unsupportedTensorType && error?.message.contains(type) == true, "\(part)")
        }
        for part in ["qweight", "qzeros", "scales"] {
            let error = error { change("\(module).\(part)", in: &$0) { $0.shape.reverse() } }
            #expect(error?.code == .invalidTensor && error?.message.contains(part) == true)
        }
        let infinite = error { change("\(module).scales", in: &$0) { $0.bytes[1] = 0x7C } }
        #expect(infinite?.message.contains("half precision") == true)
    }

    @Test("whose g_idx makes no groups is refused, and one that is left blank is not")
    func groups() throws {
        func index(_ groups: [Int32]) -> (inout TinyFolder) -> Void {
            { tiny in
                self.change("\(self.module).g_idx", in: &tiny) { tensor in
                    tensor.bytes = []
                    for group in groups { tensor.bytes.append(integer: group) }
                }
            }
        }
        let natural = (0..<96).map { Int32($0 / 32) }
        var wrong = natural
        wrong[5] = 3
        #expect(error(index(wrong))?.message.contains("input 5 into group 3") == true)
        wrong[5] = -1
        #expect(error(index(wrong))?.code == .invalidTensor)
        wrong[5] = 1
        #expect(error(index(wrong))?.message.contains("group 0 31 inputs instead of 32") == true)
        #expect(
            error {
                index(natural.map { _ in 0 })(&$0);
                $0.texts["quantize_config.json"] = configuration(["desc_act": "true"])
            }?.code == .invalidTensor)
        let blank = try open(.gptq(index(natural.map { _ in 0 })))
        #expect(blank.tensors["blk.1.ffn_down.weight"]?.columnOrder == nil)
        let missing = error {
            $0.tensors.removeAll { $0.name == "\(module).g_idx" }
            $0.texts["quantize_config.json"] = configuration(["desc_act": "true"])
        }
        #expect(missing?.code == .missingTensor && missing?.message.contains("desc_act") == true)
        let content = try open(.gptq { $0.tensors.removeAll { $0.name.hasSuffix(".g_idx") } })
        #expect(content.quantization.first?.type == "GPTQ-Int4-g32")
    }

    @Test("says which matrices are packed as floats because those that share their input have another order")
    func orders() throws {
        func packedAsFloats(_ scattered: [String]) throws -> Int? {
            let content = try open(
                .gptq { tiny in
                    for module in scattered {
                        change("model.layers.0.self_attn.\(module).g_idx", in: &tiny) { tensor in
                            tensor.bytes = []
                            for column in 0..<64 { tensor.bytes.append(integer: Int32(column % 2)) }
                        }
                    }
                })
            return content.quantization.first { $0.type == "GPTQ-Int4-g32, packed as F32 for its g_idx" }?.tensorCount
        }
        #expect(try packedAsFloats(["q_proj"]) == 2)
        #expect(try packedAsFloats(["q_proj", "v_proj"]) == 1)
        #expect(try packedAsFloats(["q_proj", "k_proj", "v_proj"]) == nil)
    }

    @Test("that says sym but is not is refused, and the format's version is told from symmetric zeros")
    func zeros() throws {
        func stored(_ zero: UInt32, _ changes: [String: String?]) -> (inout TinyFolder) -> Void {
            { tiny in
                tiny = TinyFolder()
                for module in tiny.linearModules { tiny.quantize(module, storedZero: zero) }
                tiny.texts["quantize_config.json"] = self.configuration(changes)
            }
        }
        #expect(error(stored(0x8888_8888, [:]))?.message.contains("gptq_v2") == true)
        #expect(error(stored(0x7777_7777, ["checkpoint_format": "\"gptq_v2\""]))?.message.contains("\"gptq\"") == true)
        #expect(error(stored(0x7777_7776, [:]))?.message.contains("damaged") == true)
        let expected = values(try open(.gptq()))
        #expect(values(try open(.gptq(stored(0x8888_8888, ["checkpoint_format": nil])))) == expected)
        #expect(values(try open(.gptq(stored(0x8888_8888, ["checkpoint_format": "\"gptq_v2\""])))) == expected)
        #expect(values(try open(.gptq(stored(0x7777_7777, ["sym": "false"])))) == expected)
        // Version 1 stores a zero of 0 as all ones.
        let wrapped = values(try open(.gptq(stored(0xFFFF_FFFF, ["sym": "false"]))))
        #expect(zip(wrapped, expected).allSatisfy { $0 == $1 + 8.0 / 64 })
    }

    private func change(
        _ name: String, in tiny: inout TinyFolder, _ body: (inout SafetensorsBuilder.Tensor) -> Void
    ) {
        guard let index = tiny.tensors.firstIndex(where: { $0.name == name }) else {
            Issue.record("there is no \(name)")
            return
        }
        body(&tiny.tensors[index])
    }

    private func values(_ content: CheckpointContent) -> [Float] {
        guard let tensor = content.tensors["blk.1.ffn_down.weight"] else { return [] }
        return (0..<tensor.rows).flatMap { row in
            [Float](unsafeUninitializedCapacity: tensor.columns) { buffer, count in
                tensor.dequantize(row: row, into: buffer)
                count = tensor.columns
            }
        }
    }
}
