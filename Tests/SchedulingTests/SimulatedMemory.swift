import KVCache
import Scheduling
import Tokenization

/// Stands for keys and values: remembers for each place of each block which beginning of which prompt it was computed
/// from, and finds a sequence out that reads anything else than its own.
struct SimulatedMemory {
    // A hash of the root and all tokens up to the place; nil: never written.
    private var places: [Int?]
    /// Tokens computed.
    private(set) var computed = 0

    init(blockCount: Int) { places = Array(repeating: nil, count: blockCount * 32) }

    /// Computes the plan's chunks in the given order, and returns what went wrong.
    ///
    /// What another chunk of the same step writes counts as not there yet: nobody says which is computed first.
    mutating func compute(_ scheduler: borrowing Scheduler, roots: [SequenceID: Int]) -> String? {
        let before = places
        var written: [Int: SequenceID] = [:]
        for (number, chunk) in scheduler.chunks.enumerated() {
            let fault: String?? = scheduler.withSequence(ofChunk: number) { tokens, blocks in
                var hash = roots[chunk.sequence] ?? 0
                for position in 0..<chunk.start + chunk.count {
                    hash = (hash &* 1_000_003) ^ Int(tokens[position].rawValue)
                    guard blocks.count > position / 32 else { return "\(chunk) has no block at \(position)" }
                    let place = Int(blocks[position / 32].rawValue) * 32 + position % 32
                    if position < chunk.start {
                        guard before[place] == hash else { return "\(chunk) reads what is not its own at \(position)" }
                    } else {
                        if let other = written.updateValue(chunk.sequence, forKey: place) {
                            return "\(chunk) and \(other) write the same place"
                        }
                        // Sharers may be reading it: it must never change under them.
                        places[place] = hash
                        computed += 1
                    }
                }
                return nil
            }
            if let fault = fault ?? "\(chunk) is of a sequence that does not run" { return fault }
        }
        return nil
    }
}
