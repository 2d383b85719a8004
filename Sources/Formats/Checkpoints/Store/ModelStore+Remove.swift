import Glibc

extension ModelStore {
    /// The checkpoint that a model was packed from, whether or not it still exists; nil if there is no such model.
    package func sourcePath(of name: String) -> String? {
        PackedImage.source(ofImageAt: imagePath(name))?.path
    }

    /// Removes a model's image. Engines that have mapped it go on with it; the checkpoint it was made from stays.
    package func remove(_ name: String) throws(CheckpointError) {
        guard ModelName.isValid(name), access(imagePath(name), F_OK) == 0 else { throw try unknown(name) }
        guard unlink(imagePath(name)) == 0 else {
            throw CheckpointError(.unwritable, "cannot remove \(imagePath(name)): \(String(cString: strerror(errno)))")
        }
    }
}
