import FoundationEssentials
import Glibc

/// The folder of packed images that the models of one data directory are served from: `NAME.pronk` is the model NAME.
package struct ModelStore: Sendable {
    package let directory: String

    /// A model of the store. `image` is an error if the file cannot be used.
    package struct Entry: Sendable {
        package var name: String
        package var image: Result<PackedImage, CheckpointError>
    }

    /// Makes the folder if it is missing.
    package init(directory: String) throws(CheckpointError) {
        self.directory = directory
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw CheckpointError(.unwritable, "cannot make the folder \(directory): \(error)")
        }
    }

    /// All models by name, also those that need to be added again.
    package func list() throws(CheckpointError) -> [Entry] {
        let images = try names().filter { $0.hasSuffix(PackedImage.suffix) && !$0.hasPrefix(".") }
        return images.sorted().map { file in
            let name = String(file.dropLast(PackedImage.suffix.count))
            return Entry(
                name: name,
                image: Result { () throws(CheckpointError) in try PackedImage(path: imagePath(name)) })
        }
    }

    /// Packs a checkpoint into the store, unless its image is there already and up to date.
    ///
    /// Several processes may add at the same time: one packs, the others wait and use what it made.
    ///
    /// - Parameters:
    ///   - name: what to call the model; nil: after the file.
    ///   - progress: the fraction done, 0 ... 1; not called if there is nothing to do.
    package func add(
        path: String, name: String? = nil, progress: (Double) -> Void = { _ in }
    ) throws(CheckpointError) -> PackedImage {
        if let name, !ModelName.isValid(name) {
            throw CheckpointError(
                .unknownModel,
                "\(quoted(name)) cannot be a model's name: use letters, digits, dots, hyphens and underscores")
        }
        let checkpoint = try CheckpointReader.open(path)
        let name = name ?? ModelName.suggested(for: checkpoint)
        let lock = try FolderLock(directory)
        defer { withExtendedLifetime(lock) {} }
        PartialFile.sweep(directory, names: try names())
        if let image = try current(name, checkpoint) { return image }
        try PackedImage.pack(checkpoint, to: imagePath(name), progress: progress)
        return try PackedImage(path: imagePath(name))
    }

    /// The model that a user means: a name in the store, an image, or a checkpoint, which is added first.
    ///
    /// An image of an older layout, or whose source has changed, is packed again if its source is still there.
    package func find(
        _ nameOrPath: String, progress: (Double) -> Void = { _ in }
    ) throws(CheckpointError) -> PackedImage {
        if ModelName.isValid(nameOrPath), access(imagePath(nameOrPath), F_OK) == 0 {
            return try refreshed(nameOrPath, progress: progress)
        }
        guard nameOrPath.contains("/") || access(nameOrPath, F_OK) == 0 else { throw try unknown(nameOrPath) }
        return nameOrPath.hasSuffix(PackedImage.suffix)
            ? try PackedImage(path: nameOrPath) : try add(path: nameOrPath, progress: progress)
    }

    private func refreshed(_ name: String, progress: (Double) -> Void) throws(CheckpointError) -> PackedImage {
        let path = imagePath(name)
        // The common case takes no lock, opens no checkpoint and reads the header once.
        let image = try? PackedImage(path: path)
        if let image, image.hasSourceStamp(of: image.header.source.path) { return image }
        guard let source = image?.header.source ?? PackedImage.source(ofImageAt: path),
            access(source.path, R_OK) == 0
        else {
            if let image { return image }
            return try PackedImage(path: path)
        }
        return try add(path: source.path, name: name, progress: progress)
    }

    /// The image called `name` if it was made of this checkpoint's content; nil if it must be packed (again).
    private func current(_ name: String, _ checkpoint: any Checkpoint) throws(CheckpointError) -> PackedImage? {
        let path = imagePath(name)
        guard let source = PackedImage.source(ofImageAt: path) else { return nil }
        let isSamePath = source.path == PackedImage.absolutePath(checkpoint.path)
        let image = try? PackedImage(path: path)
        if isSamePath, let image, image.hasSourceStamp(of: checkpoint.path) { return image }
        if source.byteCount == checkpoint.byteCount, source.digest == checkpoint.digest(progress: { _ in }) {
            if isSamePath { image?.noteSourceTime(SourceStamp(checkpoint).time) }
            return image
        }
        guard isSamePath else {
            throw CheckpointError(
                .nameTaken,
                "there is already a model \(quoted(name)), made from \(source.path); "
                    + "give this one another name with --name, or remove \(path) first")
        }
        return nil
    }

    func imagePath(_ name: String) -> String { "\(directory)/\(name)\(PackedImage.suffix)" }

    private func names() throws(CheckpointError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw CheckpointError(.unreadable, "cannot read the folder \(directory): \(error)")
        }
    }

    func unknown(_ name: String) throws(CheckpointError) -> CheckpointError {
        let known = try list().map(\.name)
        return CheckpointError(
            .unknownModel,
            "there is no model \(quoted(name)); "
                + (known.isEmpty
                    ? "none has been added yet, add one with `pronk model add PATH`"
                    : "known are: \(known.joined(separator: ", "))"))
    }
}
