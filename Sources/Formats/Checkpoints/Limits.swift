/// Bounds on what a file may ask for. Each is far above what real models need and far below what would hurt.
enum Limits {
    /// Llama-3-405B has 1,138 tensors; a file of millions is hostile.
    static let tensors = 65_536
    /// Real files have about 30 keys.
    static let metadataKeys = 16_384
    /// The format's own bound on the length of a key, in bytes.
    static let keyBytes = 65_535
    /// ggml cuts names at 64 bytes.
    static let tensorNameBytes = 256
    /// The longest strings are chat templates, tens of kilobytes.
    static let stringBytes = 16 << 20
    /// The longest arrays are merges: 280,000 for Llama 3.
    static let arrayElements = 1 << 24
    /// ggml's tensors have at most four dimensions.
    static let dimensions = 4
    /// Elements of one tensor. The largest known have 2^31; products of sizes stay far from overflow.
    static let tensorElements = 1 << 40
    /// The data section starts on a page at most; larger alignments only make holes.
    static let alignment = 1 << 20

    /// The safetensors format's own bound on its header.
    static let safetensorsHeaderBytes = 100_000_000
    /// Weights have two at most, but a file may hold others.
    static let safetensorsDimensions = 8
    /// `config.json` and `quantize_config.json` have some kilobytes. A decoder takes many times a file's size.
    static let configurationBytes = 1 << 20
    /// An index of 65,536 tensors with long names has 10 MB.
    static let indexBytes = 32 << 20
    /// Llama-3-405B comes in 191 files.
    static let shards = 4_096

    /// Rows of the embedding. Token identifiers are Int32, and no known tokenizer exceeds 300,000.
    static let vocabulary = 1 << 22
    /// Llama-3-405B has 126.
    static let layers = 1_024
    /// Width of hidden and feed-forward vectors; Llama-3-405B has 53,248.
    static let width = 1 << 20
    /// Attention heads; Llama-3-405B has 128.
    static let heads = 4_096
    /// Tokens of context; ten times the longest that any Llama was trained for.
    static let context = 1 << 27
    /// How far a context can be stretched; checkpoints go to 40.
    static let ropeFactor = 1024.0
    /// A chat template that is longer is not one of ours.
    static let chatTemplateBytes = 1 << 20

    /// A matrix of fewer elements is read from caches: Qwen2-0.5B's output matrix has 136 million.
    static let quantizedHeadElements = 1 << 24

    /// A packed image's header, in bytes: 70 kB for Llama-3-8B.
    static let imageHeaderBytes = 16 << 20
    /// Bytes of tokenizer tables, elements of a vector: tables of 300,000 tokens take some 20 MB.
    static let sectionColumns = 1 << 30
    /// Characters of a model's name, which is also a file's.
    static let nameBytes = 128
}
