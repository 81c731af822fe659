// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The words of the text on lines of at most so many characters; a longer word has a line to itself.
    func lines(ofAtMost width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in split(whereSeparator: \.isWhitespace) {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? word : " " + word
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// The text wrapped, each line indented.
    func wrapped(to width: Int, indentation: Int) -> String {
        let margin = String(repeating: " ", count: indentation)
        return lines(ofAtMost: width - indentation).map { margin + $0 + "\n" }.joined()
    }
}
