package import CKernels

/// A processor's vector instructions that kernels were written for, from the narrowest to the best.
///
/// All of them give the same bits, but for what `hasOwnBits` says.
package enum InstructionSet: String, CaseIterable, Sendable {
    case scalar
    case avx2
    /// AVX-512 with VNNI.
    case avx512
    /// AVX-512 with VNNI, and with dot products of brain floats, which are faster and round activations to 8 bits of
    /// mantissa.
    case avx512bf16
    /// NEON with dot products.
    case neon

    /// The kernels, or nil when this processor lacks the instructions.
    package var kernels: KernelTable? { pk_kernels_for(isa).map(KernelTable.init) }

    /// The best set that this processor has.
    package static var best: InstructionSet { allCases.last { $0.kernels != nil } ?? .scalar }

    /// Whether products of `format` are other ones than those of most sets; each set's own are the same for any tile.
    package func hasOwnBits(for format: pk_format) -> Bool { self == .avx512bf16 && format == PK_BF16 }

    private var isa: pk_isa {
        switch self {
        case .scalar: PK_ISA_SCALAR
        case .avx2: PK_ISA_AVX2
        case .avx512: PK_ISA_AVX512
        case .avx512bf16: PK_ISA_AVX512_BF16
        case .neon: PK_ISA_NEON
        }
    }
}

/// One instruction set's kernels: constant functions in the program's text, so any thread may use them.
package struct KernelTable: @unchecked Sendable {
    /// Counts the changes that made kernels give other bits than before.
    package static let revision = 2

    @usableFromInline let table: UnsafePointer<pk_kernels>

    init(_ table: UnsafePointer<pk_kernels>) { self.table = table }

    // Inlined, callers read the one pointer that they want, and not all.
    @inlinable package var functions: pk_kernels { table.pointee }

    package typealias Matmul =
        @convention(c) (
            UnsafePointer<UInt8>?, Int, Int, UnsafeRawPointer?, Int, UnsafeMutablePointer<Float>?, Int
        ) -> Void

    /// The matrix kernel of a packed format; see `pk_kernels.matmul`.
    package func matmul(_ format: pk_format) -> Matmul {
        withUnsafeBytes(of: table.pointee.matmul) { kernels in
            kernels.load(fromByteOffset: Int(format.rawValue) * MemoryLayout<Matmul>.stride, as: Matmul.self)
        }
    }
}
