import Glibc

/// Opens a checkpoint of any format by its path.
package enum CheckpointReader {
    package static func open(_ path: String) throws(CheckpointError) -> any Checkpoint {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return try HuggingFaceDirectory(path: path) }
        if let folder = HuggingFaceDirectory.folder(ofMember: path) {
            throw CheckpointError(
                .wrongFormat, "\(path) is one file of a Hugging Face checkpoint: give the folder instead, \(folder)")
        }
        return try GGUFFile(path: path)
    }
}
