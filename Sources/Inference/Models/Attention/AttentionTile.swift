/// One task's tokens and splits, for every KV head.
///
/// Neighbouring tokens of one sequence are answered together, so that keys are read once for all. A single token may be
/// cut along its context instead.
struct AttentionTile: BitwiseCopyable {
    var firstToken: Int32
    var tokenCount: Int32
    /// Splits of the context, `PK_ATTENTION_SPLIT` tokens each.
    var firstSplit: Int32
    var splitCount: Int32
    /// The place of the first split's states among the plan's; −1: the tile has all splits and needs none.
    var slot: Int32
    /// What orders tiles: blocks read, times tokens.
    var cost: Int32
}

/// What is left of the splits of one token, until the last of them has been computed.
struct SplitToken: BitwiseCopyable {
    /// The place of the first split's states.
    var slot: Int32
    /// 1: the token is a tile.
    var splitCount: Int32
}
