/// A drawing of numbers over numbers.
package struct Plot: Sendable, Equatable {
    /// How the points of a series are shown.
    package enum Style: Sendable, Equatable {
        case line
        case dots
    }

    /// Points that belong together; one name, one colour.
    package struct Series: Sendable, Equatable {
        package var name: String
        package var style: Style
        package var points: [Point]

        package init(_ name: String, style: Style = .line, points: [Point]) {
            self.name = name
            self.style = style
            self.points = points
        }
    }

    /// A place in the plot's own units.
    package struct Point: Sendable, Equatable, Codable {
        package var x: Double
        package var y: Double

        package init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }

    package var title: String
    package var xLabel: String
    package var yLabel: String
    /// Marks of the x axis with their words; empty: round numbers.
    package var xMarks: [(place: Double, text: String)]
    package var isLogarithmic: Bool
    package var series: [Series]

    /// - Parameter isLogarithmic: the y axis; values at or below zero are then left out.
    package init(
        _ title: String, x: String, y: String, xMarks: [(place: Double, text: String)] = [],
        isLogarithmic: Bool = false, series: [Series]
    ) {
        self.title = title
        xLabel = x
        yLabel = y
        self.xMarks = xMarks
        self.isLogarithmic = isLogarithmic
        self.series = series
    }

    package static func == (left: Plot, right: Plot) -> Bool {
        left.title == right.title && left.series == right.series && left.xLabel == right.xLabel
            && left.yLabel == right.yLabel && left.isLogarithmic == right.isLogarithmic
            && left.xMarks.map(\.place) == right.xMarks.map(\.place)
            && left.xMarks.map(\.text) == right.xMarks.map(\.text)
    }
}
