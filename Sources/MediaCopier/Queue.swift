// SPDX-License-Identifier: Apache-2.0

/// First in, first out, without moving the elements at each removal.
struct Queue<Element> {
    private var elements: [Element] = []
    private var start = 0

    var count: Int { elements.count - start }
    var isEmpty: Bool { count == 0 }

    var first: Element? { isEmpty ? nil : elements[start] }

    mutating func append(_ element: Element) { elements.append(element) }

    /// Takes up to `limit` elements off the front.
    @discardableResult
    mutating func removeFirst(_ limit: Int) -> [Element] {
        let end = min(start + limit, elements.count)
        let taken = Array(elements[start..<end])
        start = end
        if start == elements.count {
            elements.removeAll(keepingCapacity: true)
            start = 0
        } else if start >= 1024 {
            elements.removeFirst(start)
            start = 0
        }
        return taken
    }
}
