import Foundation

/// A native engine that draws the same tokens whoever runs it: what it streams, from the beginning or from a `resume`.
struct NativeScript {
    /// Tokens that each choice draws before it ends; choices may end at different times.
    var lengths: [Int]
    var sendsUsage = true

    private struct Resume {
        var drawn: [Int]
        var finished: [Bool]
        var usageSent: Bool
    }

    /// The stream for a request's body as blocks.
    func blocks(for body: String) -> [String] {
        let json = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]
        let pronk = json?["pronk"] as? [String: Any] ?? [:]
        let created = pronk["created"] as? Int ?? 0
        let seed = json?["seed"] as? Int ?? 0
        let resume = (pronk["resume"] as? [String: Any]).map(read)
        return blocks("\(created)/\(seed)", resume)
    }

    private func read(_ json: [String: Any]) -> Resume {
        let choices = json["choices"] as? [[String: Any]] ?? []
        var resume = Resume(drawn: [], finished: [], usageSent: json["usageSent"] as? Bool ?? false)
        for (index, choice) in choices.enumerated() {
            let tokens = choice["tokens"] as? [Int] ?? []
            // What is replayed must be what was drawn.
            let isRight = tokens == (0..<tokens.count).map { Self.token(index, $0) }
            resume.drawn.append(isRight ? tokens.count : 1_000_000)
            resume.finished.append(choice["finished"] as? Bool ?? false)
        }
        return resume
    }

    private func blocks(_ mark: String, _ resume: Resume?) -> [String] {
        var blocks: [String] = []
        if resume == nil {
            for choice in lengths.indices { blocks.append(": started \(choice)\ndata: \(mark) role \(choice)\n\n") }
        }
        // The finish chunk belongs to the index of the last token, and comes behind its text.
        for index in 0...(lengths.max() ?? 0) {
            for choice in lengths.indices {
                let drawn = resume?.drawn[choice] ?? 0
                if index < lengths[choice], index >= drawn { blocks.append(block(mark, choice, index)) }
                if index == lengths[choice] - 1, resume?.finished[choice] != true {
                    blocks.append(": finished \(choice)\ndata: \(mark) finish \(choice)\n\n")
                }
            }
        }
        let usage = ": usage 10 4 \(lengths.reduce(0, +))\n"
        if resume?.usageSent != true { blocks.append(usage + (sendsUsage ? "data: \(mark) usage\n\n" : "\n")) }
        blocks.append("data: [DONE]\n\n")
        return blocks
    }

    /// Every fourth token makes no text yet; the one after it brings both.
    private func block(_ mark: String, _ choice: Int, _ index: Int) -> String {
        let comment = ": tokens \(choice) \(Self.token(choice, index))\n"
        if index % 4 == 3 { return comment + "\n" }
        let before = index > 0 && (index - 1) % 4 == 3 ? "\(choice).\(index - 1)+" : ""
        return comment + "data: \(mark) text \(before)\(choice).\(index)\n\n"
    }

    private static func token(_ choice: Int, _ index: Int) -> Int { choice * 1_000 + index * 7 }

    /// What a client gets of blocks.
    static func visible(_ blocks: [String]) -> String {
        blocks.map { block in
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.hasPrefix(":") }
            let text = lines.joined(separator: "\n")
            return text == "\n" ? "" : text
        }.joined()
    }
}
