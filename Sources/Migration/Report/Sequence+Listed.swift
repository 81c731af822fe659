// SPDX-License-Identifier: Apache-2.0

extension Sequence<String> {
    /// "a, b and 7 more".
    func listed(atMost limit: Int = 5) -> String {
        let all = Array(self)
        guard all.count > limit + 1 else { return all.joined(separator: ", ") }
        return all.prefix(limit).joined(separator: ", ") + " and \(all.count - limit) more"
    }
}
