/// Comment lines of server-sent events that tell a gateway which tokens a block stands for.
///
/// | line | stands in |
/// | --- | --- |
/// | `: started <choice>` | the block of a choice's first chunk: its role and its opening, or its echo |
/// | `: tokens <choice> <id> …` | the block that carries the tokens' text, or a block of its own |
/// | `: finished <choice>` | the block of the choice's last chunk |
/// | `: usage <prompt> <cached> <completion>` | the usage chunk's block, or a block of its own, before `[DONE]` |
///
/// A block ends with a blank line, and what it says has arrived with it. Readers of events pass over comments.
package enum StreamComments {
    package static func appendStarted(choice: Int, to buffer: inout [UInt8]) {
        buffer.append(literal: ": started ")
        buffer.append(decimal: choice)
        buffer.append(newline)
    }

    package static func appendTokens(_ tokens: some Sequence<Int32>, choice: Int, to buffer: inout [UInt8]) {
        buffer.append(literal: ": tokens ")
        buffer.append(decimal: choice)
        for token in tokens {
            buffer.append(UInt8(ascii: " "))
            buffer.append(decimal: Int(token))
        }
        buffer.append(newline)
    }

    package static func appendFinished(choice: Int, to buffer: inout [UInt8]) {
        buffer.append(literal: ": finished ")
        buffer.append(decimal: choice)
        buffer.append(newline)
    }

    package static func appendUsage(_ usage: Usage, to buffer: inout [UInt8]) {
        buffer.append(literal: ": usage ")
        buffer.append(decimal: usage.promptTokens)
        buffer.append(UInt8(ascii: " "))
        buffer.append(decimal: usage.promptDetails.cachedTokens)
        buffer.append(UInt8(ascii: " "))
        buffer.append(decimal: usage.completionTokens)
        buffer.append(newline)
    }

    /// Ends a block that has nothing but comments.
    package static func endBlock(_ buffer: inout [UInt8]) { buffer.append(newline) }

    private static let newline = UInt8(ascii: "\n")
}
