import CKernels
import Checkpoints
import Kernels
import TestSupport
import Testing
import Tokenization

@Suite("A packed image")
struct PackedImageTests {
    private func pack(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> (GGUFFile, PackedImage) {
        let file = try open(bytes)
        let path = folder.file("model.pronk")
        try PackedImage.pack(file, to: path)
        return (file, try PackedImage(path: path))
    }

    /// Row `row` of an image's matrix of a model with heads of `headSize`, as a row of the checkpoint.
    ///
    /// Written from the converter's side: it reshapes a head to (2, half) and swaps the axes.
    private func permuted(_ row: Int, headSize: Int) -> Int {
        let (head, element) = (row / headSize, row % headSize)
        let (pair, half) = (element % (headSize / 2), element / (headSize / 2))
        return head * headSize + pair * 2 + half
    }

    private func row(_ row: Int, of matrix: PackedMatrix) -> [Float] {
        let group = matrix.base + row / Int(PK_ROWS) * pk_group_bytes(matrix.format, matrix.columns)
        return [Float](unsafeUninitializedCapacity: matrix.columns) { buffer, count in
            let bytes = group.assumingMemoryBound(to: UInt8.self)
            pk_unpack_row(matrix.format, bytes, row % Int(PK_ROWS), matrix.columns, buffer.baseAddress)
            count = matrix.columns
        }
    }

    @Test(
        "holds every weight of the checkpoint, bit for bit, with q and k in half-split order",
        arguments: [
            TinyModel.Architecture.llama, .qwen2,
        ])
    func content(architecture: TinyModel.Architecture) throws {
        for type in RandomBlocks.types {
            var model = TinyModel(type: type, architecture: architecture, seed: UInt64(type))
            model.tiedEmbeddings = type % 2 == 0
            model.hasRopeFactors = true
            let folder = try TemporaryFolder()
            let (file, image) = try pack(model.build(), in: folder)
            #expect(try image.configuration == file.configuration())
            #expect(image.chatTemplate == file.chatTemplate)
            for tensor in file.tensors {
                let isRotated =
                    architecture == .llama && (tensor.name.contains("attn_q") || tensor.name.contains("attn_k"))
                let values = tensor.values()
                if tensor.shape.count == 1 {
                    #expect(image.vector(tensor.name).map(Array.init) == values[0], "\(tensor.name)")
                    continue
                }
                let matrix = try image.matrix(tensor.name)
                #expect(matrix.rows == tensor.rows && matrix.columns == tensor.columns)
                #expect(UInt(bitPattern: matrix.base) % 64 == 0)
                let rows = (0..<matrix.rows).map { row($0, of: matrix) }
                let expected = (0..<matrix.rows).map {
                    values[isRotated ? permuted($0, headSize: model.headSize) : $0]
                }
                #expect(rows == expected, "\(tensor.name), type \(type)")
            }
            #expect(throws: Never.self) { try image.verify() }
        }
    }

    @Test("un-permutes the biases of q and k too, when a llama checkpoint has some")
    func biases() throws {
        var builder = TinyModel(type: 8, architecture: .qwen2).builder()
        for (index, entry) in builder.metadata.enumerated() where entry.key.hasPrefix("qwen2.") {
            builder.metadata[index].key = "llama." + entry.key.dropFirst(6)
        }
        builder.set("general.architecture", .string("llama"))
        let (file, image) = try pack(builder.build(), in: TemporaryFolder())
        let stored = try #require(file.tensor("blk.1.attn_q.bias")).values()[0]
        let packed = try #require(image.vector("blk.1.attn_q.bias"))
        #expect(Array(packed) == stored.indices.map { stored[permuted($0, headSize: 16)] })
        let value = try #require(file.tensor("blk.1.attn_v.bias")).values()[0]
        #expect(image.vector("blk.1.attn_v.bias").map(Array.init) == value)
    }

    @Test("leaves the elements that are not rotated where they are")
    func partialRotation() throws {
        var builder = TinyModel(type: 0).builder()
        builder.set("llama.rope.dimension_count", .uint32(8))
        let (file, image) = try pack(builder.build(), in: TemporaryFolder())
        let stored = try #require(file.tensor("blk.0.attn_k.weight")).values()
        let matrix = try image.matrix("blk.0.attn_k.weight")
        let order = [0, 2, 4, 6, 1, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15]
        for index in 0..<32 {
            let source = index / 16 * 16 + order[index % 16]
            #expect(row(index, of: matrix) == stored[source], "row \(index)")
        }
    }

    @Test("has no matrix for a tied output, and names what is missing")
    func missing() throws {
        let (_, image) = try pack(TinyModel().build(), in: TemporaryFolder())
        #expect(image.configuration.tiedEmbeddings)
        let error = checkpointError { _ = try image.matrix("output.weight") }
        #expect(error?.code == .missingTensor)
        #expect(error?.message.contains("output.weight") == true)
        #expect(image.vector("output.weight") == nil)
    }

    @Test("carries the tokenizer's tables, ready to use")
    func tokenizer() throws {
        let (file, image) = try pack(TinyModel().build(), in: TemporaryFolder())
        let tokenizer = try Tokenizer(tables: image.tokenizerTables, owner: image)
        let fresh = try Tokenizer(source: file.tokenizerSource())
        #expect(tokenizer.vocabularySize == image.configuration.vocabularySize)
        #expect(tokenizer.encode("hello the") == fresh.encode("hello the"))
        #expect(UInt(bitPattern: image.tokenizerTables.baseAddress) % 8 == 0)
    }

    @Test("has a digest that depends on the content alone")
    func digest() throws {
        let folder = try TemporaryFolder()
        let bytes = TinyModel().build()
        let paths = try [folder.write(bytes, to: "a.gguf"), folder.write(bytes, to: "b.gguf")]
        let digests = try paths.map { path in
            try PackedImage.pack(GGUFFile(path: path), to: path + ".pronk")
            return try PackedImage(path: path + ".pronk").digest
        }
        #expect(digests[0] == digests[1])
        #expect(digests[0].count == 64)
        let (_, other) = try pack(TinyModel(type: 2, seed: 2).build(), in: folder)
        #expect(other.digest != digests[0])
    }

    @Test("reports progress that rises to 1")
    func progress() throws {
        let folder = try TemporaryFolder()
        var reported: [Double] = []
        try PackedImage.pack(open(TinyModel().build()), to: folder.file("m.pronk")) { reported.append($0) }
        #expect(reported == reported.sorted())
        #expect(reported.last == 1)
    }

    @Test("summarises what one wants to know, before packing as after")
    func summary() throws {
        let (file, image) = try pack(TinyModel(type: 14).build(), in: TemporaryFolder())
        let before = try ModelSummary(file), after = ModelSummary(image)
        #expect(before.parameterCount == file.tensors.reduce(0) { $0 + $1.elementCount })
        #expect(after.parameterCount == before.parameterCount)
        #expect(after.quantization.map(\.type) == ["Q6_K", "F32"])
        #expect(after.quantization == before.quantization)
        #expect(after.tokenizer == "byte-level BPE (smollm), 265 tokens")
        #expect(after.chatTemplate == "chatML")
        #expect(after.kvBytesPerToken(.f16) == 2 * 2 * 128 * 2)
        #expect(after.imageBytes == image.byteCount)
        #expect(after.memoryBytes(tokens: 10) == image.byteCount + 10 * after.kvBytesPerToken())
    }
}
