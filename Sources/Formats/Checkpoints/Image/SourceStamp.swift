import Glibc

/// Sizes and times of a checkpoint's files: what tells without reading them that they may have changed.
struct SourceStamp: Equatable {
    let byteCount: Int
    /// The file's modification time in nanoseconds since 1970; for a folder, a hash of all names, sizes and times.
    let time: Int64

    private struct File {
        var name: String
        var byteCount: Int
        var time: Int64
    }

    /// Of files as they are now; nil if one of them cannot be found.
    ///
    /// - Parameter files: names in the folder `path`; nil: it is a file itself.
    init?(path: String, files: [String]?) {
        var found: [File] = []
        for name in files ?? [""] {
            guard let (size, time) = Self.status(files == nil ? path : "\(path)/\(name)") else { return nil }
            found.append(File(name: name, byteCount: size, time: time))
        }
        self.init(found, folder: files == nil ? nil : path)
    }

    /// Of files as they were when they were opened.
    init(_ checkpoint: any Checkpoint) {
        let files = zip(checkpoint.fileNames ?? [""], checkpoint.files).map { name, file in
            File(name: name, byteCount: file.bytes.count, time: file.modificationTime)
        }
        self.init(files, folder: checkpoint.isFolder ? checkpoint.path : nil)
    }

    private init(_ files: [File], folder: String?) {
        byteCount = files.reduce(0) { $0 + $1.byteCount }
        guard let folder else {
            time = files.first?.time ?? 0
            return
        }
        var lines = files.map { "\($0.name) \($0.byteCount) \($0.time)\n" }
        // Files that were not there may have come, and be meant to be read.
        let chosen = Set(HuggingFaceDirectory.textFiles + [WeightFiles.wholeName])
        for name in chosen.subtracting(files.map(\.name)).sorted()
        where Self.status("\(folder)/\(name)") != nil {
            lines.append("\(name)\n")
        }
        let hash = Array(lines.joined().utf8).withUnsafeBytes { Digest.sha256($0) }
        time = hash.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
    }

    private static func status(_ path: String) -> (size: Int, time: Int64)? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return (Int(status.st_size), Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
    }
}

extension ImageHeader.Source {
    /// Without a digest yet.
    init(_ checkpoint: any Checkpoint) {
        path = PackedImage.absolutePath(checkpoint.path)
        byteCount = checkpoint.byteCount
        digest = Digest.placeholder
        files = checkpoint.fileNames
    }
}

extension Checkpoint {
    var byteCount: Int { files.reduce(0) { $0 + $1.bytes.count } }

    /// Names in the folder; nil if the checkpoint is a file.
    var fileNames: [String]? { isFolder ? files.map { PartialFile.split($0.path).name } : nil }

    /// SHA-256 of all content: of the file, or of the names, sizes and digests of the folder's files.
    ///
    /// - Parameter progress: the fraction done.
    func digest(progress: (Double) -> Void) -> String {
        let total = Double(max(1, byteCount))
        var before = 0
        let digests = files.map { file in
            let digest = Digest.of(file.bytes) { done in progress(Double(before + done) / total) }
            before += file.bytes.count
            return digest
        }
        guard let names = fileNames else { return digests.first ?? Digest.placeholder }
        let lines = zip(zip(names, files), digests).map { "\($0.0) \($0.1.bytes.count) \($1)\n" }
        return Digest.of(Array(lines.joined().utf8))
    }
}
