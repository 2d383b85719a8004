import Simulation

/// Writes prompts of a wanted number of tokens, each different from its first words on, so that no engine can answer
/// from its memory of an earlier one.
///
/// Words are such as common vocabularies hold whole. How many tokens a word and the frame around a prompt take is
/// learnt from the endpoint's own usage figures, so any tokenizer is met within a token or two.
package struct PromptWriter: Sendable, Equatable {
    /// Tokens of a word, from 0.2 to 10 in any language model's vocabulary.
    package let tokensPerWord: Double
    /// Tokens of a prompt without words: chat template, first token.
    package let frameTokens: Double

    package init(tokensPerWord: Double = 1, frameTokens: Double = 0) {
        self.tokensPerWord = tokensPerWord
        self.frameTokens = frameTokens
    }

    /// The line through two measured prompts; one token a word if they make no sense.
    package init(fewerWords: Int, fewerTokens: Int, moreWords: Int, moreTokens: Int) {
        let slope = Double(moreTokens - fewerTokens) / Double(moreWords - fewerWords)
        guard moreWords > fewerWords, slope >= 0.2, slope <= 10 else {
            self.init()
            return
        }
        self.init(tokensPerWord: slope, frameTokens: Double(fewerTokens) - slope * Double(fewerWords))
    }

    /// A prompt of about `tokens` tokens, of which the first `sharedPrefix` are those of every prompt of the seed.
    package func prompt(tokens: Int, sharedPrefix: Int = 0, seed: UInt64, number: Int) -> String {
        let all = words(forTokens: tokens)
        let shared = sharedPrefix == 0 ? 0 : min(words(forTokens: sharedPrefix), all - 1)
        var common = Randomness(seed: seed, 2)
        var own = Randomness(seed: seed, 3, number)
        var text = ""
        for index in 0..<all {
            let word = index < shared ? Self.word(&common) : Self.word(&own)
            text += index == 0 ? word : " " + word
        }
        return text
    }

    /// Words that make about `tokens` tokens with the frame; one at least.
    package func words(forTokens tokens: Int) -> Int {
        max(1, Int(((Double(tokens) - frameTokens) / tokensPerWord).rounded()))
    }

    private static func word(_ randomness: inout Randomness) -> String {
        words[Int(truncatingIfNeeded: randomness.next() >> 33) % words.count]
    }

    private static let words: [String] =
        """
        river stone winter paper music garden window bread mountain letter silver morning story bridge water light \
        house field road table child friend voice summer forest island ocean market school city village street door \
        night family work hand heart color sound picture word book page time day year season weather cloud rain snow \
        wind fire earth metal glass wood animal bird horse fish flower tree plant fruit sugar salt coffee
        """.split(separator: " ").map(String.init)
}
