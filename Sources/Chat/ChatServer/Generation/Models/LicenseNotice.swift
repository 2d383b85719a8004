/// What must be shown beside a model. Meta's licences of Llama 3 and later ask for "Built with Meta Llama 3" where the
/// model or one made of it is used.
package enum LicenseNotice {
    /// - Parameter names: all that the model is called: the service, the file, the metadata's name and base model.
    package static func text(for names: String...) -> String? {
        names.contains { isLlama3($0) } ? "Built with Meta Llama 3" : nil
    }

    /// `Meta-Llama-3-8B`, `llama3.2`, `Llama 3.1` …, but no `llama-30b` and no `tinyllama-3t`.
    private static func isLlama3(_ name: String) -> Bool {
        var rest = name.lowercased()[...]
        while let range = rest.firstRange(of: "llama") {
            let isWord = range.lowerBound == rest.startIndex || !rest[rest.index(before: range.lowerBound)].isLetter
            rest = rest[range.upperBound...]
            let number = rest.drop { $0 == "-" || $0 == "_" || $0 == " " }
            guard isWord, number.first == "3" else { continue }
            let next = number.dropFirst().first
            if next.map({ !$0.isNumber && !$0.isLetter }) ?? true { return true }
        }
        return false
    }
}
