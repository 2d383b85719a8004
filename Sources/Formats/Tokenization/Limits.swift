/// Bounds on what a checkpoint may ask for. The largest public vocabularies have 262,144 tokens and 580,000 merges.
enum Limits {
    /// Keeps token numbers, and positions in the tables, far inside of 32 bits.
    static let tokens = 1 << 22
    static let merges = 1 << 24
    static let spellingBytes = 1 << 30
    /// One text file of a checkpoint. The largest known tokenizer.json has 34 MB.
    static let fileBytes = 64 << 20
    /// A token of a `tokenizer.model` that is longer cannot be merged; Llama 3's longest has 128 bytes.
    static let rankedTokenBytes = 1024
}
