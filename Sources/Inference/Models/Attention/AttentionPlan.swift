import CKernels
import Checkpoints
import Kernels
import Synchronization

/// How the attention of a step is cut into tasks, made once for all layers.
///
/// Tiles stand largest first, so that the last tasks to be taken are small. How a step is cut changes no bit of what it
/// computes.
struct AttentionPlan: ~Copyable {
    /// Tasks for each thread: enough to even out.
    private static let tasksPerThread = 8
    /// States of split tokens that a step may keep for each KV head; a token beyond is not cut.
    private static let maximumSlots = 1024
    /// Tokens of a tile: keys and values then come from a near cache for most of its rows.
    private static let maximumTileTokens = 32

    private let shape: ModelConfiguration
    private let threads: Int
    let tiles: UnsafeMutablePointer<AttentionTile>  // [tileCount]
    private(set) var tileCount = 0
    /// Every sequence has one token, and draws the next.
    private(set) var isDecode = false
    let splitTokens: UnsafeMutablePointer<SplitToken>  // [T], in a decode step
    /// [slot][kv head][query heads of the KV head][PK_ATTENTION_SUMS + head size]
    let states: UnsafeMutablePointer<Float>
    /// For each tile of a decode step's panels and each KV head, the tasks that are not done.
    let open: UnsafeMutablePointer<Atomic<Int>>  // [panel tile][kv head]
    /// What `open` starts from in every layer.
    let taskCounts: UnsafeMutablePointer<Int>  // [panel tile]
    private let openCount: Int
    private var slotCount = 0

    init(shape: ModelConfiguration, threads: Int, maximumTokens: Int, arena: Arena) {
        self.shape = shape
        self.threads = threads
        tiles = arena.reserve(maximumTokens + Self.tasksPerThread * threads, of: AttentionTile.self)
        splitTokens = arena.reserve(maximumTokens, of: SplitToken.self)
        states = arena.reserve(Self.maximumSlots * shape.headCount * Self.stateSize(shape), of: Float.self)
        taskCounts = arena.reserve(Panels.tileCount(maximumTokens), of: Int.self)
        openCount = Panels.tileCount(maximumTokens) * shape.kvHeadCount
        open = .allocate(capacity: openCount)
        for index in 0..<openCount { (open + index).initialize(to: Atomic(0)) }
    }

    deinit {
        open.deinitialize(count: openCount)
        open.deallocate()
    }

    /// Floats of one row's state.
    static func stateSize(_ shape: ModelConfiguration) -> Int { PK_ATTENTION_SUMS + shape.headSize }

    /// The states of one split of one token: its rows for one KV head.
    static func states(
        _ states: UnsafeMutablePointer<Float>, slot: Int, kvHead: Int, _ shape: ModelConfiguration
    ) -> UnsafeMutablePointer<Float> {
        let group = shape.headCount / shape.kvHeadCount
        return states + (slot * shape.kvHeadCount + kvHead) * group * stateSize(shape)
    }

    /// Cuts `batch` into tiles.
    mutating func make(for batch: StepBatch) {
        tileCount = 0
        slotCount = 0
        isDecode = batch.logitCount == batch.count
        for place in 1..<max(1, batch.count) where batch.tables[place] == batch.tables[place - 1] { isDecode = false }
        let wantedTasks = threads * Self.tasksPerThread
        if isDecode {
            let parts = threads == 1 ? 1 : max(1, wantedTasks / (batch.count * shape.kvHeadCount))
            for place in 0..<batch.count { addToken(place, of: batch, parts: parts) }
            countOpenTasks(tokens: batch.count)
        } else {
            let group = shape.headCount / shape.kvHeadCount
            let least = max(1, PK_ATTENTION_ROWS / group)
            let most = max(least, min(Self.maximumTileTokens, batch.count * shape.kvHeadCount / wantedTasks))
            addChunks(of: batch, most: most)
        }
        sortTiles()
    }

    /// One token, cut into up to `parts` runs of splits.
    private mutating func addToken(_ place: Int, of batch: StepBatch, parts: Int) {
        let splits = Int(batch.positions[place]) / PK_ATTENTION_SPLIT + 1
        let perTile = (splits + parts - 1) / parts
        let isCut = perTile < splits && slotCount + splits <= Self.maximumSlots
        splitTokens[place] = SplitToken(slot: Int32(slotCount), splitCount: isCut ? Int32(splits) : 1)
        guard isCut else {
            add(firstToken: place, tokenCount: 1, firstSplit: 0, splitCount: splits, slot: -1)
            return
        }
        for first in stride(from: 0, to: splits, by: perTile) {
            add(
                firstToken: place, tokenCount: 1, firstSplit: first, splitCount: min(perTile, splits - first),
                slot: slotCount + first)
        }
        slotCount += splits
    }

    /// Runs of up to `most` tokens of one sequence, from the end of the batch, because later tokens see more.
    private mutating func addChunks(of batch: StepBatch, most: Int) {
        var end = batch.count
        while end > 0 {
            var first = end - 1
            while first > 0 && end - first < most && batch.tables[first - 1] == batch.tables[first] { first -= 1 }
            let splits = Int(batch.positions[end - 1]) / PK_ATTENTION_SPLIT + 1
            add(
                firstToken: first, tokenCount: end - first, firstSplit: 0, splitCount: splits, slot: -1,
                blocks: Int(batch.positions[end - 1]) / PK_BLOCK + 1)
            end = first
        }
    }

    private mutating func add(
        firstToken: Int, tokenCount: Int, firstSplit: Int, splitCount: Int, slot: Int, blocks: Int? = nil
    ) {
        let blocks = blocks ?? splitCount * (PK_ATTENTION_SPLIT / PK_BLOCK)
        tiles[tileCount] = AttentionTile(
            firstToken: Int32(firstToken), tokenCount: Int32(tokenCount), firstSplit: Int32(firstSplit),
            splitCount: Int32(splitCount), slot: Int32(slot), cost: Int32(blocks * tokenCount))
        tileCount += 1
    }

    /// Largest first. Tiles arrive nearly in this order, so insertion is quick, and it allocates nothing.
    private func sortTiles() {
        for index in 1..<max(1, tileCount) {
            let tile = tiles[index]
            var place = index
            while place > 0 && tiles[place - 1].cost < tile.cost {
                tiles[place] = tiles[place - 1]
                place -= 1
            }
            tiles[place] = tile
        }
    }

    private func countOpenTasks(tokens: Int) {
        let panelTiles = Panels.tileCount(tokens)
        for index in 0..<panelTiles { taskCounts[index] = 0 }
        for index in 0..<tileCount { taskCounts[Int(tiles[index].firstToken) / PK_TILE] += 1 }
        for index in 0..<panelTiles * shape.kvHeadCount {
            open[index].store(taskCounts[index / shape.kvHeadCount], ordering: .relaxed)
        }
    }
}
