package import CKernels

/// How keys and values are stored: the layouts stand in `Attention.h`.
///
/// Part of the fingerprint, because it decides bits.
package enum KVType: String, CaseIterable, Sendable {
    /// Half precision.
    case f16
    /// 8 bits, with a scale for each token and head.
    case q8

    /// What an engine uses unless it is told otherwise: half the memory, for what Benchmarks/README.md says it costs.
    package static let standard = KVType.q8

    /// Bytes of one KV head in a block of 32 tokens.
    package func headBytes(headSize: Int) -> Int { pk_kv_head_bytes(kind, headSize) }

    private var kind: pk_kv_type {
        switch self {
        case .f16: PK_KV_F16
        case .q8: PK_KV_Q8
        }
    }

    /// The place in a kernel table's arrays of functions.
    fileprivate var index: Int { Int(kind.rawValue) }
}

extension KernelTable {
    package typealias StoreKV =
        @convention(c) (UnsafeMutablePointer<UInt8>?, Int, Int, UnsafePointer<Float>?, UnsafePointer<Float>?) -> Void
    package typealias Attend =
        @convention(c) (
            UnsafePointer<pk_kv_view>?, UnsafePointer<pk_attention_row>?, Int, Int, Int, UnsafeMutableRawPointer?
        ) -> Void

    /// See `pk_kernels.store_kv`.
    package func storeKV(_ type: KVType) -> StoreKV { function(in: functions.store_kv, type) }

    /// See `pk_kernels.attend`.
    package func attend(_ type: KVType) -> Attend { function(in: functions.attend, type) }

    private func function<Table, Function>(in table: Table, _ type: KVType) -> Function {
        withUnsafeBytes(of: table) {
            $0.load(fromByteOffset: type.index * MemoryLayout<Function>.stride, as: Function.self)
        }
    }
}
