import Checkpoints
import Crypto
import Foundation
import Testing

/// What transformers made of a model, from Tests/Golden/Models; written by the scripts in Tests/Oracles.
struct GoldenRun: Decodable, Sendable, CustomTestStringConvertible {
    struct Candidate: Decodable, Sendable {
        var token: Int32
        var logProbability: Double

        /// Written as [token, log-probability].
        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            token = Int32(try pair.decode(Double.self))
            logProbability = try pair.decode(Double.self)
        }
    }

    /// The file of a tiny model and its digest; absent for SmolLM2's prompts, which have a name instead.
    var model: String?
    var sha256: String?
    var name: String?
    var prompt: [Int32]
    /// Of the prompt's tokens but the first, each after those before it.
    var prompt_log_probabilities: [Double]?
    /// What follows greedily, also past an end of text, and how probable each token was.
    var generated: [Int32]
    var log_probabilities: [Double]
    /// The five most probable tokens of each step.
    var top: [[Candidate]]
    /// SHA-256 of the quantised matrices of a folder, as 32-bit floats, by their names there.
    var weights: [String: String]?

    var testDescription: String { name ?? model ?? "?" }
}

/// SmolLM2's view of a text: the log-probability of each token but the first, and the token that it would have chosen.
struct GoldenText: Decodable, Sendable {
    var tokens: [Int32]
    var log_probabilities: [Double]
    var best: [Int32]
}

struct GoldenPrompts: Decodable, Sendable {
    var sha256: String
    var prompts: [GoldenRun]
}

/// The files that tests read: golden ones from the repository, models from where Tests/Oracles/prepare.sh put them.
enum TestData {
    static let tinyModels = load("tiny_models", as: [GoldenRun].self)
    static let tinyFolders = load("tiny_folders", as: [GoldenRun].self)
    static let smolLMPrompts = load("smollm2_greedy", as: GoldenPrompts.self)
    static let smolLMText = load("smollm2_forced", as: GoldenText.self)

    static let ropeFrequencies = load("rope_frequencies", as: [RopeScalingTests.Frequencies].self)
    static let ropeRuns = load("rope_models", as: [RopeScalingTests.Run].self)

    /// A tiny model, after checking that it is the one that transformers ran.
    static func tinyModel(_ run: GoldenRun) throws -> any Checkpoint {
        try tinyModel(#require(run.model), sha256: #require(run.sha256))
    }

    static func tinyModel(_ name: String, sha256: String) throws -> any Checkpoint {
        name.hasSuffix(".gguf")
            ? try open("tiny/\(name)", sha256: sha256) : try openFolder("tiny/\(name)", sha256: sha256)
    }

    static func smolLM() throws -> GGUFFile {
        try open("downloads/SmolLM2-135M-Instruct.Q4_1.gguf", sha256: smolLMPrompts.sha256)
    }

    private static func open(_ name: String, sha256: String) throws -> GGUFFile {
        let url = folder.appending(path: name)
        guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else {
            throw TestDataError("\(url.path) is missing; make it by running Tests/Oracles/prepare.sh")
        }
        let digest = SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
        guard digest == sha256 else {
            throw TestDataError("\(url.path) has the SHA-256 \(digest), not \(sha256): run Tests/Oracles/prepare.sh")
        }
        return try GGUFFile(path: url.path)
    }

    private static func openFolder(_ name: String, sha256: String) throws -> HuggingFaceDirectory {
        let url = folder.appending(path: name)
        var hash = SHA256()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        for name in names.sorted() where name.hasSuffix(".safetensors") {
            hash.update(data: try Data(contentsOf: url.appending(path: name)))
        }
        guard hash.finalize().map({ String(format: "%02x", $0) }).joined() == sha256 else {
            throw TestDataError("\(url.path) is missing or another model: run Tests/Oracles/prepare.sh")
        }
        return try HuggingFaceDirectory(path: url.path)
    }

    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    private static var folder: URL {
        if let path = ProcessInfo.processInfo.environment["PRONK_TEST_DATA"] { return URL(filePath: path) }
        return tests.appending(path: "../.build/test-data").standardized
    }

    private static func load<Value: Decodable>(_ name: String, as type: Value.Type) -> Value {
        let url = tests.appending(path: "Golden/Models/\(name).json")
        do {
            return try JSONDecoder().decode(type, from: Data(contentsOf: url))
        } catch {
            fatalError("\(url.path), a file of the repository, cannot be read: \(error)")
        }
    }
}

struct TestDataError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
