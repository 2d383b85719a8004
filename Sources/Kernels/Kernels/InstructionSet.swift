package import CKernels

/// A processor's vector instructions that kernels were written for. All of them give the same bits.
package enum InstructionSet: String, CaseIterable, Sendable {
    case scalar
    case avx2
    /// AVX-512 with VNNI.
    case avx512

    /// The kernels, or nil when this processor lacks the instructions.
    package var kernels: KernelTable? { pk_kernels_for(isa).map(KernelTable.init) }

    /// The widest set that this processor has.
    package static var best: InstructionSet { allCases.last { $0.kernels != nil } ?? .scalar }

    private var isa: pk_isa {
        switch self {
        case .scalar: PK_ISA_SCALAR
        case .avx2: PK_ISA_AVX2
        case .avx512: PK_ISA_AVX512
        }
    }
}

/// One instruction set's kernels: constant functions in the program's text, so any thread may use them.
package struct KernelTable: @unchecked Sendable {
    /// Counts the changes that made kernels give other bits than before.
    package static let revision = 1

    private let table: UnsafePointer<pk_kernels>

    init(_ table: UnsafePointer<pk_kernels>) { self.table = table }

    package var functions: pk_kernels { table.pointee }

    package typealias Matmul =
        @convention(c) (
            UnsafePointer<UInt8>?, Int, UnsafeRawPointer?, Int, UnsafeMutablePointer<Float>?, Int
        ) -> Void

    /// The matrix kernel of a packed format; see `pk_kernels.matmul`.
    package func matmul(_ format: pk_format) -> Matmul {
        withUnsafeBytes(of: table.pointee.matmul) { kernels in
            kernels.load(fromByteOffset: Int(format.rawValue) * MemoryLayout<Matmul>.stride, as: Matmul.self)
        }
    }
}
