// SPDX-License-Identifier: Apache-2.0

/// Columns of text, the first to the left and all others to the right, indented so that no line begins with a name.
struct TextTable {
    let header: [String]
    private var lines: [[String]?] = []

    init(_ header: String...) { self.header = header }

    mutating func add(_ cells: String...) { lines.append(cells) }
    mutating func addRule() { lines.append(nil) }

    var text: String {
        let rows = [header] + lines.compactMap(\.self)
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + space : space + cell.0
            }
            var text = "  " + padded.joined(separator: "  ")
            while text.hasSuffix(" ") { text.removeLast() }
            return text + "\n"
        }
        let rule = line(widths.map { String(repeating: "-", count: $0) })
        return line(header) + rule + lines.map { $0.map(line) ?? rule }.joined()
    }
}
