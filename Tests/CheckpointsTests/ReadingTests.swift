import Checkpoints
import FoundationEssentials
import TestSupport
import Testing

@Suite("A GGUF file")
struct ReadingTests {
    @Test("of the reference writer is read as it was written")
    func referenceFile() throws {
        struct Golden: Decodable { var file: Data }
        let file = try open(Array(golden("reference-file", as: Golden.self).file))
        #expect(file.version == 3)
        #expect(file.metadata["test.uint8"].map(text) == "unsigned 200")
        #expect(file.metadata["test.int8"].map(text) == "signed -100")
        #expect(file.metadata["test.uint16"].map(text) == "unsigned 60000")
        #expect(file.metadata["test.int16"].map(text) == "signed -30000")
        #expect(file.metadata["test.uint32"].map(text) == "unsigned 4000000000")
        #expect(file.metadata["test.int32"].map(text) == "signed -2000000000")
        #expect(file.metadata["test.uint64"].map(text) == "unsigned 9223372036854775813")
        #expect(file.metadata["test.int64"].map(text) == "signed -4611686018427387904")
        #expect(file.metadata["test.float32"].map(text) == "real \(Double(Float(0.1)))")
        #expect(file.metadata["test.float64"].map(text) == "real 0.1")
        #expect(file.metadata["test.bool"].map(text) == "boolean true")
        #expect(file.metadata["test.string"].map(text) == "string snow ❄ and a nul \0 inside")
        #expect(file.metadata["test.strings"].map(text) == #"strings ["", "a", "Ġthe", "雪"]"#)
        #expect(file.metadata["test.int8s"].map(text) == "integers [1, -2, 3]")
        #expect(file.metadata["test.uint16s"].map(text) == "integers [1, 60000]")
        #expect(file.metadata["test.int32s"].map(text) == "integers [1, -70000, 3]")
        #expect(file.tensors.map(\.name) == ["matrix", "vector"])
        let matrix = try #require(file.tensor("matrix"))
        #expect(matrix.shape == [32, 6])
        #expect(matrix.values() == (0..<6).map { row in (0..<32).map { Float(row * 32 + $0) } })
        #expect(try #require(file.tensor("vector")).values() == [[1.5, -2.5, 3.5]])
        #expect(file.tensor("other") == nil)
    }

    @Test("of version 2 is read like one of version 3", arguments: TinyModel.Architecture.allCases)
    func versions(architecture: TinyModel.Architecture) throws {
        var builder = TinyModel(type: 8, architecture: architecture).builder()
        let third = try open(builder.build())
        builder.version = 2
        let second = try open(builder.build())
        #expect(second.version == 2)
        #expect(try second.configuration() == third.configuration())
    }

    @Test("is read from disk through a mapping")
    func mapped() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(TinyModel().build(), to: "tiny.gguf")
        let file = try GGUFFile(path: path)
        #expect(file.path == path)
        #expect(try file.configuration().layerCount == 2)
    }

    @Test("may have any alignment that is a power of two")
    func alignments() throws {
        for alignment in [8, 16, 64, 4096] {
            var builder = TinyModel().builder()
            builder.set("general.alignment", .uint32(UInt32(alignment)))
            builder.alignment = alignment
            #expect(try open(builder.build()).configuration().name == "Tiny")
        }
    }

    private func text(_ value: GGUFValue) -> String {
        switch value {
        case .unsigned(let number): "unsigned \(number)"
        case .signed(let number): "signed \(number)"
        case .real(let number): "real \(number)"
        case .boolean(let truth): "boolean \(truth)"
        case .string(let text): "string \(text)"
        case .array(let array):
            array.elementType == .string
                ? "strings \((try? array.strings()) ?? [])" : "integers \((try? array.integers()) ?? [])"
        }
    }
}
