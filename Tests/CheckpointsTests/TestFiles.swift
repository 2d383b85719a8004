import Checkpoints
import FoundationEssentials
import TestSupport
import Testing

/// A checkpoint in memory, from the bytes of a built file.
func open(_ bytes: [UInt8]) throws -> GGUFFile {
    try bytes.withUnsafeBytes { try GGUFFile(contents: $0) }
}

/// Runs `body` and returns the error that it throws; records an issue if it throws none.
func checkpointError(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> CheckpointError? {
    #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) { try body() }
}

/// A file that the oracles' scripts wrote.
func golden<T: Decodable>(_ name: String, as type: T.Type) throws -> T {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.appending(path: "Golden/Checkpoints/\(name).json")
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
}

extension GGUFTensor {
    /// All rows as floats.
    func values() -> [[Float]] {
        (0..<rows).map { row in
            [Float](unsafeUninitializedCapacity: columns) { buffer, count in
                dequantize(row: row, into: UnsafeMutableBufferPointer(rebasing: buffer[..<columns]))
                count = columns
            }
        }
    }
}
