import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("A checkpoint's RoPE scaling")
struct RopeScalingTests {
    private func configuration(_ keys: [String: GGUFBuilder.Value]) throws -> ModelConfiguration {
        var builder = TinyModel().builder()
        for (key, value) in keys { builder.set("llama.rope.\(key)", value) }
        return try open(builder.build()).configuration()
    }

    @Test("is read from GGUF's keys")
    func gguf() throws {
        #expect(try configuration([:]).ropeScaling == nil)
        #expect(try configuration(["scaling.type": .string("none"), "scaling.factor": .float32(2)]).ropeScaling == nil)
        let linear = try configuration(["scaling.type": .string("linear"), "scaling.factor": .float32(2)])
        #expect(linear.ropeScaling == RopeScaling(kind: .linear, factor: 2, originalContextLength: 256))
        #expect(linear.originalContextLength == 256 && linear.largestContextLength == 512)
        #expect(try configuration(["scale_linear": .float32(4)]).ropeScaling?.kind == .linear)
        #expect(try configuration(["scale_linear": .float32(1)]).ropeScaling == nil)
        let yarn = try configuration([
            "scaling.type": .string("yarn"), "scaling.factor": .float32(4),
            "scaling.original_context_length": .uint32(128), "scaling.attn_factor": .float32(0.5),
        ])
        var expected = RopeScaling(kind: .yarn, factor: 4, originalContextLength: 128)
        expected.attentionFactor *= 0.5
        #expect(yarn.ropeScaling == expected)
        #expect(yarn.originalContextLength == 128 && yarn.largestContextLength == 512)
    }

    @Test("of an unknown kind, or with impossible numbers, is refused")
    func refused() {
        for keys: [String: GGUFBuilder.Value] in [
            ["scaling.type": .string("longrope")],
            ["scaling.type": .string("longrope"), "scaling.factor": .float32(2)],
            ["scaling.type": .string("linear"), "scaling.factor": .float32(0.5)],
            ["scaling.type": .string("linear"), "scaling.factor": .float32(1e9)],
            ["scaling.type": .string("linear"), "scaling.factor": .string("2")],
        ] {
            #expect(throws: CheckpointError.self) { try configuration(keys) }
        }
    }

    @Test("of a config.json is refused by name where we cannot follow")
    func huggingFace() throws {
        func scaling(_ json: String) throws -> RopeScaling? {
            try JSONDecoder().decode(HuggingFaceRope.self, from: Data(json.utf8)).scaling(contextLength: 4096)
        }
        #expect(try scaling(#"{"rope_type": "default", "rope_theta": 10000.0}"#) == nil)
        #expect(try scaling("{}") == nil)
        #expect(
            try scaling(#"{"type": "yarn", "original_max_position_embeddings": 1024, "factor": null}"#)?.factor == 4)
        for (json, words) in [
            (#"{"rope_type": "longrope", "factor": 2}"#, "longrope"), (#"{"type": "linear"}"#, "factor"),
            (#"{"type": "linear", "factor": 0.5}"#, "implausible"), (#"{"type": "llama3", "factor": 8}"#, "low_freq"),
            (#"{"type": "yarn", "factor": 2, "original_max_position_embeddings": 0}"#, "implausible"),
            (#"{"type": "yarn", "original_max_position_embeddings": 0}"#, "factor"),
            (#"{"rope_type": "default", "partial_rotary_factor": 0.5}"#, "partial_rotary_factor"),
        ] {
            let error = try #require(throws: CheckpointError.self) { try scaling(json) }
            #expect(error.message.contains(words), "\(error.message)")
        }
    }
}
