import CKernels
import Kernels

/// How a matrix product is cut into tasks: runs of row groups, for all tokens of a step or for a slice of them.
///
/// Many tokens are cut into slices, one for each thread, in the order in which the regions around make and read the
/// activations: so a core keeps its tokens in its own caches, and only weights and keys and values come from others'.
package struct MatmulTasks {
    private let tokens: Int
    private let tokensPerSlice: Int
    private let groups: Int
    private let groupsPerTask: Int
    private let tasksPerSlice: Int
    package let count: Int

    /// Enough for threads to even out, few enough that claiming them costs nothing.
    private static let tasksPerThread = 16
    /// Fewer would take long to read the weights for what they compute with them.
    private static let leastTokensPerSlice = 64

    package init(tokens: Int, groups: Int, threads: Int) {
        let slices = max(1, min(threads, tokens / Self.leastTokensPerSlice))
        self.tokens = tokens
        self.groups = groups
        tokensPerSlice = (Panels.tileCount(tokens) + slices - 1) / slices * PK_TILE
        groupsPerTask = threads == 1 ? groups : max(1, groups * slices / (threads * Self.tasksPerThread))
        tasksPerSlice = (groups + groupsPerTask - 1) / groupsPerTask
        count = (tokens + tokensPerSlice - 1) / tokensPerSlice * tasksPerSlice
    }

    package subscript(_ task: Int) -> (tokens: Range<Int>, groups: Range<Int>) {
        let (slice, run) = task.quotientAndRemainder(dividingBy: tasksPerSlice)
        let token = slice * tokensPerSlice, group = run * groupsPerTask
        return (token..<min(token + tokensPerSlice, tokens), group..<min(group + groupsPerTask, groups))
    }
}
