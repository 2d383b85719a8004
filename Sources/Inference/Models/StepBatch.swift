package import Kernels

/// The tokens of one step, of all sequences, one after the other.
///
/// Tokens of a sequence stand together in ascending order. Capacity is fixed, so that filling it allocates nothing.
package struct StepBatch {
    package let maximumTokens: Int
    package let maximumLogits: Int
    package private(set) var count = 0
    package private(set) var logitCount = 0
    let tokens: UnsafeMutablePointer<Int32>  // [count]
    let positions: UnsafeMutablePointer<Int32>  // [count]
    /// For each token, its sequence's block table.
    let tables: UnsafeMutablePointer<UnsafePointer<Int32>?>  // [count]
    /// The tokens whose logits are wanted.
    let logitRows: UnsafeMutablePointer<Int32>  // [logitCount]

    package init(maximumTokens: Int, maximumLogits: Int, arena: Arena) {
        self.maximumTokens = maximumTokens
        self.maximumLogits = maximumLogits
        tokens = arena.reserve(maximumTokens, of: Int32.self)
        positions = arena.reserve(maximumTokens, of: Int32.self)
        tables = arena.reserve(maximumTokens, of: UnsafePointer<Int32>?.self)
        logitRows = arena.reserve(maximumLogits, of: Int32.self)
    }

    package mutating func clear() {
        count = 0
        logitCount = 0
    }

    /// Adds one token at `position` of the sequence whose blocks are `table`, which must live until the step is done.
    package mutating func append(token: Int32, position: Int, table: UnsafePointer<Int32>) {
        precondition(count < maximumTokens, "the step exceeds its token budget")
        tokens[count] = token
        positions[count] = Int32(position)
        tables[count] = table
        count += 1
    }

    /// Forgets all tokens but those whose logits are wanted, which close up; their tables and positions are gone.
    mutating func keepWanted() { count = logitCount }

    /// Asks for the logits after the token added last.
    package mutating func wantLogits() {
        precondition(logitCount < maximumLogits, "the step draws more tokens than it may")
        logitRows[logitCount] = Int32(count - 1)
        logitCount += 1
    }
}
