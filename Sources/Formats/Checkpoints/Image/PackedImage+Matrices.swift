package import Kernels

extension PackedImage {
    /// All weight matrices by their names, in the order of the file.
    package var matrices: [(name: String, matrix: PackedMatrix)] {
        header.sections.compactMap { section in
            guard section.kind == .matrix, let matrix = try? matrix(section.name) else { return nil }
            return (section.name, matrix)
        }
    }
}
