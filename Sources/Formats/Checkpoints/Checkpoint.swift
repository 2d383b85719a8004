package import CKernels
package import Tokenization

/// A model as its makers publish it, in a file or a folder that was opened and whose bounds were checked.
///
/// The seam between formats and everything else: images, summaries and the reference pass see this alone, so a new
/// format is one more type that conforms.
package protocol Checkpoint: Sendable {
    /// The file or the folder, as messages name it.
    var path: String { get }
    /// Every file that decides what the model is, in an order that does not depend on the file system.
    var files: [MappedFile] { get }
    /// Whether `path` is a folder that holds `files`.
    var isFolder: Bool { get }
    /// What the model could be called: its file's name, because people know it, or the one it gives itself.
    var nameCandidates: [String] { get }

    /// All that the model consists of, after checking that its parts agree with each other.
    func content() throws(CheckpointError) -> CheckpointContent
}

/// What a checkpoint says, in terms that all formats share.
package struct CheckpointContent: Sendable {
    package var configuration: ModelConfiguration
    package var tokenizer: TokenizerSource
    /// The template for conversations, as its maker wrote it.
    package var chatTemplate: String?
    /// How the model's makers want answers drawn.
    package var samplingDefaults: SamplingDefaults?
    /// By the names of `TensorPlan`; only optional ones may be absent.
    package var tensors: [String: any WeightTensor]
    package var rotaryPairs: RotaryPairs
    /// Largest share first.
    package var quantization: [ModelSummary.Quantization]
}

/// Which elements of a head rotate together.
package enum RotaryPairs: Sendable {
    /// 2i and 2i + 1, as `llama` GGUF files have them.
    case adjacent
    /// i and i + half, as everybody else.
    case halves
}

/// One matrix or vector of a checkpoint, however it is stored. A vector is one row.
package protocol WeightTensor: Sendable {
    var rows: Int { get }
    var columns: Int { get }
    /// The order of columns in which its scales apply to whole runs, `order[j]` being the column at place j; nil: as
    /// they are. GPTQ's act-order quantises columns by importance and leaves their groups scattered.
    var columnOrder: [Int32]? { get }

    /// The packed format that holds the tensor, with its columns in `order`, without loss; nil: none does.
    func format(order: [Int32]?) -> pk_format?

    /// Packs one row group: lane i gets row `rows[i]`, or zeros if that is negative.
    func pack(rows: [Int], order: [Int32]?, into group: UnsafeMutablePointer<UInt8>)

    /// Writes row `row` as floats, columns as they are, to the start of `output`.
    func dequantize(row: Int, into output: UnsafeMutableBufferPointer<Float>)
}
