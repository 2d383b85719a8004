import Models
import Testing

@Suite("Tasks of a matrix product")
struct MatmulTasksTests {
    @Test(
        "cover every row group of every token once, and slices begin a tile",
        arguments: [1, 7, 8, 63, 64, 127, 128, 129, 200, 264, 512, 1000], [1, 2, 3, 16])
    func coverage(tokens: Int, threads: Int) {
        for groups in [1, 5, 18, 48, 449] {
            let tasks = MatmulTasks(tokens: tokens, groups: groups, threads: threads)
            var visits = [Int](repeating: 0, count: tokens * groups)
            for task in 0..<tasks.count {
                #expect(tasks[task].tokens.lowerBound % 8 == 0)
                for token in tasks[task].tokens {
                    for group in tasks[task].groups { visits[token * groups + group] += 1 }
                }
            }
            #expect(visits.allSatisfy { $0 == 1 })
        }
    }

    @Test("give each of two threads its own half of many tokens")
    func slices() {
        let tasks = MatmulTasks(tokens: 512, groups: 48, threads: 2)
        #expect((0..<tasks.count / 2).allSatisfy { tasks[$0].tokens == 0..<256 })
        #expect((tasks.count / 2..<tasks.count).allSatisfy { tasks[$0].tokens == 256..<512 })
    }

    @Test("give each of two threads its own half of the rows, for few tokens")
    func rows() {
        let tasks = MatmulTasks(tokens: 16, groups: 64, threads: 2)
        #expect((0..<tasks.count).allSatisfy { tasks[$0].tokens == 0..<16 })
        #expect(tasks[tasks.count / 2].groups.lowerBound == 32)
    }
}
