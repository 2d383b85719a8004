/// The tokens `start` ..< `start + count` of one sequence, to be computed in this step.
package struct ScheduledChunk: Sendable, Equatable {
    package var sequence: SequenceID
    package var start: Int
    package var count: Int
    /// The chunk ends at the sequence's last token, so the next token can be drawn.
    package var drawsToken: Bool

    package init(sequence: SequenceID, start: Int, count: Int, drawsToken: Bool) {
        self.sequence = sequence
        self.start = start
        self.count = count
        self.drawsToken = drawsToken
    }
}
