// SPDX-License-Identifier: Apache-2.0

/// Guesses what somebody meant to type.
enum Spelling {
    /// The word that needs the fewest changes, where at most two are needed.
    static func nearest(to typed: String, among words: [String]) -> String? {
        let distances = words.map { (word: $0, distance: distance(typed, $0)) }
        guard let best = distances.min(by: { $0.distance < $1.distance }), best.distance <= 2 else { return nil }
        return best.distance < best.word.count ? best.word : nil
    }

    /// The number of letters to insert, delete or replace (Levenshtein).
    private static func distance(_ from: String, _ to: String) -> Int {
        let target = Array(to)
        var previous = Array(0...target.count)
        for (row, letter) in from.enumerated() {
            var current = [row + 1]
            for (column, other) in target.enumerated() {
                let replaced = previous[column] + (letter == other ? 0 : 1)
                current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[target.count]
    }
}
