// SPDX-License-Identifier: Apache-2.0

/// Values by a number that a database gave, mostly from 1 and without gaps: dense where numbers are, and a number far off
/// costs one page, not all between.
struct PagedArray<Element: Sendable>: Sendable {
    private static var pageSize: Int { 4096 }
    /// Numbers from here on are far off.
    private static var end: Int64 { 1 << 32 }
    /// Pages of the numbers from 0 on; an empty one holds nothing yet.
    private var near: [[Element]] = []
    private var far: [Int64: [Element]] = [:]
    private let blank: Element

    /// An array in which nothing was put.
    ///
    /// - Parameter blank: what stands where nothing was put.
    init(_ blank: Element) {
        self.blank = blank
    }

    subscript(number: Int64) -> Element {
        get {
            let (page, offset) = Self.place(of: number)
            guard Self.isNear(number) else { return far[page]?[offset] ?? blank }
            guard page < near.count else { return blank }
            // Spans, as an array inside an array is retained to be read.
            let (pages, at) = (near.span, Int(page))
            return offset < pages[at].span.count ? pages[at].span[offset] : blank
        }
        set {
            let (page, offset) = Self.place(of: number)
            let empty = blank
            guard Self.isNear(number) else {
                far[page, default: Array(repeating: empty, count: Self.pageSize)][offset] = newValue
                return
            }
            while near.count <= page { near.append([]) }
            if near[Int(page)].isEmpty { near[Int(page)] = Array(repeating: empty, count: Self.pageSize) }
            near[Int(page)][offset] = newValue
        }
    }

    /// Changes all values of the pages that are there, in the order of their numbers; those below zero come last.
    mutating func forEach(_ body: (inout Element) -> Void) {
        for page in near.indices {
            for offset in near[page].indices { body(&near[page][offset]) }
        }
        for page in far.keys.sorted(by: { UInt64(bitPattern: $0) < UInt64(bitPattern: $1) }) {
            guard var values = far.removeValue(forKey: page) else { continue }
            for offset in values.indices { body(&values[offset]) }
            far[page] = values
        }
    }

    private static func isNear(_ number: Int64) -> Bool { number >= 0 && number < end }

    private static func place(of number: Int64) -> (page: Int64, offset: Int) {
        (number >> 12, Int(number & Int64(pageSize - 1)))
    }
}
