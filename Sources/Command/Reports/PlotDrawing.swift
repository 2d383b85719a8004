import Foundation

/// Draws a plot as SVG that needs nothing from outside and takes its colours from the page.
enum PlotDrawing {
    // In the drawing's own units; the page scales it to its column.
    private static let width = 480.0
    private static let height = 300.0
    private static let left = 58.0
    private static let right = 14.0
    private static let top = 12.0
    private static let bottom = 44.0
    /// Colours that the page has; more series begin again.
    static let colours = 6

    static func svg(_ plot: Plot) -> String {
        let points = plot.series.flatMap(\.points)
        let vertical = Axis(points.map(\.y), isLogarithmic: plot.isLogarithmic)
        let places = points.map(\.x) + plot.xMarks.map(\.place)
        let horizontal =
            plot.xMarks.isEmpty ? Axis(places) : Axis(from: places.min() ?? 0, to: places.max() ?? 1)
        var parts = [
            "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\" aria-label=\"\(HTML.escape(plot.title))\">"
        ]
        parts += grid(vertical)
        parts += xMarks(plot, horizontal)
        parts.append(text(left + (width - left - right) / 2, height - 6, plot.xLabel, anchor: "middle"))
        for (number, series) in plot.series.enumerated() {
            let places = series.points.compactMap { place($0, horizontal, vertical) }
            parts.append(drawing(of: places, style: series.style, colour: number % colours, name: series.name))
        }
        return (parts + ["</svg>"]).joined(separator: "\n")
    }

    private static func place(_ point: Plot.Point, _ horizontal: Axis, _ vertical: Axis) -> (x: Double, y: Double)? {
        guard let x = horizontal.place(point.x), let y = vertical.place(point.y) else { return nil }
        return (left + x * (width - left - right), height - bottom - y * (height - top - bottom))
    }

    private static func grid(_ axis: Axis) -> [String] {
        axis.marks.flatMap { mark -> [String] in
            guard let place = axis.place(mark) else { return [] }
            let y = height - bottom - place * (height - top - bottom)
            return [
                "<line class=\"grid\" x1=\"\(number(left))\" x2=\"\(number(width - right))\" y1=\"\(number(y))\" "
                    + "y2=\"\(number(y))\"/>",
                text(left - 6, y + 4, label(mark), anchor: "end"),
            ]
        }
    }

    private static func xMarks(_ plot: Plot, _ axis: Axis) -> [String] {
        let marks =
            plot.xMarks.isEmpty ? axis.marks.map { (place: $0, text: label($0)) } : plot.xMarks
        return marks.compactMap { mark in
            axis.place(mark.place).map {
                text(left + $0 * (width - left - right), height - bottom + 17, mark.text, anchor: "middle")
            }
        }
    }

    private static func drawing(
        of places: [(x: Double, y: Double)], style: Plot.Style, colour: Int, name: String
    ) -> String {
        let title = "<title>\(HTML.escape(name))</title>"
        let dots = places.map { "<circle cx=\"\(number($0.x))\" cy=\"\(number($0.y))\" r=\"2.5\"/>" }
        switch style {
        case .dots: return "<g class=\"dots c\(colour)\">\(title)\(dots.joined())</g>"
        case .line:
            let path = places.enumerated().map { "\($0 == 0 ? "M" : "L")\(number($1.x)) \(number($1.y))" }
            // A line of few points shows where they are.
            let visible = places.count <= 12 ? dots.joined() : ""
            return "<g class=\"line c\(colour)\">\(title)<path d=\"\(path.joined())\"/>\(visible)</g>"
        }
    }

    private static func text(_ x: Double, _ y: Double, _ content: String, anchor: String) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(HTML.escape(content))</text>"
    }

    /// A mark's words: as many digits as it needs, thousands as k.
    static func label(_ value: Double) -> String {
        if abs(value) >= 10_000 { return String(format: "%gk", value / 1000) }
        return String(format: "%g", (value * 1e9).rounded() / 1e9)
    }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
