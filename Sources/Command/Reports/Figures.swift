import Foundation

/// Numbers as reports write them: three digits that matter, with their unit.
package enum Figures {
    /// "0.42 ms", "12.3 ms", "1.24 s", "85.0 s".
    package static func seconds(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "–" }
        return abs(seconds) < 1 ? digits(seconds * 1000) + " ms" : digits(seconds) + " s"
    }

    package static func digits(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        switch abs(value) {
        case ..<9.995: return String(format: "%.2f", value)
        case ..<99.95: return String(format: "%.1f", value)
        default: return String(format: "%.0f", value)
        }
    }

    /// "4", "0.5": as people write a number that they chose.
    package static func plain(_ value: Double) -> String { String(format: "%g", value) }

    package static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "–" }
        return digits(share * 100) + " %"
    }

    /// "1.34 (1.30 – 1.41)".
    package static func spread(_ median: Double, _ least: Double, _ most: Double) -> String {
        "\(digits(median)) (\(digits(least)) – \(digits(most)))"
    }
}

/// Order statistics of the few values that repetitions give.
package enum Repetitions {
    /// The middle value, or the mean of the two in the middle; nil of none.
    package static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
