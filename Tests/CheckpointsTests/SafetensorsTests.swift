import Checkpoints
import TestSupport
import Testing

@Suite("A safetensors file")
struct SafetensorsTests {
    private func read(_ bytes: [UInt8]) throws -> SafetensorsFile {
        try bytes.withUnsafeBytes { try SafetensorsFile(contents: $0) }
    }

    private func error(
        sourceLocation: SourceLocation = #_sourceLocation, _ breaking: (inout SafetensorsBuilder) -> Void
    ) -> CheckpointError? {
        var builder = sound()
        breaking(&builder)
        return checkpointError(sourceLocation: sourceLocation) { _ = try read(builder.build()) }
    }

    private func error(
        header: String, data: [UInt8] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) -> CheckpointError? {
        checkpointError(sourceLocation: sourceLocation) {
            _ = try read(SafetensorsBuilder.file(header: header, data))
        }
    }

    private func sound() -> SafetensorsBuilder {
        var builder = SafetensorsBuilder()
        builder.tensors = [
            .init(name: "a", type: "F16", shape: [2, 3], bytes: Array(0..<12)),
            .init(name: "b", type: "I32", shape: [1], bytes: [1, 2, 3, 4]),
            .init(name: "none", type: "F32", shape: [0, 5], bytes: []),
            .init(name: "one", type: "U8", shape: [], bytes: [9]),
        ]
        return builder
    }

    @Test("gives every tensor's type, shape and bytes")
    func content() throws {
        let file = try read(sound().build())
        #expect(file.tensors.count == 4)
        let a = try #require(file.tensors["a"])
        #expect(a.type == .f16 && a.shape == [2, 3] && Array(a.bytes) == Array(0..<12))
        #expect(try #require(file.tensors["b"]).bytes.elementsEqual([1, 2, 3, 4]))
        #expect(try #require(file.tensors["one"]).elementCount == 1)
    }

    @Test("may have white space, escapes and its tensors in any order")
    func layout() throws {
        let header = """
             {"\\u0062\\n" : {"shape":[ 2 ] , "dtype":"U8","data_offsets":[1,3]},
            "__metadata__":{"\\"x\\\\":"\\ud83d\\ude00"}, "a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]} } \t\u{20}
            """
        let file = try read(SafetensorsBuilder.file(header: header, [7, 8, 9]))
        #expect(try #require(file.tensors["b\n"]).bytes.elementsEqual([8, 9]))
    }

    @Test("is refused when it is cut off anywhere, or goes on")
    func length() throws {
        let bytes = sound().build()
        for length in 0..<bytes.count {
            let error = checkpointError { _ = try read(Array(bytes[..<length])) }
            #expect(error?.code == .truncated || error?.code == .malformed, "cut off at \(length)")
            #expect(error?.message.contains("(memory)") == true)
        }
        #expect(checkpointError { _ = try read(bytes + [0]) }?.message.contains("the file has 18") == true)
    }

    @Test("is refused when its header is larger than the format allows, or than the file")
    func headerLength() {
        #expect(error { $0.claimedHeaderBytes = 100_000_001 }?.code == .limitExceeded)
        #expect(error { $0.claimedHeaderBytes = .max }?.code == .limitExceeded)
        #expect(error { $0.claimedHeaderBytes = 99_999_999 }?.code == .truncated)
    }

    @Test("is refused when tensors overlap, leave holes, lie outside or have another size")
    func tiling() {
        #expect(error { $0.tensors[1].offsets = [8, 12] }?.message.contains("overlaps another") == true)
        #expect(error { $0.tensors[0].offsets = [1, 13] }?.message.contains("leaves a hole") == true)
        #expect(error { $0.tensors[3].offsets = [17, 18] }?.code == .truncated)
        #expect(error { $0.tensors[1].offsets = [12, 15] }?.message.contains("needs 4 bytes") == true)
        #expect(error { $0.tensors[1].offsets = [16, 12] }?.code == .invalidTensor)
        #expect(error { $0.tensors[1].offsets = [12, 14, 16] }?.code == .limitExceeded)
        #expect(error { $0.tensors[1].offsets = [12] }?.code == .malformed)
        #expect(error { $0.tensors[0].shape = [2, 4] }?.message.contains("needs 16 bytes") == true)
        #expect(error { $0.tensors[0].shape = [1 << 40, 1 << 40] }?.code == .invalidTensor)
        #expect(error { $0.tensors[0].shape = Array(repeating: 1, count: 9) }?.code == .limitExceeded)
    }

    @Test("is refused when a type is unknown, with its name")
    func type() {
        let error = error { $0.tensors[0].type = "F7_E3M3" }
        #expect(error?.code == .unsupportedTensorType)
        #expect(error?.message.contains("F7_E3M3") == true)
    }

    @Test("is refused when a name appears twice, or a field does or is unknown")
    func names() {
        #expect(error { $0.tensors[1].name = "a" }?.message.contains("appears twice") == true)
        let field = #"{"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#
        #expect(error(header: field)?.code == .malformed)
        let offsets = #"{"a":{"dtype":"U8","shape":[0],"offsets":[0,0]}}"#
        #expect(error(header: offsets)?.message.contains("offsets") == true)
        #expect(error(header: #"{"a":{"dtype":"U8","shape":[0]}}"#)?.message.contains("lacks") == true)
    }

    @Test(
        "is refused when its header is no sound JSON",
        arguments: [
            "", "[]", "{", #"{"a"}"#, #"{"a":1}"#, #"{"a":{}"#, #"{"__metadata__":{"a":1}}"#, #"{"a\x":{}}"#,
            #"{"\ud800":{}}"#, #"{"a":{"shape":[-1]}}"#, #"{"a":{"shape":[1.5]}}"#, #"{"a":{"shape":[1e3]}}"#,
            #"{"a":{"shape":[99999999999999999999]}}"#, #"{"a":{"shape":[1,]}}"#, "{}x", "{\"\u{1}\":{}}",
            #"{"\u00g0":{}}"#,
        ])
    func json(header: String) {
        #expect(error(header: header)?.code == .malformed)
    }

    @Test("is refused when it claims too much")
    func limits() {
        let many = (0...65_536).map { #""\#($0)":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"# }
        #expect(error(header: "{" + many.joined(separator: ",") + "}")?.code == .limitExceeded)
        let long = String(repeating: "n", count: 300)
        #expect(error { $0.tensors[0].name = long }?.code == .limitExceeded)
    }
}
