/// What `/set` sets: the sampling parameters sent with every request. A parameter that is not set is not sent, so that
/// the engine's own default counts.
package struct SamplingSettings: Sendable, Equatable {
    /// One parameter, by the name that the API gives it.
    package enum Name: String, CaseIterable, Sendable {
        case temperature
        case topP = "top_p"
        case topK = "top_k"
        case minP = "min_p"
        case maxTokens = "max_tokens"
        case seed

        fileprivate var range: ClosedRange<Double> {
            switch self {
            case .temperature: 0...2
            case .topP, .minP: 0...1
            case .topK: -1...1_000_000
            case .maxTokens: 1...1_000_000
            // Beyond 2^53 a number would not survive being a Double.
            case .seed: 0...9_007_199_254_740_992
            }
        }

        fileprivate var isWhole: Bool {
            switch self {
            case .temperature, .topP, .minP: false
            case .topK, .maxTokens, .seed: true
            }
        }

        fileprivate var rangeText: String {
            isWhole
                ? "a whole number from \(Int(range.lowerBound)) to \(Int(range.upperBound))"
                : "a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))"
        }
    }

    private var values: [Name: Double] = [:]

    package init() {}

    package subscript(name: Name) -> Double? { values[name] }
    package subscript(whole name: Name) -> Int? { values[name].map { Int($0) } }

    /// Sets a parameter from what the user typed; `default` unsets it. Returns what is wrong with the text, or nil.
    package mutating func set(_ name: String, to text: String) -> String? {
        guard let name = Name(rawValue: name) else {
            return "There is no setting '\(name)'. Settings: \(Name.allCases.map(\.rawValue).joined(separator: ", "))."
        }
        if text == "default" {
            values[name] = nil
            return nil
        }
        guard let value = Double(text), value.isFinite, name.range.contains(value),
            !name.isWhole || value == value.rounded()
        else { return "\(name.rawValue) must be \(name.rangeText), or default; '\(text)' is not." }
        values[name] = value
        return nil
    }

    /// All settings with their values, one a line, aligned.
    package var table: String {
        Name.allCases.map { name in
            let value = values[name].map { name.isWhole ? String(Int($0)) : String($0) } ?? "default"
            return "  \(name.rawValue)\(String(repeating: " ", count: 14 - name.rawValue.count))\(value)"
        }.joined(separator: "\n")
    }
}
