// SPDX-License-Identifier: Apache-2.0

/// The figures beside their goals, as an SVG picture: each bar is a figure as a share of what it may be at most.
struct FigurePlot {
    struct Figure {
        let name: String
        let value: Double
        let goal: Goal

        var share: Double { value / goal.atMost }
    }

    private static let (left, width, height) = (120.0, 560.0, 26.0)
    /// A bar that is longer is cut off: what counts is that it is beyond the goal.
    private static let longest = 2.0

    let title: String
    let figures: [Figure]

    var svg: String {
        let end = 52 + Double(figures.count) * Self.height
        let bars = figures.enumerated().map { bar($1, top: 40 + Double($0) * Self.height) }.joined()
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 \(end + 24)" font-family="sans-serif" font-size="12">
            <style>text{fill:#222}.back{fill:#fff}.good{fill:#59a14f}.fair{fill:#edc948}.bad{fill:#e15759}\
            line{stroke:#666}@media(prefers-color-scheme:dark){text{fill:#ddd}.back{fill:#181818}}</style>
            <rect class="back" width="100%" height="100%"/>
            <text x="10" y="20">\(title)</text>
            \(bars)<line x1="\(x(1))" x2="\(x(1))" y1="34" y2="\(end)"/>
            <text x="\(x(1))" y="\(end + 14)" text-anchor="middle">goal; short strokes are what we aim at; less is better</text>
            </svg>

            """
    }

    private func bar(_ figure: Figure, top: Double) -> String {
        let style = figure.value <= figure.goal.aim ? "good" : figure.share <= 1 ? "fair" : "bad"
        let aim = x(figure.goal.aim / figure.goal.atMost)
        return """
            <text x="\(Self.left - 8)" y="\(top + 15)" text-anchor="end">\(figure.name)</text>
            <rect class="\(style)" x="\(Self.left)" y="\(top)" width="\(x(figure.share) - Self.left)" height="20"/>
            <line x1="\(aim)" x2="\(aim)" y1="\(top - 1)" y2="\(top + 21)" stroke-dasharray="3 2"/>
            <text x="\(x(figure.share) + 5)" y="\(top + 15)">\(Benchmarks.text(figure.value))</text>

            """
    }

    private func x(_ share: Double) -> Double { Self.left + min(share, Self.longest) / Self.longest * Self.width }
}
