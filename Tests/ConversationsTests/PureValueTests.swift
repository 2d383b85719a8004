import Conversations
import TestSupport
import Testing

@Suite("Titles, trees and thinking")
struct PureValueTests {
    @Test(
        "a title is the first line that says something, without Markdown's signs",
        arguments: [
            ("Hello", "Hello"), ("\n\n  # A *fine* heading #1\nmore", "A fine heading #1"), ("> - 1. quoted", "quoted"),
            ("```swift\nlet a = 1\n```", "let a = 1"), ("---\n**Bold** _it_ `co de` ~~gone~~", "Bold it co de gone"),
            ("See [the page](https://a.example/b) now", "See the page now"),
            ("snake_case and 2 * 3", "snake_case and 2 * 3"),
            ("什么是**大模型**？", "什么是大模型？"), ("***", "***"), ("a\u{2028}b", "a"), ("#hashtag", "#hashtag"),
        ])
    func titles(question: String, title: String) {
        #expect(FirstLineTitle.make(from: question) == title)
    }

    @Test("a long title ends at a word, and a Chinese one anywhere")
    func longTitles() {
        let words = FirstLineTitle.make(from: String(repeating: "wonderful ", count: 20))
        #expect(words == "wonderful wonderful wonderful wonderful wonderful wonderful…")
        #expect(FirstLineTitle.make(from: String(repeating: "reader ", count: 20)).hasSuffix("reader reader…"))
        let chinese = FirstLineTitle.make(from: String(repeating: "模型", count: 100))
        #expect(chinese.count == 60 && chinese.hasSuffix("模…"))
        let unbroken = FirstLineTitle.make(from: String(repeating: "x", count: 10_000))
        #expect(unbroken.count == 60)
    }

    @Test(
        "what a model thought is left out where it opens a line",
        arguments: [
            ("<think>hm</think>\n\nYes", "Yes"), ("<think>\na\n\nb", ""), ("Use `<think>` tags", "Use `<think>` tags"),
            ("A\n<think>b</think>\nC", "A\nC"), ("plain", "plain"), ("<think></think>", ""),
            ("a </think> b", "a </think> b"), ("hm\n</think>\n\nYes", "Yes"), ("</think>\n\nYes", "Yes"),
            ("hm</think>\nYes", "Yes"), ("hm\n</think>\n<think>so</think>Yes", "Yes"),
            ("It ends with `</think>`:\nno more", "It ends with `</think>`:\nno more"),
            ("Between <think> and\n</think>", "Between <think> and\n</think>"),
        ])
    func thinking(text: String, shown: String) {
        #expect(Thinking.removed(from: text) == shown)
    }

    @Test("branches and siblings of any tree", arguments: 1...50)
    func trees(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var messages: [Message] = []
        for number in 0..<Int.random(in: 1...60, using: &random) {
            let parent = Bool.random(using: &random) ? messages.randomElement(using: &random)?.id : messages.last?.id
            messages.append(
                Message(id: "\(number)", chat: "c", parent: parent, role: .user, content: "", created: number))
        }
        let tree = MessageTree(messages)
        #expect(tree.isWhole, "seed \(seed)")
        for message in messages {
            let branch = tree.branch(endingAt: message.id)
            #expect(branch.last == message && branch.first?.parent == nil, "seed \(seed)")
            #expect(zip(branch, branch.dropFirst()).allSatisfy { $0.id == $1.parent }, "seed \(seed)")
            let siblings = tree.siblings(of: message.id)
            #expect(siblings == messages.filter { $0.parent == message.parent }, "seed \(seed)")
            let leaf = tree.youngestLeaf(under: message.id)
            #expect(!messages.contains { $0.parent == leaf }, "seed \(seed)")
            #expect(tree.branch(endingAt: leaf).contains(message), "seed \(seed)")
        }
        #expect(tree.branch(endingAt: "none").isEmpty && tree.branch(endingAt: nil).isEmpty)
        // A ring, wherever it is closed, makes a tree that is not whole, and no walk through it hangs.
        var ring = messages
        ring[0].parent = messages.randomElement(using: &random)?.id
        #expect(!MessageTree(ring).isWhole, "seed \(seed)")
        #expect(MessageTree(ring).branch(endingAt: "0").count <= ring.count)
        _ = MessageTree(ring).youngestLeaf(under: "0")
    }

    @Test("tokens are letters and digits alone, whatever the text", arguments: 1...50)
    func tokens(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let text = String(
            String.UnicodeScalarView(
                (0..<300).compactMap { _ in
                    Unicode.Scalar(
                        UInt32.random(in: 0..<(Bool.random(using: &random) ? 0x250 : 0x3_1000), using: &random))
                }))
        let tokens = SearchTokens(indexing: text)
        for token in tokens.words where token != "。" {
            let isSafe = token.unicodeScalars.allSatisfy {
                $0.value >= 0x80 || $0.properties.isAlphabetic || $0.properties.numericType != nil
            }
            #expect(isSafe && !token.isEmpty && !token.contains(where: \.isWhitespace), "seed \(seed): \(token)")
        }
        #expect(SearchTokens(indexing: text) == tokens)
    }
}
