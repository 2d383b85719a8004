import Foundation

/// The files that the rules look at: the real ones, or a few lines made up by a test.
struct Repository: Sendable {
    let files: [SourceFile]
    /// Sizes in bytes of all files, those that are no text included.
    let sizes: [String: Int]
    let paths: Set<String>

    init(_ texts: [String: String]) {
        files = texts.map { SourceFile(path: $0.key, text: $0.value) }.sorted { $0.path < $1.path }
        sizes = texts.mapValues(\.utf8.count)
        paths = Set(texts.keys)
    }

    /// The clone that this test was built from: every file that git tracks or would add.
    static func onDisk() throws -> Repository {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let names = try output(of: "git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], in: root)
            .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        var files: [SourceFile] = []
        var sizes: [String: Int] = [:]
        for name in Set(names) {
            // A file that was deleted and not committed yet is still listed.
            guard let data = try? Data(contentsOf: root.appending(path: name)) else { continue }
            sizes[name] = data.count
            if let text = String(data: data, encoding: .utf8), !data.contains(0) {
                files.append(SourceFile(path: name, text: text))
            }
        }
        return Repository(files: files.sorted { $0.path < $1.path }, sizes: sizes, paths: Set(sizes.keys))
    }

    func text(of path: String) -> String {
        files.first { $0.path == path }?.text ?? ""
    }

    /// Whether a file or folder of this path exists.
    func contains(_ path: String) -> Bool {
        paths.contains(path) || paths.contains { $0.hasPrefix(path.hasSuffix("/") ? path : path + "/") }
    }

    private init(files: [SourceFile], sizes: [String: Int], paths: Set<String>) {
        self.files = files
        self.sizes = sizes
        self.paths = paths
    }

    private static func output(of program: String, _ arguments: [String], in folder: URL) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // CI may run as another user than the one who owns the clone.
        process.arguments = [program, "-c", "safe.directory=*"] + arguments
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw GitFailure(status: process.terminationStatus) }
        return data
    }

    private struct GitFailure: Error { let status: Int32 }
}
