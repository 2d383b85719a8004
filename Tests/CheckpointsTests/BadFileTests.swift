import Checkpoints
import TestSupport
import Testing

@Suite("A bad GGUF file is refused")
struct BadFileTests {
    /// Breaks a sound file, and returns the error of reading all of it.
    private func error(
        sourceLocation: SourceLocation = #_sourceLocation, _ breaking: (inout GGUFBuilder) -> Void
    ) -> CheckpointError? {
        var builder = TinyModel().builder()
        breaking(&builder)
        return checkpointError(sourceLocation: sourceLocation) {
            let file = try open(builder.build())
            _ = try file.configuration()
            _ = try file.tokenizerSource()
        }
    }

    @Test("wherever it is cut off, and never read past its end")
    func truncated() throws {
        let whole = TinyModel().build()
        let header = 16_000
        let lengths = Array(stride(from: 0, to: header, by: 7)) + Array(stride(from: header, to: whole.count, by: 4099))
        for length in lengths {
            let error = checkpointError { _ = try open(Array(whole[..<length])) }
            let codes: [CheckpointError.Code] = [.truncated, .wrongFormat]
            #expect(error.map { codes.contains($0.code) } == true, "cut off at \(length)")
        }
    }

    @Test("when it is missing, empty or a folder")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        let missing = checkpointError { _ = try GGUFFile(path: folder.file("none.gguf")) }
        #expect(missing?.code == .unreadable)
        #expect(missing?.message.contains("none.gguf") == true)
        let empty = try folder.write([], to: "empty.gguf")
        #expect(checkpointError { _ = try GGUFFile(path: empty) }?.code == .truncated)
        #expect(checkpointError { _ = try GGUFFile(path: folder.path) }?.code == .unreadable)
    }

    @Test("when it is something else")
    func wrongFormat() {
        #expect(checkpointError { _ = try open(Array("<html>not found</html>".utf8)) }?.code == .wrongFormat)
    }

    @Test("when its version is unknown or its bytes are swapped")
    func version() {
        #expect(error { $0.version = 1 }?.code == .unsupportedVersion)
        #expect(error { $0.version = 4 }?.message.contains("version 4") == true)
        #expect(error { $0.version = UInt32(3).byteSwapped }?.message.contains("big-endian") == true)
    }

    @Test("when it claims more tensors or keys than there can be")
    func counts() {
        #expect(error { $0.claimedTensorCount = 1 << 60 }?.code == .limitExceeded)
        #expect(error { $0.claimedKeyCount = .max }?.code == .limitExceeded)
        #expect(error { $0.claimedTensorCount = 60_000 }?.code != nil)
    }

    @Test("when a string or an array claims to be longer than the file")
    func lengths() {
        var long: [UInt8] = []
        long.append(integer: UInt64(1) << 60)
        let string = error { $0.metadata.append(("x", .raw(type: 8, long))) }
        #expect(string?.code == .truncated)
        #expect(string?.message.contains("\"x\"") == true)
        var array: [UInt8] = []
        array.append(integer: UInt32(4))
        #expect(error { $0.metadata.append(("x", .raw(type: 9, array + long))) }?.code == .limitExceeded)
        var plausible: [UInt8] = []
        plausible.append(integer: UInt64(1) << 23)
        #expect(error { $0.metadata.append(("x", .raw(type: 9, array + plausible))) }?.code == .truncated)
    }

    @Test("when arrays are nested")
    func nested() {
        var array: [UInt8] = []
        array.append(integer: UInt32(9))
        array.append(integer: UInt64(1))
        let error = error { $0.metadata.append(("deep", .raw(type: 9, array))) }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains("\"deep\"") == true)
    }

    @Test("when a value has an unknown type or a truth value is neither true nor false")
    func values() {
        #expect(error { $0.metadata.append(("odd", .raw(type: 13, [0]))) }?.code == .malformed)
        #expect(error { $0.metadata.append(("odd", .raw(type: 7, [2]))) }?.code == .malformed)
    }

    @Test("when a key or a tensor appears twice")
    func duplicates() {
        let key = error { $0.metadata.append(("general.name", .string("again"))) }
        #expect(key?.code == .malformed)
        #expect(key?.message.contains("general.name") == true)
        let tensor = error { $0.tensors.append($0.tensors[1]) }
        #expect(tensor?.code == .invalidTensor)
        #expect(tensor?.message.contains("blk.0.attn_norm.weight") == true)
    }

    @Test("when tensors overlap, and says which")
    func overlap() {
        let error = error { $0.tensors[2].offset = 32 }
        #expect(error?.code == .invalidTensor)
        #expect(error?.message.contains("overlap") == true)
        #expect(error?.message.contains("token_embd.weight") == true)
    }

    @Test("when a tensor has 2^60 elements, no elements, or too many dimensions")
    func sizes() {
        #expect(error { $0.tensors[0].shape = [1 << 60, 1] }?.code == .invalidTensor)
        #expect(error { $0.tensors[0].shape = [1 << 32, 1 << 32] }?.code == .invalidTensor)
        #expect(error { $0.tensors[0].shape = [.max, .max, .max, .max] }?.code == .invalidTensor)
        #expect(error { $0.tensors[0].shape = [64, 0] }?.code == .invalidTensor)
        #expect(error { $0.tensors[0].shape = [] }?.code == .invalidTensor)
        #expect(error { $0.tensors[0].shape = [1, 1, 1, 1, 1] }?.code == .invalidTensor)
        #expect(error { $0.tensors[0].shape = [64, 1 << 30] }?.code == .truncated)
    }

    @Test("when rows hold no whole number of blocks")
    func blocks() {
        let error = error { $0.tensors[0].shape = [60, 4] }
        #expect(error?.code == .invalidTensor)
        #expect(error?.message.contains("block of 32") == true)
    }

    @Test("when an offset is not aligned, or beyond the end, or overflows")
    func offsets() {
        #expect(error { $0.tensors[3].offset = 33 }?.message.contains("alignment 32") == true)
        #expect(error { $0.tensors[3].offset = 1 << 40 }?.code == .truncated)
        #expect(error { $0.tensors[3].offset = .max - 31 }?.code == .truncated)
    }

    @Test("when the alignment is no power of two")
    func alignment() {
        for bad: UInt32 in [0, 1, 24, 1 << 21] {
            #expect(error { $0.set("general.alignment", .uint32(bad)) }?.code == .invalidMetadata)
        }
        #expect(error { $0.set("general.alignment", .string("32")) }?.code == .invalidMetadata)
    }

    @Test("when a tensor's type is not supported, by its name")
    func types() {
        let known = error { $0.tensors[2].type = 17 }
        #expect(known?.code == .unsupportedTensorType)
        #expect(known?.message.contains("IQ2_XS") == true)
        #expect(known?.message.contains("blk.0.attn_q.weight") == true)
        #expect(error { $0.tensors[2].type = 4_000_000_000 }?.message.contains("4000000000") == true)
    }

    @Test("when its tensor names are longer than the limit")
    func names() {
        #expect(error { $0.tensors[2].name = String(repeating: "x", count: 300) }?.code == .limitExceeded)
    }
}
