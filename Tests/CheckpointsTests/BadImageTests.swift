import Checkpoints
import FoundationEssentials
import TestSupport
import Testing

@Suite("A bad image is refused")
struct BadImageTests {
    private func image(in folder: TemporaryFolder) throws -> [UInt8] {
        let path = folder.file("sound.pronk")
        try PackedImage.pack(open(TinyModel().build()), to: path)
        return Array(try Data(contentsOf: URL(filePath: path)))
    }

    private func error(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> CheckpointError? {
        let path = try folder.write(bytes, to: "broken.pronk")
        return checkpointError { _ = try PackedImage(path: path) }
    }

    @Test("when it is cut off anywhere")
    func truncated() throws {
        let folder = try TemporaryFolder()
        let bytes = try image(in: folder)
        for length in [1, 8, 63, 64, 65, 4096, bytes.count / 2, bytes.count - 1] {
            let error = try error(Array(bytes[..<length]), in: folder)
            #expect(error?.code == .invalidImage, "cut off at \(length)")
            #expect(error?.message.contains("broken.pronk") == true)
        }
    }

    @Test("when any bit of its preamble or header is wrong, except the source's time")
    func header() throws {
        let folder = try TemporaryFolder()
        let bytes = try image(in: folder)
        let seed: UInt64 = 11
        var generator = SeededGenerator(seed: seed)
        let positions = Array(0..<56) + (0..<100).map { _ in Int.random(in: 64..<4000, using: &generator) }
        for position in positions {
            var broken = bytes
            broken[position] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            let code = try error(broken, in: folder)?.code
            #expect(code == .invalidImage || code == .outdatedImage, "byte \(position), seed \(seed)")
        }
    }

    @Test("when its layout is another, with the way out")
    func version() throws {
        let folder = try TemporaryFolder()
        var bytes = try image(in: folder)
        bytes[8] += 1
        let error = try error(bytes, in: folder)
        #expect(error?.code == .outdatedImage)
        #expect(error?.message.contains("pronk model add") == true)
    }

    @Test("when it is a checkpoint or empty")
    func otherFiles() throws {
        let folder = try TemporaryFolder()
        #expect(try error(TinyModel().build(), in: folder)?.code == .invalidImage)
        #expect(try error([], in: folder)?.code == .truncated)
        #expect(checkpointError { _ = try PackedImage(path: folder.path) }?.code == .unreadable)
    }

    @Test("by verifying when its content has changed, and says where")
    func content() throws {
        let folder = try TemporaryFolder()
        var bytes = try image(in: folder)
        bytes[bytes.count - 100] ^= 4
        let path = try folder.write(bytes, to: "rotten.pronk")
        let image = try PackedImage(path: path)
        let error = checkpointError { try image.verify() }
        #expect(error?.code == .invalidImage)
        #expect(error?.message.contains("blk.1.ffn_down.weight") == true)
    }
}
