import Foundation

/// One axis of a plot: which numbers it spans, where they fall, and where marks stand. Pure.
struct Axis: Equatable {
    let low: Double
    let high: Double
    let isLogarithmic: Bool

    /// Spans `values`; a linear axis begins at zero if none is below it, a logarithmic one spans whole decades.
    init(_ values: [Double], isLogarithmic: Bool = false) {
        let usable = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
        self.isLogarithmic = isLogarithmic
        let least = usable.min() ?? (isLogarithmic ? 1 : 0)
        let most = usable.max() ?? 1
        if isLogarithmic {
            let floor = pow(10, log10(least).rounded(.down))
            let ceiling = pow(10, log10(most).rounded(.up))
            low = floor
            high = ceiling > floor ? ceiling : floor * 10
        } else {
            low = min(0, least)
            let step = Self.step(max(most, low) - low)
            high = max(low + step, (most / step).rounded(.up) * step)
        }
    }

    /// Spans exactly this.
    init(from low: Double, to high: Double) {
        self.low = low
        self.high = high > low ? high : low + 1
        isLogarithmic = false
    }

    /// Where a value falls, 0 … 1; nil if the axis has no place for it.
    func place(_ value: Double) -> Double? {
        guard value.isFinite else { return nil }
        guard isLogarithmic else { return (value - low) / (high - low) }
        return value > 0 ? log10(value / low) / log10(high / low) : nil
    }

    /// Values at which marks stand.
    var marks: [Double] {
        if isLogarithmic {
            let decades = Int(log10(high / low).rounded())
            return (0...decades).map { low * pow(10, Double($0)) }
        }
        let step = Self.step(high - low)
        let count = Int(((high - low) / step).rounded(.down))
        return (0...max(1, count)).map { low + Double($0) * step }.filter { $0 <= high * (1 + 1e-9) }
    }

    /// A round number that cuts a span into three to six parts.
    private static func step(_ span: Double) -> Double {
        guard span > 0 else { return 1 }
        let rough = span / 5
        let decade = pow(10, log10(rough).rounded(.down))
        for factor in [1.0, 2, 5] where factor * decade >= rough * (1 - 1e-9) { return factor * decade }
        return 10 * decade
    }
}
