// SPDX-License-Identifier: Apache-2.0
public import Loader

/// What each worker did when, as an SVG picture: a line for each worker, a bar for each step, seconds from left to right.
public struct TimelinePicture: Sendable {
    private static let width = 1000.0
    private static let margin = (left: 78.0, top: 34.0, right: 16.0)
    private static let rowHeight = 26.0
    private static let colours = [
        "#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2", "#b07aa1", "#edc948", "#9c755f",
    ]
    private static let otherColour = "#a0a0a0"

    private let title: String
    private let spans: [Timeline.Span]
    private let rows: [String]
    /// The groups of steps that took longest, each with a colour of its own.
    private let groups: [String]
    private let end: Double

    /// A picture with a line for each ``Timeline/Span/row`` of the spans.
    ///
    /// - Parameters:
    ///   - title: what the picture is of.
    ///   - spans: in any order.
    public init(title: String, spans: [Timeline.Span]) {
        self.title = title
        self.spans = spans
        rows = Set(spans.map(\.row)).sorted { Self.order($0) < Self.order($1) }
        var seconds: [String: Double] = [:]
        for span in spans { seconds[Self.group(span), default: 0] += span.end - span.start }
        groups = seconds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.colours.count).map(\.key)
        end = max(spans.map(\.end).max() ?? 0, 0.001)
    }

    /// The picture as a document of its own, for a browser or beside text.
    public var svg: String {
        let height = Self.margin.top + Double(rows.count) * Self.rowHeight + 64
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.number(Self.width)) \(Self.number(height))" \
            font-family="sans-serif" font-size="11">
            <style>text{fill:#222}.back{fill:#fff}.grid{stroke:#ddd}.bar text{fill:#fff}\
            @media(prefers-color-scheme:dark){text{fill:#ddd}.back{fill:#181818}.grid{stroke:#3a3a3a}}</style>
            <rect class="back" width="100%" height="100%"/>
            <text x="\(Self.number(Self.margin.left))" y="18" font-size="14">\(Self.escaped(title))</text>
            \(axis)\(rows.indices.map(line).joined())\(legend)</svg>

            """
    }

    private var bottom: Double { Self.margin.top + Double(rows.count) * Self.rowHeight }

    private func x(_ seconds: Double) -> Double {
        Self.margin.left + seconds / end * (Self.width - Self.margin.left - Self.margin.right)
    }

    private var axis: String {
        let step = Self.step(for: end)
        var text = ""
        var tick = 0.0
        while tick <= end {
            let place = Self.number(x(tick))
            text += """
                <line class="grid" x1="\(place)" x2="\(place)" y1="\(Self.number(Self.margin.top - 4))" \
                y2="\(Self.number(bottom))"/><text x="\(place)" y="\(Self.number(bottom + 14))" \
                text-anchor="middle">\(Self.number(tick)) s</text>

                """
            tick += step
        }
        return text
    }

    private func line(_ row: Int) -> String {
        let top = Self.margin.top + Double(row) * Self.rowHeight
        let name = """
            <text x="\(Self.number(Self.margin.left - 6))" y="\(Self.number(top + 16))" \
            text-anchor="end">\(Self.escaped(rows[row]))</text>

            """
        return name + spans.filter { $0.row == rows[row] }.map { bar($0, top: top) }.joined()
    }

    private func bar(_ span: Timeline.Span, top: Double) -> String {
        let (left, right) = (x(span.start), x(span.end))
        let step = Self.escaped(span.step)
        // About six units a letter: a name that does not fit would run into the next bar.
        let label =
            right - left > Double(span.step.count) * 6 + 6
            ? "<text x=\"\(Self.number(left + 3))\" y=\"\(Self.number(top + 16))\">\(step)</text>" : ""
        return """
            <g class="bar"><title>\(step): \(Self.number(span.end - span.start)) s, from \(Self.number(span.start)) s</title>\
            <rect x="\(Self.number(left))" y="\(Self.number(top + 2))" width="\(Self.number(max(right - left, 0.3)))" \
            height="\(Self.number(Self.rowHeight - 4))" fill="\(colour(Self.group(span)))"/>\(label)</g>

            """
    }

    private var legend: String {
        let names = groups + (spans.contains { !groups.contains(Self.group($0)) } ? ["others"] : [])
        var (place, text) = (Self.margin.left, "")
        let y = bottom + 34
        for name in names {
            text += """
                <rect x="\(Self.number(place))" y="\(Self.number(y - 9))" width="10" height="10" fill="\(colour(name))"/>\
                <text x="\(Self.number(place + 14))" y="\(Self.number(y))">\(Self.escaped(name))</text>

                """
            place += Double(name.count) * 6 + 28
        }
        return text
    }

    private func colour(_ group: String) -> String {
        groups.firstIndex(of: group).map { Self.colours[$0] } ?? Self.otherColour
    }

    /// Loads by what comes before the slash; all rebuilds together, as each has a name of its own.
    private static func group(_ span: Timeline.Span) -> String {
        if span.row.hasPrefix("index"), span.step != "ANALYZE" { return "indexes" }
        return String(span.step.prefix { $0 != "/" })
    }

    /// Workers before index jobs, each by number.
    private static func order(_ row: String) -> (Int, Int, String) {
        let number = row.split(separator: " ").last.flatMap { Int($0) } ?? 0
        return (row.hasPrefix("worker") ? 0 : 1, number, row)
    }

    /// 1, 2 or 5 times a power of ten, so that there are five to ten ticks or so.
    private static func step(for length: Double) -> Double {
        var power = 0.001
        while power * 10 < length / 5 { power *= 10 }
        return [power, power * 2, power * 5].last { length / $0 >= 5 } ?? power
    }

    private static func number(_ value: Double) -> String {
        let scaled = Int((value * 100).rounded())
        if scaled.isMultiple(of: 100) { return String(scaled / 100) }
        let fraction = String(scaled % 100)
        return "\(scaled / 100)." + (fraction.count == 1 ? "0" : "") + fraction
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
