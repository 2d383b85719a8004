package import CKernels

/// A weight matrix of `rows` × `columns` in the packed layout of `CKernels.h`, over memory that somebody else owns.
///
/// Rows are output features and are padded with zeros to a multiple of 32.
package struct PackedMatrix: @unchecked Sendable {
    // Read-only mapped memory that outlives the model: nothing writes through `base`.
    package let base: UnsafeRawPointer
    package let format: pk_format
    package let rows: Int
    package let columns: Int

    package init(base: UnsafeRawPointer, format: pk_format, rows: Int, columns: Int) {
        self.base = base
        self.format = format
        self.rows = rows
        self.columns = columns
    }

    /// Row groups of 32.
    package var groups: Int { Self.groups(rows: rows) }

    package static func groups(rows: Int) -> Int { (rows + PK_ROWS - 1) / PK_ROWS }

    package var byteCount: Int { Self.byteCount(format: format, rows: rows, columns: columns) }

    /// Bytes that a matrix occupies in the packed layout.
    package static func byteCount(format: pk_format, rows: Int, columns: Int) -> Int {
        groups(rows: rows) * pk_group_bytes(format, columns)
    }
}
