import CKernels
import Kernels

/// One run of bytes in an image's data: a matrix, a vector, an order of columns or the tokenizer's tables.
struct ImageSection: Codable, Sendable {
    enum Kind: String, Codable, Sendable {
        case tokenizer
        /// 32-bit floats.
        case vector
        /// 32-bit numbers of columns: which element of an input stands at each place.
        case order
        /// Packed as CKernels.h describes.
        case matrix
    }

    var kind: Kind
    /// As in `TensorPlan`; "tokenizer" for the tables.
    var name: String
    /// `pk_format`'s number, for matrices.
    var format: UInt32?
    /// Output features of a matrix; 1 otherwise.
    var rows: Int
    /// Input features of a matrix, elements of a vector or an order, bytes of tables.
    var columns: Int
    /// From the start of the data; a multiple of 64.
    var offset: Int
    /// SHA-256 of the digests of all slices.
    var digest: String

    static let alignment = 64

    var packedFormat: pk_format { pk_format(rawValue: format ?? 0) }

    var byteCount: Int {
        switch kind {
        case .tokenizer: columns
        case .vector, .order: columns * 4
        case .matrix: PackedMatrix.byteCount(format: packedFormat, rows: rows, columns: columns)
        }
    }

    /// Row groups that are packed and hashed as one unit: about 4 MiB, so that all cores have work and buffers stay
    /// small.
    var groupsPerSlice: Int { max(1, (4 << 20) / pk_group_bytes(packedFormat, columns)) }

    /// The units in which the section is written and hashed, as ranges of its bytes.
    var slices: [Range<Int>] {
        guard kind == .matrix else { return [0..<byteCount] }
        let sliceBytes = groupsPerSlice * pk_group_bytes(packedFormat, columns)
        return stride(from: 0, to: byteCount, by: sliceBytes).map { $0..<min($0 + sliceBytes, byteCount) }
    }

    /// Checks everything that `byteCount` and `slices` compute with, and that the section lies inside `dataBytes`.
    func validate(dataBytes: Int) throws(CheckpointError) {
        var isSound = rows >= 1 && rows <= Limits.vocabulary && columns >= 1 && columns <= Limits.sectionColumns
        if kind == .matrix {
            isSound = isSound && columns <= Limits.width && (format ?? .max) < PK_FORMATS
            isSound = isSound && columns % pk_format_column_multiple(packedFormat) == 0
        } else {
            isSound = isSound && rows == 1
        }
        isSound = isSound && offset >= 0 && offset % Self.alignment == 0 && offset <= dataBytes
        guard isSound, byteCount <= dataBytes - offset else {
            throw CheckpointError(.invalidImage, "its section \(quoted(name)) is out of bounds")
        }
    }
}
