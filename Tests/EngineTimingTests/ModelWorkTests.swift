import Checkpoints
import EngineTiming
import Reports
import TestSupport
import Testing

@Suite("Timing an engine")
struct ModelWorkTests {
    private func image(tied: Bool, in folder: TemporaryFolder) throws -> PackedImage {
        var tiny = TinyModel()
        tiny.tiedEmbeddings = tied
        let source = try GGUFFile(path: folder.write(tiny.build(), to: "tiny.gguf"))
        try PackedImage.pack(source, to: folder.file("tiny.pronk")) { _ in }
        return try PackedImage(path: folder.file("tiny.pronk"))
    }

    @Test("operations follow from the shapes by hand", arguments: [true, false])
    func operations(tied: Bool) throws {
        let image = try image(tied: tied, in: try TemporaryFolder())
        let work = ModelWork(image: image, kvBytes: 256)
        let shape = image.configuration
        // Two layers of hidden size 64, query width 64, KV width 32, feed-forward size 96.
        let layer = 2 * (64 * 64 + 2 * 64 * 32 + 64 * 64 + 3 * 64 * 96)
        #expect(work.layerOperations == Double(2 * layer))
        #expect(work.outputOperations == Double(2 * 64 * shape.vocabularySize))
        #expect(work.attentionOperations == Double(4 * 2 * 64))
        // Three tokens see one, two and three.
        #expect(
            work.prefillOperations(tokens: 3) == 3 * work.layerOperations + work.outputOperations
                + 6 * work.attentionOperations)
        #expect(work.stepBytes(sequences: 2, context: 10) == Double(work.weightBytes + 20 * 256))
    }

    @Test("an embedding of its own is not read in a step, a tied one is")
    func embedding() throws {
        let folder = try TemporaryFolder()
        let tied = ModelWork(image: try image(tied: true, in: folder), kvBytes: 0)
        let own = ModelWork(image: try image(tied: false, in: folder), kvBytes: 0)
        #expect(tied.weightBytes == own.weightBytes)
        #expect(tied.weightBytes < (try image(tied: true, in: folder)).byteCount)
    }

    @Test("a small model is measured beside the machine, and the report says how close it came")
    func measures() throws {
        var plan = EnginePlan(threads: 1)
        plan.prefillTokens = [16, 100_000]
        plan.sequences = [1, 2]
        plan.decodeTokens = 4
        plan.rounds = 2
        let image = try image(tied: true, in: try TemporaryFolder())
        var shares: [Double] = []
        let measurement = try EngineMeasuring(plan: plan, image: image).run(
            progress: { shares.append($0) }, isEnded: { false })
        // A prompt that is longer than the context is left out.
        #expect(measurement.rows.map(\.sequences) == [1, 1, 2])
        #expect(measurement.rows.allSatisfy { $0.rounds.count == 2 && $0.median > 0 && $0.readBound > 0 })
        #expect(shares.last == 1 && shares == shares.sorted())
        #expect(measurement.limits.readOneThread > 0 && measurement.limits.int8Operations > 0)
        #expect(measurement.limits.floatOperations > 0)
        // Two layers of two heads of 16: 128 numbers a token, of one to two bytes and their scales.
        #expect((128...256 + 64).contains(measurement.work.kvBytes))
        #expect(measurement.readRates.count == 4)
        let document = measurement.document(language: .english, facts: [])
        #expect(document.sections.count == 2 && document.sections[1].table?.rows.count == 3)
    }

    @Test("ended early, it tells of the rounds until then")
    func endsEarly() throws {
        var plan = EnginePlan(threads: 1)
        plan.prefillTokens = [8]
        plan.sequences = [1]
        plan.decodeTokens = 2
        plan.rounds = 50
        var calls = 0
        let measurement = try EngineMeasuring(plan: plan, image: try image(tied: true, in: try TemporaryFolder())).run(
            progress: { _ in calls += 1 }, isEnded: { calls >= 5 })
        #expect(measurement.endedEarly)
        #expect(measurement.rows.first?.rounds.count == 2)
        #expect(measurement.document(language: .chinese, facts: []).warnings.count >= 1)
    }
}
