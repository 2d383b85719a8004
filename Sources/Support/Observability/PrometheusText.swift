/// Builds a page in the Prometheus text format, version 0.0.4.
///
/// A family is opened once, and its samples follow it, as the format demands.
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
package struct PrometheusText: Sendable {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// A metric's name, what it means, and what kind of number it is.
    package struct Family: Sendable {
        package var name: String
        package var kind: Kind
        package var help: String

        package init(_ name: String, _ kind: Kind, _ help: String) {
            self.name = name
            self.kind = kind
            self.help = help
        }
    }

    /// Label names and values, in the order in which they are written.
    package typealias Labels = KeyValuePairs<String, String>

    package private(set) var text = ""
    private let commonLabels: [(String, String)]

    /// - Parameter commonLabels: put on every sample, before its own.
    package init(commonLabels: Labels = [:]) {
        self.commonLabels = commonLabels.map { ($0.key, $0.value) }
    }

    package mutating func open(_ family: Family) {
        text += "# HELP \(family.name) \(Self.escape(family.help, quotes: false))\n"
        text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
    }

    package mutating func sample(_ name: String, _ value: Double, _ labels: Labels = [:]) {
        sample(name, labels.map { ($0.key, $0.value) }, Self.number(value))
    }

    /// A family of a single sample.
    package mutating func add(_ family: Family, _ value: Double, _ labels: Labels = [:]) {
        open(family)
        sample(family.name, value, labels)
    }

    /// A family of a single histogram.
    package mutating func add(_ family: Family, _ histogram: Histogram, _ labels: Labels = [:]) {
        open(family)
        add(samplesOf: family, histogram, labels)
    }

    /// One of several histograms of a family that is open.
    package mutating func add(samplesOf family: Family, _ histogram: Histogram, _ labels: Labels = [:]) {
        let own = labels.map { ($0.key, $0.value) }
        for (bound, count) in zip(histogram.bounds, histogram.cumulativeCounts) {
            sample("\(family.name)_bucket", own + [("le", Self.number(bound))], String(count))
        }
        sample("\(family.name)_bucket", own + [("le", "+Inf")], String(histogram.count))
        sample("\(family.name)_sum", own, Self.number(histogram.sum))
        sample("\(family.name)_count", own, String(histogram.count))
    }

    private mutating func sample(_ name: String, _ own: [(String, String)], _ value: String) {
        text += name
        let labels = commonLabels + own
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.0)=\"\(Self.escape($0.1, quotes: true))\"" }
            text += "{\(pairs.joined(separator: ","))}"
        }
        text += " \(value)\n"
    }

    private static func escape(_ string: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return "\(value)"
    }
}
